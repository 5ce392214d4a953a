#include "script/json_path.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

namespace arun::script {

namespace {

/// Reads a step in brackets. Precondition: the text starts with a bracket.
bool read_bracket(std::string_view& rest, JsonStep& step) {
    rest.remove_prefix(1);
    if (rest.starts_with('"') || rest.starts_with('\'')) {
        const auto end = rest.find(rest.front(), 1);
        if (end == rest.npos || rest.substr(end + 1, 1) != "]") return false;
        step.key = rest.substr(1, end - 1);
        rest.remove_prefix(end + 2);
        return true;
    }
    const auto end = rest.find(']');
    if (end == rest.npos) return false;
    const auto* last = rest.data() + end;
    const auto [stop, error] = std::from_chars(rest.data(), last, step.index);
    if (error != std::errc() || stop != last) return false;
    step.is_index = true;
    rest.remove_prefix(end + 1);
    return true;
}

bool read_key(std::string_view& rest, JsonStep& step) {
    const auto end = std::min(rest.find_first_of(".[]"), rest.size());
    step.key = rest.substr(0, end);
    rest.remove_prefix(end);
    return !step.key.empty() && step.key != "*";
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
            ok = read_bracket(rest, step);
        } else if (rest.starts_with('.') && !key_may_follow) {
            rest.remove_prefix(1);
            ok = read_key(rest, step);
        } else {
            ok = key_may_follow && read_key(rest, step);
        }
        key_may_follow = false;
    }
    if (!ok && text.find_first_of("*?:,") != text.npos)
        return Error{"'" + std::string(text) + "' selects several values, or none: a path leads to one",
                     "write an expression, such as contains(r.json.items.*.name, 'a')"};
    if (!ok) return Error{"'" + std::string(text) + "' is not a path into a JSON value"};
    return arena.copy(steps);
}

const Value* find(const Value& root, JsonPath path) {
    const auto* at = &root;
    for (const auto& step : path) {
        if (!step.is_index) {
            at = at->find(step.key);
        } else {
            at = step.index < at->items().size() ? &at->items()[step.index] : nullptr;
        }
        if (at == nullptr) break;
    }
    return at;
}

}  // namespace arun::script
