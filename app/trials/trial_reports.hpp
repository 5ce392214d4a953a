/// The reports of commands that run scripts many times: their cases are trials.
#pragma once

#include "cli/options.hpp"
#include "console/terminal.hpp"
#include "reports/record.hpp"

namespace arun::app {

/// Writes the reports that the command line asks for. Returns false, after a message, if one could not be
/// written.
bool write_trial_reports(const RunRecord& record, const Options& options, Terminal& terminal);

}  // namespace arun::app
