/// Texts side by side, for a person who expected something else.
#pragma once

#include <string>
#include <string_view>

namespace arun {

/// Bytes of any kind as text that a terminal can show: control characters become \x1b and the like, what is
/// no UTF-8 becomes U+FFFD. Newlines and tabs stay.
std::string printable(std::string_view text);
/// The same on one line.
std::string one_line(std::string_view text);

/// The same, and cut with an ellipsis after about `most` bytes.
std::string excerpt(std::string_view text, std::size_t most);

/// What has to be changed to make `got` of `expected`: their lines, each after "- " (expected), "+ " (got) or
/// two blanks (in both), with "..." for what is left out. Ends in a newline. Bounded, however long the texts.
std::string difference(std::string_view expected, std::string_view got);

}  // namespace arun
