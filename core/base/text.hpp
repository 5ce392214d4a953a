/// Pieces of text: trimmed, split, joined, quoted, escaped, made printable.
#pragma once

#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace arun {

/// Without white space at both ends.
std::string_view trim(std::string_view text) noexcept;
/// One word of a POSIX shell, in single quotes.
std::string in_single_quotes(std::string_view text);
/// Without line feeds at the end, as a shell's $(...).
std::string_view trim_newlines(std::string_view text) noexcept;
/// The last 20 lines, or as many of them as have 4 KiB, without line feeds at the end. If the text was `cut`
/// before, or is longer, the first line is whole.
std::string_view last_lines(std::string_view text, bool cut = false) noexcept;
/// Up to the first line feed.
std::string_view first_line(std::string_view text) noexcept;

/// The pieces between separators; an empty text is one empty piece.
std::vector<std::string_view> split(std::string_view text, std::string_view separator);
/// The lines without their line feeds. The last one may lack its own; an empty text has no line.
std::vector<std::string_view> lines_of(std::string_view text);

/// "a, b, c" with ", " as the separator.
template <class Range>
std::string join(const Range& words, std::string_view separator) {
    std::string out;
    for (auto word = std::begin(words); word != std::end(words); ++word) {
        if (word != std::begin(words)) out += separator;
        out += *word;
    }
    return out;
}

/// "a", "a or b", "a, b or c", with another separator before the last word.
template <class Range>
std::string join(const Range& words, std::string_view separator, std::string_view last_separator) {
    std::string out;
    const auto last = std::size(words) - 1;
    std::size_t i = 0;
    for (const auto& word : words) {
        if (i != 0) out += i == last ? last_separator : separator;
        out += word;
        ++i;
    }
    return out;
}

/// "a", "a or b", "a, b or c".
template <class Range>
std::string join_with_or(const Range& words) {
    return join(words, ", ", " or ");
}

/// 'text' for a message, cut when it is long.
std::string quote(std::string_view text);
/// The same, but never cut: for names and paths.
std::string quote_whole(std::string_view text);

/// quote() for paths and URLs: a long one is cut in its middle, because its end says the most.
std::string quote_ends(std::string_view text);

/// Lower-cases the first letter, unless it begins an abbreviation, so that a system's message can follow a
/// colon.
std::string uncapitalized(std::string text);

/// `&`, `<`, `>` and `"` as XML entities.
std::string xml_escaped(std::string_view text);

/// Makes arbitrary bytes safe for a terminal: control characters become \x1b and the like, invalid UTF-8
/// becomes U+FFFD. Keeps line feeds and tabs.
std::string printable(std::string_view text);
/// printable() with blanks instead of line feeds.
std::string one_line(std::string_view text);
/// printable(), cut with an ellipsis after about `max_size` bytes.
std::string excerpt(std::string_view text, std::size_t max_size);

}  // namespace arun
