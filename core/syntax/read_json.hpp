/// JSON text (RFC 8259) to a Document.
#pragma once

#include "base/diagnostic.hpp"
#include "base/source.hpp"
#include "syntax/builder.hpp"
#include "syntax/document.hpp"
#include "syntax/document_sink.hpp"

#include <cstdint>
#include <memory>

namespace arun::syntax {

/// Reads the one value that stands in `range` of a source whose bytes have been checked. The sink gets null
/// when there are errors of syntax; all of them that can be found are in `diagnostics`. `line` says that it
/// is one of JSON Lines.
void read_json(const std::shared_ptr<const Source>& source, Range range, Diagnostics& diagnostics,
               DocumentSink& sink, bool line);

struct JsonLinesRead {
    /// The lines before this byte are one value each, or blank. What comes after it has to be looked at line
    /// by line, and why is for read_json() to say.
    std::uint32_t well = 0;
    /// What keeps the texts of the items, if all is well.
    std::shared_ptr<const Document> document;
};

/// Reads lines of JSON Lines as if they were the items of one list, which the sink takes: a parser for all of
/// them costs less than one for each. The source's bytes have been checked.
JsonLinesRead read_json_lines(const std::shared_ptr<const Source>& source, Diagnostics& diagnostics,
                              DocumentSink& sink);

}  // namespace arun::syntax
