/// The format of a text without a name, as on standard input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace arun::syntax {

enum class Sniffed : std::uint8_t { json, json_lines, yaml };

/// By the first characters: `[`, or a `{...}` with the key `jobs`, is JSON; any other `{...}` is JSON Lines;
/// the rest is YAML. Brackets that are not closed are read to the end.
Sniffed sniff(std::string_view text) noexcept;

/// The same for a text that arrives in pieces. It is decided as soon as it can be: at the latest where the
/// first brace closes.
class Sniffer {
public:
    /// The next piece. Nothing while it may still be one or the other.
    std::optional<Sniffed> feed(std::string_view piece) noexcept;
    /// There is no more.
    Sniffed finish() const noexcept { return in_brace_ ? Sniffed::json_lines : Sniffed::yaml; }

private:
    std::optional<Sniffed> begin(char c) noexcept;
    std::optional<Sniffed> go_on(char c) noexcept;
    void look_for_jobs(char c) noexcept;

    std::size_t bom_ = 0;  ///< bytes of the byte order mark that were there
    bool in_brace_ = false;
    std::size_t depth_ = 0;
    bool at_key_ = false;
    bool in_text_ = false;
    bool escaped_ = false;
    /// How much of a key `jobs` and its colon was there, from 1; 0: nothing of it.
    std::size_t key_ = 0;
    bool key_quoted_ = false;
    bool found_ = false;
};

}  // namespace arun::syntax
