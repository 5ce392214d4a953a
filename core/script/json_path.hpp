/// Paths into JSON values: `status`, `items[0].name`, `items[-1]`, `["a key"].b`. Those that begin with `$`
/// are the queries of RFC 9535 that lead to one value (2.3.5.1, singular queries).
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
    std::int64_t index = 0;  ///< from 0, or from -1 for the last one
    bool is_index = false;
};
/// An empty path is the whole value.
using JsonPath = std::span<const JsonStep>;

/// Keys are separated by dots; indexes and quoted keys are in brackets; a leading `$` is the whole value.
/// Errors have a hint.
Result<JsonPath> parse_json_path(std::string_view text, Arena& arena);

/// The value at the path, or null.
const Value* find(const Value& root, JsonPath path);

}  // namespace arun::script
