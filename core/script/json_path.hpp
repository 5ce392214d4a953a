/// Places inside of JSON values: `status`, `items[0].name`, `["a key"].b`.
#pragma once

#include "base/arena.hpp"
#include "base/error.hpp"
#include "script/value.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace arun::script {

struct JsonStep {
    std::string_view key;
    std::uint32_t index = 0;
    bool is_index = false;
};
/// Empty is the whole value.
using JsonPath = std::span<const JsonStep>;

/// Keys with dots between them, and indexes or quoted keys in brackets; `$` in front stands for the whole.
Result<JsonPath> parse_json_path(std::string_view text, Arena& arena);

/// What stands there, or null.
const Value* find(const Value& root, JsonPath path);

}  // namespace arun::script
