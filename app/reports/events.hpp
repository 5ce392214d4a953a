/// --events: every event of a run as a line of JSON, as it happens. arun(1) describes the keys.
#pragma once

#include "console/secrets.hpp"
#include "jobs/observer.hpp"
#include "jobs/session.hpp"
#include "reports/json.hpp"
#include "reports/report_file.hpp"

#include <string_view>

namespace arun::app {

class EventLog final : public jobs::Observer {
public:
    /// Both must outlive it.
    EventLog(LogFile& file, const Secrets& secrets) : file_(file), secrets_(secrets) {}

    jobs::EventFilter event_filter() const noexcept override { return jobs::EventFilter::all; }
    bool keeps_jobs() const noexcept override { return false; }
    void run_started(const jobs::Engine& engine) override;
    void diagnosed(const Diagnostics& diagnostics) override;
    void script_started(const script::Body& body) override;
    void script_finished(const script::Body& body, jobs::Outcome outcome, Duration taken) override;
    void job_started(const jobs::Scope& scope) override;
    void job_finished(const jobs::Scope& scope, const jobs::JobResult& result) override;
    void failed(const jobs::Failure& failure, jobs::FailureContext context) override;
    void retrying(const jobs::Scope& scope, const jobs::Failure& failure, std::int64_t attempt,
                  Duration wait) override;
    void notice(std::string_view text) override;
    /// Writes the last event.
    void run_finished(const jobs::RunResult& run_result, int exit_status);

private:
    JsonFields new_event(std::string_view name) const;
    JsonFields new_event(std::string_view name, const jobs::Scope& scope) const;
    void write(JsonFields event);
    script::Value masked(std::string_view text) const;
    script::Value masked(const script::Value& value) const;
    void add_place_of(JsonFields& fields, const Span& span) const;
    script::Value error_of(const jobs::Failure& failure) const;

    LogFile& file_;
    const Secrets& secrets_;
    const jobs::Engine* engine_ = nullptr;
};

}  // namespace arun::app
