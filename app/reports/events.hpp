/// Every event of a run as one line of JSON, as it happens.
#pragma once

#include "console/secrets.hpp"
#include "jobs/observer.hpp"
#include "jobs/session.hpp"
#include "reports/report_file.hpp"
#include "script/value.hpp"

#include <string_view>
#include <vector>

namespace arun::app {

class EventLog final : public jobs::Observer {
public:
    /// Both outlive it.
    EventLog(LogFile& file, const Secrets& secrets) : file_(file), secrets_(secrets) {}

    jobs::EventFilter event_filter() const noexcept override { return jobs::EventFilter::all; }
    bool keeps_jobs() const noexcept override { return false; }
    void run_started(const jobs::Engine& engine) override;
    void diagnosed(const Diagnostics& diagnostics) override;
    void script_started(const script::Body& body) override;
    void script_finished(const script::Body& body, jobs::Outcome outcome, Duration taken) override;
    void job_started(const jobs::Scope& scope) override;
    void job_finished(const jobs::Scope& scope, const jobs::JobResult& ending) override;
    void failed(const jobs::Failure& failure, jobs::FailureContext context) override;
    void retrying(const jobs::Scope& scope, const jobs::Failure& failure, std::int64_t attempt,
                  Duration wait) override;
    void notice(std::string_view text) override;
    /// The last event.
    void run_finished(const jobs::RunResult& run_result, int exit_status);

private:
    using Row = std::vector<script::Value::Entry>;

    Row row(std::string_view event) const;
    void write(Row row);
    script::Value text(std::string_view t) const;
    void add_place(Row& row, const Span& span) const;
    void add_job(Row& row, const jobs::Scope& scope) const;
    script::Value error_of(const jobs::Failure& failure) const;

    LogFile& file_;
    const Secrets& secrets_;
    const jobs::Engine* engine_ = nullptr;
};

/// The number of the run that the job of `scope` is in, or 0.
std::uint64_t parent_run(const jobs::Scope& scope) noexcept;

}  // namespace arun::app
