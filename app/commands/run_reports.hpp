/// Everything that `arun run` writes about a run: messages, progress, reports, logs.
#pragma once

#include "cli/options.hpp"
#include "console/console_reporter.hpp"
#include "console/progress.hpp"
#include "console/terminal.hpp"
#include "jobs/session.hpp"
#include "reports/events.hpp"
#include "reports/observers.hpp"
#include "reports/recorder.hpp"
#include "reports/report_file.hpp"
#include "reports/trace.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace arun::app {

/// Writes a report of that format.
using ReportWriter = void (*)(const RunRecord&, const TextSink&);
ReportWriter writer_of(ReportFormat format) noexcept;

class RunReports {
public:
    /// Opens all files; throws UsageError if one cannot be written. If a report takes standard output, job
    /// output goes to standard error from here on. All three arguments must outlive it.
    RunReports(const Options& options, Terminal& terminal,
               std::span<const std::unique_ptr<script::Script>> scripts);
    RunReports(const RunReports&) = delete;
    RunReports& operator=(const RunReports&) = delete;
    ~RunReports();

    /// To be given to run_session().
    jobs::Observer& observer() noexcept { return observers_; }
    bool shows_progress() const noexcept { return progress_.has_value(); }
    /// Writes the reports and the summary. Returns false, after a message, if something could not be written.
    bool finish(const jobs::RunResult& run_result, int exit_status);

private:
    using Format = std::function<void(const RunRecord&, const TextSink&)>;

    struct Target {
        Format format;
        std::optional<ReportFile> file;  ///< none: standard output
    };

    void add_target(Format format, std::string_view option, const std::string& path);
    Format timeline_format(const std::string& path);
    bool write(const Target& target, const RunRecord& run);
    bool write_step_summary(const RunRecord& run);

    /// A run takes the same steps, whichever reports it writes, if all its jobs are observed: so it can be
    /// replayed with others.
    class AllJobs final : public jobs::Observer {
        jobs::EventFilter event_filter() const noexcept override { return jobs::EventFilter::all; }
        jobs::DetailLevel detail_level() const noexcept override { return jobs::DetailLevel::output; }
    };

    const Options& options_;
    Terminal& terminal_;
    AllJobs all_jobs_;
    ConsoleReporter console_;
    Summary summary_;
    std::optional<Progress> progress_;
    Observers observers_;
    std::vector<Target> targets_;
    std::optional<Recorder> recorder_;
    std::optional<LogFile> event_file_, trace_file_;
    std::optional<EventLog> events_;
    std::optional<Trace> trace_;
};

}  // namespace arun::app
