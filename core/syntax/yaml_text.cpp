#include "syntax/yaml_text.hpp"

#include <algorithm>

namespace arun::syntax {
namespace {

std::uint32_t size_of(std::string_view text) {
    return static_cast<std::uint32_t>(text.size());
}

/// Where the key at `at` ends, if a ':' follows; `at` if there is no key.
std::uint32_t end_of_key(std::string_view line, std::uint32_t at) {
    if (at == line.size()) return at;
    if (line[at] == '"' || line[at] == '\'') {
        const auto end = yaml_quoted_end(line, at).value_or(at);
        const auto colon = skip_yaml_blanks(line, end);
        return colon < line.size() && line[colon] == ':' && is_yaml_space_at(line, colon + 1) ? end : at;
    }
    // Not all that YAML accepts as a key, but what people write.
    if (std::string_view("#&*!|>%@`{}[],?-").find(line[at]) != std::string_view::npos) return at;
    for (auto i = at; i < line.size(); ++i) {
        if (line[i] == ':' && is_yaml_space_at(line, i + 1)) return i;
        if (line[i] == '#' && is_yaml_blank(line[i - (i > 0)])) return at;
        if (std::string_view("{}[],\"'").find(line[i]) != std::string_view::npos) return at;
    }
    return at;
}

/// Whether a quote or bracket at `at` begins a value. Otherwise it is part of plain text.
bool begins_value(std::string_view text, std::uint32_t at, bool in_brackets) {
    auto before = at;
    while (before > 0 && is_yaml_blank(text[before - 1])) --before;
    if (before == 0 || is_yaml_break(text[before - 1])) return true;
    if (in_brackets) return std::string_view("[{,:?").find(text[before - 1]) != std::string_view::npos;
    return before < at && std::string_view(":-?").find(text[before - 1]) != std::string_view::npos;
}

}  // namespace

bool is_yaml_space_at(std::string_view text, std::uint32_t at) {
    return at >= text.size() || is_yaml_space(text[at]);
}

std::uint32_t skip_yaml_space(std::string_view text, std::uint32_t at) {
    while (at < text.size()) {
        if (text[at] == '#' && (at == 0 || is_yaml_space(text[at - 1]))) {
            at = yaml_line_end(text, at);
        } else if (is_yaml_space(text[at])) {
            ++at;
        } else {
            break;
        }
    }
    return at;
}

std::uint32_t skip_yaml_blanks(std::string_view text, std::uint32_t at) {
    while (at < text.size() && is_yaml_blank(text[at])) ++at;
    return at;
}

std::uint32_t yaml_line_begin(std::string_view text, std::uint32_t at) {
    while (at > 0 && !is_yaml_break(text[at - 1])) --at;
    return at;
}

std::uint32_t yaml_line_end(std::string_view text, std::uint32_t at) {
    return std::min(
        static_cast<std::uint32_t>(std::min<std::size_t>(text.find_first_of("\r\n", at), UINT32_MAX)),
        size_of(text));
}

std::uint32_t yaml_next_line(std::string_view text, std::uint32_t at) {
    const auto end = yaml_line_end(text, at);
    return std::min(end + (text.substr(end).starts_with("\r\n") ? 2 : 1), size_of(text));
}

bool is_yaml_marker(std::string_view text, std::uint32_t at, std::string_view marker) {
    return text.substr(at).starts_with(marker) && is_yaml_space_at(text, at + size_of(marker));
}

YamlLine yaml_line_at(std::string_view text, std::uint32_t at) {
    YamlLine line;
    line.begin = yaml_line_begin(text, at);
    line.end = yaml_line_end(text, at);
    text = text.substr(0, line.end);
    line.content = line.entry = skip_yaml_blanks(text, line.begin);
    line.empty = line.content == line.end || text[line.content] == '#';
    while (line.entry < line.end && text[line.entry] == '-' && is_yaml_space_at(text, line.entry + 1)) {
        line.item = true;
        line.entry = skip_yaml_blanks(text, line.entry + 1);
    }
    const auto end = end_of_key(text, line.entry);
    line.key = text.substr(line.entry, end - line.entry);
    line.value = end == line.entry ? end : skip_yaml_blanks(text, skip_yaml_blanks(text, end) + 1);
    return line;
}

Range yaml_words(std::string_view text, std::uint32_t at, bool in_brackets) {
    const auto line_end = yaml_line_end(text, at);
    auto end = at;
    while (end < line_end) {
        if (text[end] == '#' && end > at && is_yaml_blank(text[end - 1])) break;
        if (in_brackets && std::string_view(",]}").find(text[end]) != std::string_view::npos) break;
        ++end;
    }
    while (end > at && is_yaml_blank(text[end - 1])) --end;
    return {at, end};
}

std::optional<std::uint32_t> yaml_quoted_end(std::string_view text, std::uint32_t at) {
    const char quote = text[at];
    for (auto i = at + 1; i < text.size(); ++i) {
        if (text[i] == '\\' && quote == '"') {
            ++i;
        } else if (text[i] == quote) {
            if (quote == '"' || i + 1 == text.size() || text[i + 1] != quote) return i + 1;
            ++i;
        }
    }
    return std::nullopt;
}

YamlBrackets yaml_brackets(std::string_view text, std::uint32_t begin) {
    YamlBrackets found;
    auto& open = found.open;
    auto i = begin;
    while (i < text.size() && !(found.closed && open.empty())) {
        const char c = text[i];
        const bool quoted = c == '"' || c == '\'';
        if (c == '#' && i > 0 && is_yaml_space(text[i - 1])) {
            i = yaml_line_end(text, i);
            continue;
        }
        if ((quoted || c == '[' || c == '{') &&
            (begins_value(text, i, !open.empty()) || (!quoted && !open.empty()))) {
            const auto after = quoted ? yaml_quoted_end(text, i) : i + 1;
            if (!quoted || !after) open.push_back(i);
            if (!after) break;
            i = *after;
            continue;
        }
        if ((c == ']' || c == '}') && !open.empty()) {
            open.pop_back();
            found.closed = open.empty() ? i + 1 : found.closed;
        }
        ++i;
    }
    return found;
}

}  // namespace arun::syntax
