/// Reads a YAML 1.2 stream, and continues after errors in order to find more.
#pragma once

#include "base/diagnostic.hpp"
#include "base/source.hpp"
#include "syntax/document.hpp"

#include <memory>

namespace arun::syntax {

/// Reads the documents in `range` of a source that has passed check_characters(). Returns false if all are
/// empty.
///
/// The sink receives null for an empty document and for one with a syntax error. After such an error, reading
/// continues at the next list item, key or document that the error does not affect, to report the errors
/// there.
bool read_yaml(const std::shared_ptr<const Source>& source, Range range, Diagnostics& diagnostics,
               DocumentSink& sink);

}  // namespace arun::syntax
