#include "describe/columns.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace arun::app {

std::string wrapped(std::string_view text, std::size_t indent, std::size_t column) {
    constexpr std::size_t line_width = 79;
    std::string out;
    bool first = true;
    for (const auto word : split(text, " ")) {
        if (!first && column + 1 + word.size() > line_width) {
            out += '\n' + std::string(indent, ' ');
            column = indent;
        } else if (!first) {
            out += ' ';
            ++column;
        }
        out += word;
        column += word.size();
        first = false;
    }
    return out;
}

std::string padded(std::string_view text, std::size_t width) {
    return std::string(text) + std::string(width > text.size() ? width - text.size() : 0, ' ');
}

std::string in_columns(std::span<const Columns> rows) {
    constexpr std::size_t max_left = 30;
    std::size_t width = 0;
    for (const auto& [left, right] : rows)
        if (left.size() <= max_left) width = std::max(width, left.size());
    std::string out;
    for (const auto& [left, right] : rows) {
        out += "  " + left;
        const auto column = width + 4;
        if (right.empty()) {
            out += '\n';
            continue;
        }
        out += left.size() > width ? '\n' + std::string(column, ' ')
                                   : std::string(column - left.size() - 2, ' ');
        out += wrapped(right, column, column) + '\n';
    }
    return out;
}

}  // namespace arun::app
