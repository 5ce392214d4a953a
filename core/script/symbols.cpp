#include "script/symbols.hpp"

#include "base/ascii.hpp"
#include "script/function_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace arun::script {

Symbol& Symbols::symbol(std::string_view name) {
    if (auto found = by_name_.find(name); found != by_name_.end()) return *found->second;
    auto& symbol = symbols_.emplace_back(name);
    symbol.secret = is_secret(name);
    by_name_.emplace(symbol.name, &symbol);
    return symbol;
}

void Symbols::add_secret(std::string_view name) {
    secrets_.emplace(name);
    if (auto found = by_name_.find(name); found != by_name_.end()) found->second->secret = true;
}

const Symbol* Symbols::find(std::string_view name) const {
    auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : found->second;
}

JobId& Symbols::id(std::string_view name) {
    if (auto found = ids_by_name_.find(name); found != ids_by_name_.end()) return *found->second;
    auto& id = ids_.emplace_back();
    id.name = name;
    id.index = static_cast<std::uint32_t>(ids_.size() - 1);
    ids_by_name_.emplace(id.name, &id);
    return id;
}

const JobId* Symbols::find_id(std::string_view name) const {
    auto found = ids_by_name_.find(name);
    return found == ids_by_name_.end() ? nullptr : found->second;
}

void for_each_secret(const Value& value, const std::function<void(std::string_view)>& hide) {
    // `true` and `false` are no secrets, and hiding them would hide too much.
    if (value.is_null() || value.is(Type::boolean)) return;
    if (value.is(Type::string) || value.is(Type::number)) return hide(value.to_text());
    // Small numbers that belong to something larger (an exit status, an HTTP status) are in every other
    // message.
    const auto inside = [&](const Value& item) {
        if (!item.is(Type::number) || std::abs(item.as_number()) >= 1000) for_each_secret(item, hide);
    };
    for (const auto& item : value.items()) inside(item);
    for (const auto& entry : value.entries()) inside(entry.second);
}

bool is_name(std::string_view text) {
    const auto begins_name = [](char c) { return is_letter(c) || c == '_'; };
    if (text.empty() || !begins_name(text.front())) return false;
    return std::ranges::all_of(text, [&](char c) { return begins_name(c) || is_digit(c) || c == '-'; });
}

bool is_reserved(std::string_view name) {
    constexpr std::array<std::string_view, 7> words{"all", "env", "jobs", "loop", "true", "false", "null"};
    return std::ranges::find(words, name) != words.end() || find_function(name) != nullptr;
}

}  // namespace arun::script
