/// Looking at YAML text byte by byte, where libfyaml tells too little. All offsets are bytes of `text`.
#pragma once

#include "syntax/builder.hpp"

#include <cstdint>
#include <optional>
#include <string>
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

/// True when a blank, a line end or the end of the text is at `at`.
bool is_yaml_space_at(std::string_view text, std::uint32_t at);

/// Past blanks, line ends and comments.
std::uint32_t skip_yaml_space(std::string_view text, std::uint32_t at);
/// Past blanks.
std::uint32_t skip_yaml_blanks(std::string_view text, std::uint32_t at);

/// Where the line begins in which `at` stands.
std::uint32_t yaml_line_begin(std::string_view text, std::uint32_t at);
/// Where its text ends, before the line end.
std::uint32_t yaml_line_end(std::string_view text, std::uint32_t at);
/// Where the next line begins, or the end of the text.
std::uint32_t yaml_next_line(std::string_view text, std::uint32_t at);

/// What stands between single quotes: two of them are one, and lines are folded (YAML 1.2.2, 7.3.2). libfyaml
/// 0.7 loses text after the second pair.
std::string unquote_yaml_single(std::string_view inner);

/// True when the text at `at` is `marker` and nothing but blanks or a line end can follow: "---", "...".
bool is_yaml_marker(std::string_view text, std::uint32_t at, std::string_view marker);

/// What a line looks like, whatever stands around it.
struct YamlLine {
    std::uint32_t begin = 0;
    std::uint32_t content = 0;  ///< past the indentation
    std::uint32_t entry = 0;    ///< past the `- ` that it begins with: where the key is, if it has one
    std::uint32_t value = 0;    ///< past `- ` and `key:`
    std::uint32_t end = 0;
    std::string_view key;  ///< as it is written, quotes included
    bool item = false;     ///< begins with `- `
    bool empty = false;    ///< has nothing but a comment

    /// In the indentation, where YAML allows none.
    bool has_tab(std::string_view text) const noexcept {
        return text.substr(begin, content - begin).find('\t') != std::string_view::npos;
    }
    std::uint32_t indent() const noexcept { return content - begin; }
    std::uint32_t entry_column() const noexcept { return entry - begin; }
    /// Begins with `- ` or `key:`.
    bool is_entry() const noexcept { return item || !key.empty(); }
};
YamlLine yaml_line_at(std::string_view text, std::uint32_t at);

/// The words that begin at `at`: up to a comment or the end of the line, in brackets up to `,` `]` `}`.
Range yaml_words(std::string_view text, std::uint32_t at, bool in_brackets);

/// Past the text in quotes that begins at `at`, however many lines it has; none when it is not closed.
std::optional<std::uint32_t> yaml_quoted_end(std::string_view text, std::uint32_t at);

/// Brackets, and a quote that is not closed, from `begin` to the end of the text or of the outermost bracket.
struct YamlBrackets {
    std::vector<std::uint32_t> open;  ///< where those begin that are not closed, outermost first
    std::uint32_t closed = 0;         ///< past the outermost bracket's end, or 0
};
YamlBrackets yaml_brackets(std::string_view text, std::uint32_t begin);

}  // namespace arun::syntax
