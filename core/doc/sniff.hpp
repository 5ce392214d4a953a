/// The format of a text without a name, as on standard input.
#pragma once

#include <cstdint>
#include <string_view>

namespace arun::doc {

enum class Sniffed : std::uint8_t { json, json_lines, yaml };

/// By the first characters: `[`, or a `{...}` with the key `jobs`, is JSON; any other `{...}` is JSON Lines;
/// the rest is YAML. Brackets that are not closed are read to the end.
Sniffed sniff(std::string_view text) noexcept;

}  // namespace arun::doc
