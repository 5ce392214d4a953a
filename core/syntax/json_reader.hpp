/// Reads JSON (RFC 8259) and JSON Lines. The only source here that compiles nlohmann::json is
/// json_reader.cpp.
#pragma once

#include "base/diagnostic.hpp"
#include "base/source.hpp"
#include "syntax/document.hpp"

#include <cstdint>
#include <memory>

namespace arun::syntax {

/// Reads the one value in `range` of a source that has passed check_characters(). On a syntax error the sink
/// receives null, and `diagnostics` every error that can be found. `line` is true for a line of JSON Lines.
void read_json(const std::shared_ptr<const Source>& source, Range range, Diagnostics& diagnostics,
               DocumentSink& sink, bool line);

struct JsonLines {
    /// Each line before this byte is one value, or blank. The first line after it must be read alone, with
    /// read_json(), which reports what is wrong with it.
    std::uint32_t valid_size = 0;
    /// Owns the texts of the items; null if valid_size is not the whole source.
    std::shared_ptr<const Document> document;
};

/// Reads JSON Lines as the items of one list, which go to `sink`: one parser run for all of them costs less
/// than one for each. The source has passed check_characters().
JsonLines read_json_lines(const std::shared_ptr<const Source>& source, Diagnostics& diagnostics,
                          DocumentSink& sink);

}  // namespace arun::syntax
