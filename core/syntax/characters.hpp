/// The bytes that a script may contain. The parsers rely on this check: nlohmann::json takes NUL for the end
/// of input, and libfyaml 0.7 ends early without an error, or loops, on some bytes that are not text.
#pragma once

#include "base/diagnostic.hpp"
#include "base/source.hpp"
#include "syntax/format.hpp"

#include <string_view>

namespace arun::syntax {

/// Reports UTF-16, invalid UTF-8, NUL and other control characters: the first of each kind. YAML forbids more
/// characters than JSON (YAML 1.2.2, 5.1), and a byte order mark at the start of a later line. Returns true
/// if there was nothing to report.
bool check_characters(const Source& source, Format format, Diagnostics& diagnostics);

}  // namespace arun::syntax
