/// All that a run leaves behind: messages, reports, logs, pictures.
#pragma once

#include "cli/options.hpp"
#include "console/console_reporter.hpp"
#include "console/progress.hpp"
#include "console/summary.hpp"
#include "console/terminal.hpp"
#include "jobs/session.hpp"
#include "reports/events.hpp"
#include "reports/observers.hpp"
#include "reports/recorder.hpp"
#include "reports/report_file.hpp"
#include "reports/trace.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace arun::app {

class RunReports {
public:
    /// Opens what is to be written; throws UsageError where that cannot be. From here on job output goes to
    /// standard error if a report takes standard output.
    RunReports(const Options& options, Terminal& terminal,
               std::span<const std::unique_ptr<script::Script>> scripts);
    RunReports(const RunReports&) = delete;
    RunReports& operator=(const RunReports&) = delete;
    ~RunReports();

    jobs::Observer& observer() noexcept { return observers_; }
    bool shows_progress() const noexcept { return progress_.has_value(); }
    /// Writes everything, and the summary. False if something could not be written, which it says.
    bool finish(const jobs::RunResult& run_result, int exit_status);

private:
    struct Target {
        std::string (*text)(const RunRecord&);
        std::optional<ReportFile> file;  ///< none: standard output
    };

    void open(const Options& options);
    bool write(const Target& target, const std::string& text);
    bool write_step_summary(const RunRecord& run);
    bool check(const std::unique_ptr<LogFile>& log);
    bool complain(const std::string& path, int error);

    const Options& options_;
    Terminal& terminal_;
    ConsoleReporter human_;
    Summary summary_;
    std::optional<Progress> progress_;
    Observers observers_;
    std::vector<Target> targets_;
    std::optional<Recorder> recorder_;
    std::unique_ptr<LogFile> event_file_, trace_file_;
    std::optional<EventLog> events_;
    std::optional<Trace> trace_;
};

}  // namespace arun::app
