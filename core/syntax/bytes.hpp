/// Whether a text's bytes can be a script at all. Both parsers need this looked at first: nlohmann::json
/// takes NUL for the end of input, and libfyaml 0.7 stops early with success, or loops, on some bytes that
/// are not text.
#pragma once

#include "base/diagnostic.hpp"
#include "base/source.hpp"
#include "syntax/load.hpp"

namespace arun::syntax {

/// Reports UTF-16, NUL and other control characters, and bad UTF-8, the first of each kind. YAML forbids more
/// (YAML 1.2.2, 5.1), and a byte order mark at the start of a later line. True when there is nothing to
/// report.
bool check_bytes(const Source& source, Format format, Diagnostics& diagnostics);

}  // namespace arun::syntax
