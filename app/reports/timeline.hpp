/// --timeline: a bar for each job, from its start to its end.
#pragma once

#include "reports/record.hpp"
#include "reports/text_sink.hpp"

namespace arun::app {

/// As an SVG picture.
void timeline_svg(const RunRecord& run, const TextSink& out);
/// For a terminal, in ASCII.
void timeline_text(const RunRecord& run, const TextSink& out);

}  // namespace arun::app
