/// Text in lines and columns for a terminal of 80 columns.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace arun::app {

/// Breaks the text into lines of less than 80 columns. The first line starts at `column`, the others at
/// `indent`.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t column);

/// The text with blanks up to `width` bytes.
std::string padded(std::string_view text, std::size_t width);

struct Columns {
    std::string left;
    std::string right;
};

/// Two columns, indented by two blanks; a long left side has a line of its own.
std::string in_columns(std::span<const Columns> rows);

}  // namespace arun::app
