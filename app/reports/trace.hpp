/// --trace: a run as trace events, for Perfetto and chrome://tracing.
#pragma once

#include "console/secrets.hpp"
#include "jobs/observer.hpp"
#include "reports/json.hpp"
#include "reports/report_file.hpp"

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace arun::app {

/// Each job is a slice. Jobs that run at the same time are on separate tracks. A job that runs alone inside
/// another shares its track.
class Trace final : public jobs::Observer {
public:
    /// Both must outlive it.
    Trace(LogFile& file, const Secrets& secrets);

    jobs::EventFilter event_filter() const noexcept override { return jobs::EventFilter::all; }
    bool keeps_jobs() const noexcept override { return false; }
    void run_started(const jobs::Engine& engine) override { engine_ = &engine; }
    void job_started(const jobs::Scope& scope) override;
    void job_finished(const jobs::Scope& scope, const jobs::JobResult& result) override;
    void failed(const jobs::Failure& failure, jobs::FailureContext context) override;
    void retrying(const jobs::Scope& scope, const jobs::Failure& failure, std::int64_t attempt,
                  Duration wait) override;
    void notice(std::string_view text) override;
    /// Completes the file.
    void finish();

private:
    struct OpenSlice {
        std::size_t track = 0;
        std::uint64_t outer = 0;  ///< the run that the slice interrupts on its track, or 0
        Duration start{};
    };

    std::size_t track_for(std::uint64_t parent, bool background);
    void write(JsonFields event);
    void mark(std::string_view name, std::string_view message);
    script::Value masked(std::string_view text) const;

    LogFile& file_;
    const Secrets& secrets_;
    const jobs::Engine* engine_ = nullptr;
    bool first_ = true;
    std::unordered_map<std::uint64_t, OpenSlice> open_;  ///< by run
    std::vector<std::uint64_t> tracks_;                  ///< the innermost run on each track; 0: free
    std::set<std::size_t> free_;                         ///< the tracks without a job
};

}  // namespace arun::app
