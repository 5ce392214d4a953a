#include "script/json_path.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string>
#include <vector>

namespace arun::script {

namespace {

/// Reads a name in quotes, with the escapes of JSON and that of its quote. Precondition: the text starts with
/// a quote.
bool read_quoted(std::string_view& rest, JsonStep& step, Arena& arena) {
    const auto quote = rest.front();
    std::string json = "\"";
    std::size_t at = 1;
    for (; at < rest.size() && rest[at] != quote; ++at) {
        const bool escaped = rest[at] == '\\' && at + 1 < rest.size();
        if (escaped) ++at;
        if (rest[at] == '"' || (escaped && rest[at] != '\'')) json += '\\';
        if (static_cast<unsigned char>(rest[at]) < 0x20U) {
            json += "\\u00";
            json += "01"[(rest[at] >> 4) & 1];
            json += "0123456789abcdef"[rest[at] & 15];
        } else {
            json += rest[at];
        }
    }
    if (at >= rest.size()) return false;
    const auto name = nlohmann::json::parse(json + '"', nullptr, false);
    if (!name.is_string()) return false;
    step.key = arena.copy(name.get_ref<const std::string&>());
    rest.remove_prefix(at + 1);
    return true;
}

/// Reads a step in brackets. Precondition: the text starts with a bracket.
bool read_bracket(std::string_view& rest, JsonStep& step, Arena& arena) {
    const auto skip_blanks = [&] { rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size())); };
    rest.remove_prefix(1);
    skip_blanks();
    if (rest.starts_with('"') || rest.starts_with('\'')) {
        if (!read_quoted(rest, step, arena)) return false;
    } else {
        const auto [stop, error] = std::from_chars(rest.data(), rest.data() + rest.size(), step.index);
        if (error != std::errc()) return false;
        step.is_index = true;
        rest.remove_prefix(static_cast<std::size_t>(stop - rest.data()));
    }
    skip_blanks();
    if (!rest.starts_with(']')) return false;
    rest.remove_prefix(1);
    return true;
}

bool read_key(std::string_view& rest, JsonStep& step) {
    const auto end = std::min(rest.find_first_of(".[]()"), rest.size());
    step.key = rest.substr(0, end);
    rest.remove_prefix(end);
    return !step.key.empty() && step.key != "*";
}

/// Why `text` is no path, judged by `rest`, where reading it stopped.
Error path_error(std::string_view text, std::string_view rest) {
    const auto path = "'" + std::string(text) + "'";
    if (text.find_first_of("*?:,") != text.npos || (text.starts_with('$') && text.find("..") != text.npos))
        return {path + " selects several values, or none: a path leads to one",
                "write an expression, such as contains(r.json.items.*.name, 'a')"};
    if (rest.find_first_of("()") != rest.npos)
        return {
            path + " calls a function: a path leads to a value",
            "write an expression, such as length(r.json.items) == 2; a key that has parentheses is written "
            "['a(b)']"};
    return {path + " is not a path into a JSON value", "write items[0].name, for example"};
}

}  // namespace

Result<JsonPath> parse_json_path(std::string_view text, Arena& arena) {
    std::vector<JsonStep> steps;
    auto rest = text;
    bool ok = !text.empty();
    bool key_may_follow = true;
    if (rest == "$" || rest.starts_with("$.") || rest.starts_with("$[")) {
        rest.remove_prefix(1);
        key_may_follow = false;
    }
    while (ok && !rest.empty()) {
        auto& step = steps.emplace_back();
        if (rest.starts_with('[')) {
            ok = read_bracket(rest, step, arena);
        } else if (rest.starts_with('.') && !key_may_follow) {
            rest.remove_prefix(1);
            ok = read_key(rest, step);
        } else {
            ok = key_may_follow && read_key(rest, step);
        }
        key_may_follow = false;
    }
    if (!ok) return path_error(text, rest);
    return arena.copy(steps);
}

const Value* find(const Value& root, JsonPath path) {
    const auto* at = &root;
    for (const auto& step : path) {
        if (!step.is_index) {
            at = at->find(step.key);
        } else {
            const auto items = at->items();
            const auto count = static_cast<std::int64_t>(items.size());
            const auto index = step.index < 0 ? step.index + count : step.index;
            at = index >= 0 && index < count ? &items[static_cast<std::size_t>(index)] : nullptr;
        }
        if (at == nullptr) break;
    }
    return at;
}

}  // namespace arun::script
