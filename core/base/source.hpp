/// The text of a script, and the way from a byte offset to a position that a person can find.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace arun {

/// Lines and columns count from 1, columns in code points; a byte order mark does not count.
/// Without a position, `line` is 0.
struct Position {
    std::string file;  ///< the name of the Source
    std::uint32_t line = 0;
    std::uint32_t column = 0;

    explicit operator bool() const noexcept { return line != 0; }
    bool operator==(const Position&) const = default;
};

/// "smoke.yaml:7:5", or empty without a position.
std::string to_text(const Position& position);

/// A named text. Messages show the name: "smoke.yaml", "<stdin>". Immutable, but not thread-safe: the first
/// call of position() or line() makes the tables of lines and columns, which most scripts never need. With
/// them a position takes the same time wherever it is, also in a script that is a single line.
class Source {
public:
    /// `first_line` is the number of its first line: the text may be a part of a stream.
    Source(std::string name, std::string text, std::uint32_t first_line = 1);

    const std::string& name() const noexcept { return name_; }
    std::string_view text() const noexcept { return text_; }

    /// The position of the byte at `offset`; at or past the end, that after the last byte.
    Position position(std::uint32_t offset) const;
    /// A line without its line end, or empty if there is no such line.
    std::string_view line(std::uint32_t number) const;

private:
    const std::vector<std::uint32_t>& line_starts() const;
    std::uint32_t tails_before(std::uint32_t offset) const;

    std::string name_;
    std::string text_;
    std::uint32_t first_line_;
    mutable std::vector<std::uint32_t> line_starts_;
    /// Bytes before each block of the text that continue a code point; empty if there are none at all.
    mutable std::vector<std::uint32_t> block_tails_;
};

/// A half-open range of bytes of a Source. A null source means no particular place.
struct Span {
    const Source* source = nullptr;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;

    bool operator==(const Span&) const = default;
    /// Where it begins.
    Position position() const { return source != nullptr ? source->position(begin) : Position(); }
};

}  // namespace arun
