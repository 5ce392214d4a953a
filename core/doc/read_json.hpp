/// JSON text (RFC 8259) to a Document.
#pragma once

#include "base/diagnostic.hpp"
#include "base/source.hpp"
#include "doc/builder.hpp"
#include "doc/document.hpp"
#include "doc/document_sink.hpp"

#include <memory>

namespace arun::doc {

/// Reads the one value that stands in `range` of a source whose bytes have been checked. The sink gets null
/// when there are errors of syntax; all of them that can be found are in `diagnostics`.
void read_json(const std::shared_ptr<const Source>& source, Range range, Diagnostics& diagnostics,
               DocumentSink& sink);

}  // namespace arun::doc
