/// JUnit's XML, as Jenkins, GitLab and others read it.
#pragma once

#include "reports/record.hpp"

#include <string>

namespace arun::app {

/// A test suite for each script, a test case for each case.
std::string junit_report(const RunRecord& run);

}  // namespace arun::app
