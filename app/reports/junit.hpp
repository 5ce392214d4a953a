/// JUnit's XML, as Jenkins, GitLab and others read it.
#pragma once

#include "reports/record.hpp"
#include "reports/text_sink.hpp"

namespace arun::app {

/// A test suite for each script, a test case for each case.
void junit_report(const RunRecord& run, const TextSink& out);

}  // namespace arun::app
