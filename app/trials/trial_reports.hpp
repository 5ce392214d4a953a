/// The reports of commands that run scripts many times: their cases are trials.
#pragma once

#include "cli/options.hpp"
#include "console/terminal.hpp"
#include "reports/record.hpp"
#include "reports/report_file.hpp"

#include <optional>
#include <vector>

namespace arun::app {

/// Those that the command line asks for.
class TrialReports {
public:
    /// Throws UsageError if one cannot be written.
    explicit TrialReports(const Options& options);
    /// Hides the secrets of `terminal` in the record. Returns false, after a message, if a report could not
    /// be written.
    bool write(RunRecord& record, Terminal& terminal) const;

private:
    struct Target {
        ReportFormat format;
        std::optional<ReportFile> file;  ///< none: standard output
    };
    std::vector<Target> targets_;
};

}  // namespace arun::app
