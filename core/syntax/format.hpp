/// The formats of scripts, and how to tell them apart: by option, by file name, or by the first characters.
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace arun::syntax {

enum class Format : std::uint8_t { json, yaml, json_lines };

/// The value of --format: "json", "yaml" or "yml", "jsonl" or "ndjson".
Result<Format> format_named(std::string_view name);

/// By the extension: .json, .yaml or .yml, .jsonl or .ndjson, in any case.
std::optional<Format> format_by_extension(std::string_view path);

/// `[`, or a `{...}` with the key `jobs`, is JSON; any other `{...}` is JSON Lines; everything else is YAML.
/// An unclosed bracket extends to the end.
Format sniff_format(std::string_view text) noexcept;

/// By the extension if it is known, otherwise by the text.
Format format_for(std::string_view path, std::string_view text);

/// sniff_format() for a text that arrives in pieces. Decides as early as possible: at the latest where the
/// first brace closes.
class FormatSniffer {
public:
    /// Feeds the next piece. Returns nothing while undecided; must not be called again once decided.
    std::optional<Format> feed(std::string_view piece) noexcept;
    /// The answer if the text ends undecided.
    Format finish() const noexcept { return in_brace_ ? Format::json_lines : Format::yaml; }

private:
    std::optional<Format> before_brace(char c) noexcept;
    std::optional<Format> inside_brace(char c) noexcept;
    void match_jobs_key(char c) noexcept;

    std::size_t bom_ = 0;  ///< matched bytes of a byte order mark
    bool in_brace_ = false;
    std::size_t depth_ = 0;
    bool at_key_ = false;
    bool in_string_ = false;
    bool escaped_ = false;
    std::size_t matched_ = 0;  ///< progress through the key `jobs` and its colon; 0: none
    bool key_quoted_ = false;
    bool has_jobs_ = false;
};

}  // namespace arun::syntax
