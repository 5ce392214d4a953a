/// The Test Anything Protocol.
#pragma once

#include "reports/record.hpp"
#include "reports/text_sink.hpp"

namespace arun::app {

/// Valid in TAP 13 and TAP 14.
void tap_report(const RunRecord& run, const TextSink& out);

}  // namespace arun::app
