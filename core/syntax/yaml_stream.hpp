/// The documents of a YAML stream.
#pragma once

#include "syntax/builder.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace arun::syntax {

/// One document of a stream. What is wrong with its directives has been reported.
struct YamlPiece {
    Range body;               ///< what libfyaml gets: %TAG directives, `---`, content
    std::uint32_t end = 0;    ///< of the document; a `%` line that must not be there may end `body` before
    bool tags = false;        ///< has %TAG directives
    bool broken = false;      ///< an error has been reported
    bool unreadable = false;  ///< and what it means for the rest of the document cannot be known
};

/// Cuts a stream at the lines `---` and `...`, where no value can go on (YAML 1.2.2, 9.1.2). Documents
/// without content and without `---` are left out.
class YamlStream {
public:
    YamlStream(const Source& source, Range range, Diagnostics& diagnostics);
    std::optional<YamlPiece> next();

private:
    std::optional<YamlPiece> read_piece();
    std::uint32_t next_line(std::uint32_t at) const;
    void read_directive(std::uint32_t at, YamlPiece& piece);
    void refuse(Range at, YamlPiece& piece, std::string message, std::string_view hint);

    const Source& source_;
    std::string_view text_;  // up to the end of the range
    std::uint32_t at_;
    bool carriage_returns_;
    Diagnostics& diagnostics_;
};

/// Cuts a stream that is still arriving, by the same rules, where its next line has come as a whole.
class YamlCutter {
public:
    /// How many bytes of `text` are its first document, up to the next `---` or past a `...`; nothing while
    /// it may go on. `text` begins where the last document that was cut ended, and only grows until the next.
    std::optional<std::size_t> cut(std::string_view text);

private:
    std::uint32_t at_ = 0;  ///< the line to be looked at next
    bool started_ = false;
    bool content_ = false;
};

}  // namespace arun::syntax
