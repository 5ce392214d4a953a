/// The text of a script, and the way from a byte offset to what a person calls a position.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace arun {

/// Line and column count from 1; the column counts code points, not bytes. A BOM is not counted.
struct Position {
    std::uint32_t line = 1;
    std::uint32_t column = 1;
};

/// A named text. The name is what messages show ("smoke.yaml", "<stdin>"). Immutable; the line
/// table is made when the first position is asked for, because most scripts have no errors.
class Source {
public:
    /// `first_line` is the number of its first line: the text may be a part of a stream.
    Source(std::string name, std::string text, std::uint32_t first_line = 1);

    const std::string& name() const noexcept { return name_; }
    std::string_view text() const noexcept { return text_; }

    /// Where byte `offset` stands; an offset at or past the end gives the place after the last byte.
    Position position(std::uint32_t offset) const;
    /// The text of a line without its line end; empty for a line that does not exist.
    std::string_view line(std::uint32_t number) const;

private:
    const std::vector<std::uint32_t>& line_starts() const;

    std::string name_;
    std::string text_;
    std::uint32_t first_line_;
    mutable std::vector<std::uint32_t> line_starts_;
};

/// A range of bytes of a Source, half open. A null source is "no particular place".
struct Span {
    const Source* source = nullptr;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

}  // namespace arun
