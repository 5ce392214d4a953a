/// The errors of scripts as data.
#pragma once

#include "base/diagnostic.hpp"
#include "console/secrets.hpp"

#include <string>

namespace arun::app {

/// {"diagnostics": [{"severity", "file", "line", "column", "end_line", "end_column", "message", "hint"}...],
/// "errors": N} and a newline. Positions are null where there is none, lines and columns count from 1, the
/// end is the place after the last character. Secrets are masked.
std::string json_of(const Diagnostics& diagnostics, const Secrets& secrets = Secrets());

}  // namespace arun::app
