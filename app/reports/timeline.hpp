/// A run as a picture: a bar for each job, from its start to its end.
#pragma once

#include "reports/record.hpp"

#include <string>

namespace arun::app {

std::string timeline_svg(const RunRecord& run);
/// For a terminal, in characters of ASCII.
std::string timeline_text(const RunRecord& run);

}  // namespace arun::app
