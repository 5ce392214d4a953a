#include "base/text.hpp"

#include "base/ascii.hpp"
#include "base/utf8.hpp"

#include <algorithm>

namespace arun {
namespace {

constexpr std::size_t max_quoted = 40;
constexpr std::string_view ellipsis = "\u2026";

}  // namespace

std::string_view trim(std::string_view text) noexcept {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

std::string in_single_quotes(std::string_view text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

std::string_view trim_newlines(std::string_view text) noexcept {
    while (text.ends_with('\n')) text.remove_suffix(1);
    return text;
}

std::string_view last_lines(std::string_view text, bool cut) noexcept {
    constexpr std::size_t max_size = 4096;
    constexpr int max_lines = 20;
    text = trim_newlines(text);
    cut = cut || text.size() > max_size;
    auto begin = text.size() - std::min(text.size(), max_size);
    auto at = text.size();
    for (int lines = 0; lines < max_lines && at > begin; ++lines) {
        const auto newline = text.rfind('\n', at - 1);
        at = newline == std::string_view::npos || newline < begin ? begin : newline;
    }
    if (at > begin) {
        begin = at + 1;
    } else if (cut) {
        const auto newline = text.find('\n', begin);
        if (newline != std::string_view::npos) begin = newline + 1;
    }
    return text.substr(begin);
}

std::string_view first_line(std::string_view text) noexcept {
    return text.substr(0, text.find('\n'));
}

std::vector<std::string_view> split(std::string_view text, std::string_view separator) {
    std::vector<std::string_view> pieces;
    for (;;) {
        const auto end = text.find(separator);
        pieces.push_back(text.substr(0, end));
        if (end == text.npos) return pieces;
        text.remove_prefix(end + separator.size());
    }
}

std::vector<std::string_view> lines_of(std::string_view text) {
    auto lines = split(text, "\n");
    if (lines.back().empty()) lines.pop_back();
    return lines;
}

std::string quote(std::string_view text) {
    constexpr std::string_view dots = "...";
    if (text.size() <= max_quoted) return quote_whole(text);
    return quote_whole(std::string(utf8_prefix(text, max_quoted - dots.size())).append(dots));
}

std::string quote_whole(std::string_view text) {
    std::string out("'");
    return out.append(text).append("'");
}

std::string quote_ends(std::string_view text) {
    constexpr std::size_t max_size = 100;
    constexpr std::size_t begin = max_size / 3;
    constexpr std::string_view dots = "...";
    if (text.size() <= max_size) return quote_whole(text);
    auto end = text.size() - (max_size - begin - dots.size());
    while (end < text.size() && is_utf8_tail(text[end])) ++end;
    return quote_whole(std::string(utf8_prefix(text, begin)).append(dots).append(text.substr(end)));
}

std::string uncapitalized(std::string text) {
    const bool abbreviation = text.size() > 1 && lower(text[1]) != text[1];
    if (!text.empty() && !abbreviation) text[0] = lower(text[0]);
    return text;
}

std::string xml_escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

std::string printable(std::string_view text) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const auto point = first_code_point(text);
        if (!point.valid) {
            out += replacement_character;
        } else if (point.value == '\r') {
            out += "\\r";
        } else if (is_control(point.value) && point.value != '\n' && point.value != '\t') {
            out += "\\x";
            out += digits[point.value >> 4];
            out += digits[point.value & 15];
        } else {
            out += text.substr(0, point.length);
        }
        text.remove_prefix(point.length);
    }
    return out;
}

std::string one_line(std::string_view text) {
    auto line = printable(text);
    std::ranges::replace(line, '\n', ' ');
    return line;
}

std::string excerpt(std::string_view text, std::size_t max_size) {
    if (text.size() <= max_size) return printable(text);
    return printable(utf8_prefix(text, max_size)).append(ellipsis);
}

}  // namespace arun
