/// Messages about a run on standard error.
#pragma once

#include "cli/options.hpp"
#include "console/terminal.hpp"
#include "jobs/observer.hpp"

#include <string>

namespace arun::app {

/// Shows each failure with its line of the script and the jobs around it, and notices; with --verbose, the
/// start and end of each job.
class ConsoleReporter final : public jobs::Observer {
public:
    ConsoleReporter(Terminal& terminal, const Options& options) : terminal_(terminal), options_(options) {}

    jobs::EventFilter event_filter() const noexcept override {
        return options_.verbose ? jobs::EventFilter::all : jobs::EventFilter::none;
    }
    bool keeps_jobs() const noexcept override { return false; }
    void diagnosed(const Diagnostics& diagnostics) override;
    void job_started(const jobs::Scope& scope) override;
    void job_finished(const jobs::Scope& scope, const jobs::JobResult& result) override;
    void failed(const jobs::Failure& failure, jobs::FailureContext context) override;
    void delayed(const jobs::Scope& scope, std::string_view why) override;
    void retrying(const jobs::Scope& scope, const jobs::Failure& failure, std::int64_t attempt,
                  Duration wait) override;
    void notice(std::string_view text) override;

private:
    void log_job(const jobs::Scope& scope, std::string_view event, std::string_view remark = {});

    Terminal& terminal_;
    const Options& options_;
};

}  // namespace arun::app
