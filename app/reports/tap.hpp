/// The Test Anything Protocol.
#pragma once

#include "reports/record.hpp"

#include <string>

namespace arun::app {

/// Valid in TAP 13 and TAP 14.
std::string tap_report(const RunRecord& run);

}  // namespace arun::app
