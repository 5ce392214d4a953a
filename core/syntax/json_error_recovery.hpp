/// Explains why a JSON text could not be read, and finds its other errors.
#pragma once

#include "base/diagnostic.hpp"
#include "base/source.hpp"
#include "syntax/document.hpp"
#include "syntax/document_builder.hpp"

namespace arun::syntax {

/// Continues where the parser failed and tolerates common mistakes (comments, trailing commas, single or
/// missing quotes, missing commas), reporting each, up to the first that leaves the rest ambiguous. `rest`
/// follows the last valid token; `builder` knows the brackets that are open there. `line` is true for a line
/// of JSON Lines.
void report_json_errors(const Source& source, Range rest, const DocumentBuilder& builder,
                        Diagnostics& diagnostics, bool line);

}  // namespace arun::syntax
