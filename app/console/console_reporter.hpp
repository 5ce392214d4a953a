/// The run as a person sees it on standard error.
#pragma once

#include "cli/options.hpp"
#include "console/terminal.hpp"
#include "jobs/observer.hpp"

#include <string>

namespace arun::app {

/// Failures where they happened, with the line of the script and the way out of it; notices; with --verbose
/// each job.
class ConsoleReporter final : public jobs::Observer {
public:
    ConsoleReporter(Terminal& terminal, const Options& options) : terminal_(terminal), options_(options) {}

    jobs::EventFilter event_filter() const noexcept override {
        return options_.verbose ? jobs::EventFilter::all : jobs::EventFilter::none;
    }
    bool keeps_jobs() const noexcept override { return false; }
    void diagnosed(const Diagnostics& diagnostics) override;
    void job_started(const jobs::Scope& scope) override;
    void job_finished(const jobs::Scope& scope, const jobs::JobResult& ending) override;
    void failed(const jobs::Failure& failure, jobs::FailureContext context) override;
    void retrying(const jobs::Scope& scope, const jobs::Failure& failure, std::int64_t attempt,
                  Duration wait) override;
    void notice(std::string_view text) override;

private:
    void tell_job(const jobs::Scope& scope, std::string_view what);

    Terminal& terminal_;
    const Options& options_;
};

/// A failure as text: the diagnostic, the rest of its message, the jobs around it, its failed siblings.
std::string describe(const jobs::Failure& failure, Severity severity, std::string_view remark, bool color);

}  // namespace arun::app
