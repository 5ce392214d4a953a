#include "cli/env_file.hpp"

#include "base/ascii.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "syntax/load.hpp"

#include <algorithm>
#include <string_view>

namespace arun::app {
namespace {

bool is_env_name(std::string_view name) {
    const auto begins_name = [](char c) { return is_letter(c) || c == '_'; };
    return !name.empty() && begins_name(name[0]) &&
           std::ranges::all_of(name, [&](char c) { return begins_name(c) || is_digit(c); });
}

std::string unescape(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            out += text[i];
            continue;
        }
        const char c = text[++i];
        if (c == 'n' || c == 't') {
            out += c == 'n' ? '\n' : '\t';
        } else {
            if (c != '"' && c != '\\' && c != '$') out += '\\';
            out += c;
        }
    }
    return out;
}

/// A value as written, without its quotes or the comment after it. Unquoted, a comment needs a blank before
/// it.
Result<std::string> read_value(std::string_view text) {
    if (text.starts_with('\'') || text.starts_with('"')) {
        const char mark = text[0];
        std::size_t end = 1;
        while (end < text.size() && text[end] != mark) end += mark == '"' && text[end] == '\\' ? 2 : 1;
        if (end >= text.size()) return Error{std::string("the value has no closing ") + mark};
        const auto rest = trim(text.substr(end + 1));
        if (!rest.empty() && rest[0] != '#') return Error{quote(rest) + " follows the closing quote"};
        const auto inner = text.substr(1, end - 1);
        return mark == '"' ? unescape(inner) : std::string(inner);
    }
    for (auto at = text.find('#'); at != text.npos; at = text.find('#', at + 1))
        if (at == 0 || text[at - 1] == ' ' || text[at - 1] == '\t')
            return std::string(trim(text.substr(0, at)));
    return std::string(text);
}

}  // namespace

Result<EnvEntries> parse_env(const std::string& name, std::string_view text) {
    EnvEntries entries;
    if (text.starts_with(utf8_bom)) text.remove_prefix(utf8_bom.size());
    std::size_t number = 0;
    for (auto line : lines_of(text)) {
        ++number;
        line = trim(line);
        const auto fail = [&](std::string why) {
            return Error{name + ":" + std::to_string(number) + ": " + std::move(why)};
        };
        if (line.empty() || line[0] == '#') continue;
        if (line.starts_with("export ")) line = trim(line.substr(7));
        const auto equals = line.find('=');
        if (equals == line.npos) return fail("expected NAME=VALUE");  // not quoted: the line may be a secret
        const auto key = line.substr(0, equals);
        if (!is_env_name(key)) return fail(quote(key) + " is not the name of an environment variable");
        auto value = read_value(trim(line.substr(equals + 1)));
        if (!value) return fail(value.error().message);
        if (value->find('\0') != std::string::npos) return fail("the value contains a NUL byte");
        entries.emplace_back(key, *std::move(value));
    }
    return entries;
}

Result<EnvEntries> read_env_file(const std::string& path) {
    Diagnostics diagnostics;
    const auto source = syntax::load_file(path, diagnostics, syntax::Empty::allowed);
    if (!source) return Error{diagnostics.sorted().front().message};
    return parse_env(path, source->text());
}

}  // namespace arun::app
