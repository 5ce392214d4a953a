/// What is wrong with a JSON text that could not be read, in words that help.
#pragma once

#include "base/diagnostic.hpp"
#include "base/source.hpp"
#include "syntax/builder.hpp"

namespace arun::syntax {

/// Goes on where the parser stopped, forgiving what people get wrong (comments, trailing commas, other
/// quotes, missing quotes and commas), and reports each such slip up to the first that leaves no guess what
/// was meant. `rest` is what follows the last good token; `builder` knows which brackets are open there.
/// `line` says that it is one of JSON Lines.
void diagnose_json(const Source& source, Range rest, const Builder& builder, Diagnostics& diagnostics,
                   bool line);

}  // namespace arun::syntax
