/// What differs between two texts, line by line.
#pragma once

#include <string>
#include <string_view>

namespace arun {

/// The edits that turn `expected` into `got`: each line follows "- " (only in expected), "+ " (only in got)
/// or two blanks (in both); "..." stands for lines that are left out. Ends in a newline. The size is bounded
/// however long the texts are.
std::string difference(std::string_view expected, std::string_view got);

}  // namespace arun
