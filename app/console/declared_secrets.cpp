#include "console/declared_secrets.hpp"

#include "base/ascii.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

namespace arun::app {
namespace {

bool is_name(char c) {
    return is_letter(c) || is_digit(c) || c == '_' || c == '-';
}

std::size_t skip_blanks(std::string_view text, std::size_t at) {
    return std::min(text.find_first_not_of(" \t", at), text.size());
}

/// Where the value of `key` begins, from `from` on: after `key:` or `"key":`. npos if there is none.
std::size_t find_value(std::string_view text, std::string_view key, std::size_t from) {
    for (auto at = text.find(key, from); at != text.npos; at = text.find(key, at + 1)) {
        if (at > 0 && is_name(text[at - 1])) continue;
        auto end = at + key.size();
        if (end < text.size() && (text[end] == '"' || text[end] == '\'')) ++end;
        end = skip_blanks(text, end);
        if (end < text.size() && text[end] == ':') return skip_blanks(text, end + 1);
    }
    return text.npos;
}

/// The names of a list in brackets, of lines with dashes, or a single one.
void add_names(std::string_view text, std::set<std::string, std::less<>>& names) {
    auto end = text.find('\n');
    if (text.starts_with('{')) return;
    if (text.starts_with('[')) {
        end = text.find(']');
    } else if (end == 0 || text.starts_with('\r') || text.starts_with('#')) {
        end = text.find('\n');
        while (end < text.size()) {
            const auto dash = text.find_first_not_of(" \t", end + 1);
            if (dash == text.npos || text[dash] != '-') break;
            end = text.find('\n', dash);
        }
    } else if (!text.empty() && (text.front() == '"' || text.front() == '\'')) {
        end = text.find(text.front(), 1);
    } else {
        end = text.find_first_of(",}\n#");
    }
    text = text.substr(0, end);
    for (std::size_t at = 0; at < text.size();) {
        const auto size = static_cast<std::size_t>(std::ranges::find_if_not(text.substr(at), is_name) -
                                                   text.substr(at).begin());
        if (size > 0 && text[at] != '-') names.emplace(text.substr(at, size));
        at += size + 1;
    }
}

/// Hides the value that begins at `at`, if it is written on one line, or the lines of a block scalar.
void hide_value(std::string_view text, std::size_t at, jobs::Output& output) {
    const auto before = text.substr(0, at);
    const auto line_begin = before.find_last_of("\r\n") + 1;
    const auto rest = text.substr(at);
    auto value = rest.substr(0, rest.find_first_of("\r\n"));
    if (value.starts_with('|') || value.starts_with('>')) {
        const auto indent = text.find_first_not_of(" \t-", line_begin) - line_begin;
        for (auto line = text.find('\n', at); line < text.size(); line = text.find('\n', line + 1)) {
            const auto begin = text.find_first_not_of(" \t", line + 1);
            if (begin == text.npos || begin - line - 1 <= indent) break;
            output.hide(trim(text.substr(begin, text.find('\n', begin) - begin)));
        }
        return;
    }
    if (value.starts_with('"') || value.starts_with('\'')) {
        auto end = value.find(value.front(), 1);
        while (end < value.size() && value.front() == '"' && value[end - 1] == '\\')
            end = value.find('"', end + 1);
        value = value.substr(1, std::min(end, value.size()) - 1);
    } else {
        const bool flow = before.substr(line_begin).find_first_of("{[") != before.npos;
        value = trim(value.substr(0, flow ? value.find_first_of(",}]") : value.find(" #")));
    }
    // An expression is not the secret, a mapping has keys that are none, and a digit would hide lines and
    // columns.
    constexpr std::size_t min_size = 3;
    if (value.size() >= min_size && value.find("${{") == value.npos && value.find_first_of("{[") != 0)
        output.hide(value);
}

void hide_secrets_of(std::string_view text, jobs::Output& output) {
    std::set<std::string, std::less<>> names;
    for (auto at = find_value(text, "secrets", 0); at < text.size(); at = find_value(text, "secrets", at))
        add_names(text.substr(at), names);
    for (const auto& name : names) {
        if (const char* value = std::getenv(name.c_str())) output.hide(value);
        for (auto at = find_value(text, name, 0); at < text.size(); at = find_value(text, name, at))
            hide_value(text, at, output);
    }
}

}  // namespace

void hide_declared_secrets(const Diagnostics& diagnostics, jobs::Output& output) {
    std::set<const Source*> sources;
    for (const auto& diagnostic : diagnostics.sorted()) sources.insert(diagnostic.span.source);
    sources.erase(nullptr);
    for (const auto* source : sources) hide_secrets_of(source->text(), output);
}

}  // namespace arun::app
