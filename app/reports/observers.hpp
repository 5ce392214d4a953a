/// Several observers of one run, and where the job of an event is.
#pragma once

#include "jobs/observer.hpp"
#include "jobs/scope.hpp"
#include "rt/journal.hpp"

#include <cstdint>
#include <vector>

namespace arun::app {

/// Passes each event to the observers that want it, in the order in which they were added.
class Observers final : public jobs::Observer {
public:
    /// `observer` must outlive the run.
    void add(jobs::Observer& observer);

    jobs::EventFilter event_filter() const noexcept override { return event_filter_; }
    jobs::DetailLevel detail_level() const noexcept override { return detail_level_; }
    bool keeps_jobs() const noexcept override { return keeps_jobs_; }
    void run_started(const jobs::Engine& engine) override;
    void diagnosed(const Diagnostics& diagnostics) override;
    void script_started(const script::Body& body) override;
    void script_finished(const script::Body& body, jobs::Outcome outcome, Duration taken) override;
    void job_started(const jobs::Scope& scope) override;
    void job_finished(const jobs::Scope& scope, const jobs::JobResult& result) override;
    void kind_started(const jobs::Scope& scope) override;
    void round_finished(const jobs::Scope& scope, const jobs::Round& round, Duration started,
                        jobs::Outcome outcome) override;
    void printed(const jobs::Scope& scope, jobs::Stream stream, std::string_view text) override;
    void job_unknown(const jobs::Scope& scope) override;
    void failed(const jobs::Failure& failure, jobs::FailureContext context) override;
    void dropped(const jobs::Failure& failure) override;
    void delayed(const jobs::Scope& scope, std::string_view why) override;
    void retrying(const jobs::Scope& scope, const jobs::Failure& failure, std::int64_t attempt,
                  Duration wait) override;
    void waiting() override;
    void notice(std::string_view text) override;

private:
    /// An observer of jobs.
    struct JobObserver {
        jobs::Observer* observer;
        jobs::EventFilter filter;
    };

    template <class F>
    void for_each_observer(F f) const;
    template <class F>
    void for_each_job_observer(const jobs::Scope& scope, F f) const;

    template <class F>
    void for_each_detail_observer(const jobs::Scope& scope, F f) const;

    std::vector<jobs::Observer*> all_;
    Journal* journal_ = nullptr;  ///< of the run
    std::vector<JobObserver> of_jobs_;
    jobs::EventFilter event_filter_ = jobs::EventFilter::none;  ///< the widest of all observers
    jobs::DetailLevel detail_level_ = jobs::DetailLevel::none;  ///< the highest of all observers
    bool keeps_jobs_ = false;
};

/// The jobs from the top of the script down to the one of `scope`. For a background job, they include the
/// jobs around it when it was started.
std::vector<const script::Job*> path_of(const jobs::Scope& scope);

/// The run number of the job around the one of `scope`, or 0.
std::uint64_t parent_run(const jobs::Scope& scope) noexcept;

}  // namespace arun::app
