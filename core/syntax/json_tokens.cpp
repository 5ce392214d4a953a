#include "syntax/json_tokens.hpp"

#include "base/ascii.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "syntax/scalar.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace arun::syntax {
namespace {

constexpr bool is_of_name(char c) {
    return is_letter(c) || c == '_' || c == '$';
}

std::string in_quotes(std::string_view text) {
    return '"' + std::string(text.substr(0, 60)) + '"';
}

/// The value of the four digits after `\u` at `at`, or -1.
int unicode_escape(std::string_view text, std::uint32_t at) {
    if (text.size() < at + 6 || text[at] != '\\' || text[at + 1] != 'u') return -1;
    int value = 0;
    for (char c : text.substr(at + 2, 4)) {
        if (hex_value(c) < 0) return -1;
        value = value * 16 + hex_value(c);
    }
    return value;
}

/// The end of an escape that begins at `at`.
std::uint32_t scan_escape(std::string_view text, std::uint32_t at, const Report& report) {
    const char c = at + 1 < text.size() ? text[at + 1] : '\0';
    if (c == 'u') {
        const int value = unicode_escape(text, at);
        if (value < 0) {
            report({at, at + 2}, "'\\u' needs four hexadecimal digits", "as in \\u00e9");
            return at + 2;
        }
        if (value < 0xD800 || value > 0xDFFF) return at + 6;
        const int second = value < 0xDC00 ? unicode_escape(text, at + 6) : -1;
        if (second >= 0xDC00 && second <= 0xDFFF) return at + 12;
        report({at, at + 6}, "half a character: " + quote(text.substr(at, 6)),
               "a surrogate needs its other half; write the character itself");
        return at + 6;
    }
    if (std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos && c != '\0') return at + 2;
    if (c == '\n' || c == '\r' || c == '\0') return at + 1;
    std::uint32_t end = at + 2;
    while (end < text.size() && is_utf8_tail(text[end])) ++end;
    auto hint = c == '\''  ? "' needs no backslash"
                : c == 'x' ? "write \\u00 and two digits"
                           : "a backslash is written \\\\";
    report({at, end}, "unknown escape " + quote(text.substr(at, end - at)), hint);
    return end;
}

bool is_json_number(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    if (text.empty() || !is_digit(text[0]) || text.back() == '.') return false;
    if (text[0] == '0' && text.size() > 1 && is_digit(text[1])) return false;
    const auto point = text.find('.');
    if (point != text.npos && !is_digit(text[point + 1])) return false;
    return is_float(text) && text.substr(0, 2) != "0x" && text.substr(0, 2) != "0o";
}

std::string hint_for_number(std::string_view text) {
    const bool minus = text.starts_with('-');
    const auto bare = text.substr(minus || text.starts_with('+') ? 1 : 0);
    const auto sign = std::string(minus ? "-" : "");
    const auto word = lower(bare);
    if (word == "infinity" || word == "inf" || word == "nan") return "JSON's numbers are finite";
    if (bare.starts_with("0x") || bare.starts_with("0X") || bare.starts_with("0o"))
        return "JSON's numbers are decimal";
    if (bare.find('_') != bare.npos) return "JSON's numbers have no '_'";
    if (std::any_of(bare.begin(), bare.end(), [](char c) { return is_of_name(c) && (c | 0x20) != 'e'; }))
        return "a text must stand in double quotes: " + in_quotes(text);
    if (text.starts_with('+')) return "write it without '+'";
    if (bare.starts_with('.')) return "write " + sign + "0" + std::string(bare);
    if (bare.ends_with('.')) return "write " + sign + std::string(bare.substr(0, bare.size() - 1));
    if (bare.starts_with('0')) return "leave out the zeros in front";
    return {};
}

struct Misspelt {
    std::string_view word, meant;
};
constexpr std::array<Misspelt, 6> misspelt{{{"true", "true"},
                                            {"false", "false"},
                                            {"null", "null"},
                                            {"none", "null"},
                                            {"nil", "null"},
                                            {"undefined", "null"}}};

}  // namespace

Token scan_json_string(std::string_view text, std::uint32_t at, const Report& report) {
    auto i = at + 1;
    while (i < text.size() && text[i] != '"') {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c == '\\') {
            i = scan_escape(text, i, report);
            continue;
        }
        if (c == '\n' || c == '\r') break;
        if (c == '\t') {
            report({i, i + 1}, "a tab inside a text", "write it as \\t");
        } else if (c < 0x20) {
            report({i, i + 1}, "a control character inside a text", "write it as \\u and four digits");
        }
        ++i;
    }
    if (i < text.size() && text[i] == '"') return {i + 1, false};
    report({at, i}, "the text that begins here is not closed",
           i < text.size() ? "a line break inside a text is written \\n" : "a '\"' is missing");
    return {i, true};
}

Token scan_single_quoted(std::string_view text, std::uint32_t at, const Report& report) {
    const auto stop = std::min(text.find_first_of("'\r\n", at + 1), text.size());
    const auto end = static_cast<std::uint32_t>(stop);
    const bool closed = stop < text.size() && text[stop] == '\'';
    const auto inner = text.substr(at + 1, end - at - 1);
    report({at, closed ? end + 1 : end}, "a text must stand in double quotes", "write " + in_quotes(inner));
    return {closed ? end + 1 : end, !closed};
}

Token scan_json_number(std::string_view text, std::uint32_t at, const Report& report) {
    auto end = at;
    while (end < text.size() &&
           (is_digit(text[end]) || is_of_name(text[end]) || text[end] == '.' ||
            ((text[end] == '-' || text[end] == '+') && (end == at || (text[end - 1] | 0x20) == 'e'))))
        ++end;
    const auto number = text.substr(at, end - at);
    if (!is_json_number(number)) {
        report({at, end}, "malformed number " + quote(number), hint_for_number(number));
    } else if (const auto fault = number_fault(number); fault != NumberFault::none) {
        report({at, end}, std::string(message_of(fault)), std::string(hint_of(fault)));
    }
    return {end, false};
}

std::uint32_t end_of_words(std::string_view text, std::uint32_t at, bool key) {
    auto end = static_cast<std::uint32_t>(
        std::min(text.find_first_of(key ? ",]}[{\"\r\n:" : ",]}\"\r\n", at), text.size()));
    while (end > at && (text[end - 1] == ' ' || text[end - 1] == '\t')) --end;
    return end;
}

Token scan_json_word(std::string_view text, std::uint32_t at, const Report& report) {
    const auto end = end_of_words(text, at, false);
    const auto word = text.substr(at, end - at);
    if (word == "true" || word == "false" || word == "null") return {end, false};
    const auto plain = lower(word);
    const auto* known =
        std::find_if(misspelt.begin(), misspelt.end(), [&](const auto& m) { return m.word == plain; });
    if (plain == "nan" || plain == "infinity" || plain == "inf") {
        report({at, end}, "JSON has no " + std::string(word), "its numbers are finite");
    } else if (known != misspelt.end()) {
        report({at, end}, "unknown word " + quote(word), "did you mean " + quote(known->meant) + "?");
    } else {
        report({at, end}, "a text must stand in double quotes", "write " + in_quotes(word));
    }
    return {end, false};
}

}  // namespace arun::syntax
