/// Paths into JSON values: `status`, `items[0].name`, `["a key"].b`.
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
/// An empty path is the whole value.
using JsonPath = std::span<const JsonStep>;

/// Keys are separated by dots; indexes and quoted keys are in brackets; a leading `$` is the whole value.
Result<JsonPath> parse_json_path(std::string_view text, Arena& arena);

/// The value at the path, or null.
const Value* find(const Value& root, JsonPath path);

}  // namespace arun::script
