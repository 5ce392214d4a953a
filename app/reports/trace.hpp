/// A run as trace events, for Perfetto and chrome://tracing.
#pragma once

#include "console/secrets.hpp"
#include "jobs/observer.hpp"
#include "reports/report_file.hpp"
#include "script/value.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace arun::app {

/// Each job is a slice. What runs at one time lies on tracks of its own, a job's children on its own track as
/// long as there is one at a time.
class Trace final : public jobs::Observer {
public:
    /// Both outlive it.
    Trace(LogFile& file, const Secrets& secrets);

    jobs::EventFilter event_filter() const noexcept override { return jobs::EventFilter::all; }
    bool keeps_jobs() const noexcept override { return false; }
    void run_started(const jobs::Engine& engine) override { engine_ = &engine; }
    void job_started(const jobs::Scope& scope) override;
    void job_finished(const jobs::Scope& scope, const jobs::JobResult& ending) override;
    void failed(const jobs::Failure& failure, jobs::FailureContext context) override;
    void retrying(const jobs::Scope& scope, const jobs::Failure& failure, std::int64_t attempt,
                  Duration wait) override;
    void notice(std::string_view text) override;
    /// Ends the file.
    void finish();

private:
    using Row = std::vector<script::Value::Entry>;
    struct Open {
        std::size_t track = 0;
        std::uint64_t below = 0;  ///< the run that the track belonged to before
        Duration start{};
    };

    std::size_t track_for(std::uint64_t parent, bool background);
    void write(Row row);
    void mark(std::string_view name, std::string_view message);
    script::Value text(std::string_view t) const;

    LogFile& file_;
    const Secrets& secrets_;
    const jobs::Engine* engine_ = nullptr;
    bool first_ = true;
    std::unordered_map<std::uint64_t, Open> open_;
    std::vector<std::uint64_t> tracks_;  ///< the innermost run on each; 0: free
};

}  // namespace arun::app
