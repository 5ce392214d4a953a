/// Lexical helpers for YAML text, for what libfyaml does not tell. All offsets are bytes of `text`.
#pragma once

#include "syntax/document.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace arun::syntax {

constexpr bool is_yaml_blank(char c) {
    return c == ' ' || c == '\t';
}
constexpr bool is_yaml_break(char c) {
    return c == '\n' || c == '\r';
}
constexpr bool is_yaml_space(char c) {
    return is_yaml_blank(c) || is_yaml_break(c);
}

/// True at a blank, a line break and the end of the text.
bool is_yaml_space_at(std::string_view text, std::uint32_t at);

/// Skips blanks, line breaks and comments.
std::uint32_t skip_yaml_space(std::string_view text, std::uint32_t at);
/// Skips blanks.
std::uint32_t skip_yaml_blanks(std::string_view text, std::uint32_t at);

/// Where the line of `at` begins.
std::uint32_t yaml_line_begin(std::string_view text, std::uint32_t at);
/// Where the line of `at` ends, before its line break.
std::uint32_t yaml_line_end(std::string_view text, std::uint32_t at);
/// Where the next line begins; the end of the text if there is none.
std::uint32_t yaml_next_line(std::string_view text, std::uint32_t at);

/// True if `marker` ("---" or "...") is at `at`, followed by a blank, a line break or the end of the text.
bool is_yaml_marker(std::string_view text, std::uint32_t at, std::string_view marker);

/// The parts of a line, regardless of its context.
struct YamlLine {
    std::uint32_t begin = 0;
    std::uint32_t content = 0;  ///< past the indentation
    std::uint32_t entry = 0;    ///< past the leading `- `s: where its key is, if it has one
    std::uint32_t value = 0;    ///< past `- ` and `key:`
    std::uint32_t end = 0;
    std::string_view key;  ///< in its spelling, quotes included
    bool item = false;     ///< begins with `- `
    bool empty = false;    ///< nothing but a comment

    /// True if there is a tab in the indentation, where YAML allows none.
    bool has_tab(std::string_view text) const noexcept {
        return text.substr(begin, content - begin).find('\t') != std::string_view::npos;
    }
    std::uint32_t indent() const noexcept { return content - begin; }
    std::uint32_t entry_column() const noexcept { return entry - begin; }
    /// True if it begins with `- ` or `key:`.
    bool is_entry() const noexcept { return item || !key.empty(); }
};
YamlLine yaml_line_at(std::string_view text, std::uint32_t at);

/// The words that begin at `at`, up to a comment or the end of the line; in brackets also up to `,` `]` `}`.
Range yaml_words(std::string_view text, std::uint32_t at, bool in_brackets);

/// Past the closing quote of the text that begins at `at` and may span lines; none if it is not closed.
std::optional<std::uint32_t> yaml_quoted_end(std::string_view text, std::uint32_t at);

/// The brackets from `begin` to the end of the text, or to where the outermost one closes.
struct YamlBrackets {
    std::vector<std::uint32_t> open;  ///< unclosed, outermost first; the last may be a quote
    std::uint32_t closed = 0;         ///< past the closing one of the outermost, or 0
};
YamlBrackets yaml_brackets(std::string_view text, std::uint32_t begin);

}  // namespace arun::syntax
