/// YAML 1.2 text to Documents.
#pragma once

#include "base/diagnostic.hpp"
#include "base/source.hpp"
#include "syntax/builder.hpp"
#include "syntax/document.hpp"
#include "syntax/document_sink.hpp"
#include "syntax/load.hpp"

#include <memory>
#include <vector>

namespace arun::syntax {

/// Reads the documents in `range` of a source whose bytes have been checked. The sink gets null for empty
/// ones, and a text of nothing else is an error unless that is allowed; also for those with errors of syntax:
/// after such an error reading goes on at the next list item, key or document that stands clearly apart, to
/// find the errors there.
void read_yaml(const std::shared_ptr<const Source>& source, Range range, Diagnostics& diagnostics,
               DocumentSink& sink, Empty empty = Empty::refused);

}  // namespace arun::syntax
