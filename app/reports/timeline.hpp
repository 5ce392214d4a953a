/// --timeline: a bar for each job, from its start to its end.
#pragma once

#include "reports/record.hpp"

#include <string>

namespace arun::app {

/// As an SVG picture.
std::string timeline_svg(const RunRecord& run);
/// For a terminal, in ASCII.
std::string timeline_text(const RunRecord& run);

}  // namespace arun::app
