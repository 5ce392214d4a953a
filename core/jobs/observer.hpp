/// Observer: receives what happens in a run. app/ turns it into reports and messages.
#pragma once

#include "base/diagnostic.hpp"
#include "base/duration.hpp"
#include "jobs/failure.hpp"
#include "jobs/output.hpp"
#include "script/job.hpp"

#include <string>
#include <string_view>

namespace arun::jobs {

class Engine;
class Scope;
struct Round;

/// What a failure means for the run when it is reported.
enum class FailureContext : std::uint8_t {
    fatal,       ///< it fails the script
    secondary,   ///< of a later job of a list that has failed already
    allowed,     ///< it passes with continue_on_error
    background,  ///< of a background job, when it happens
    cleanup,     ///< in a finally that no longer changes the outcome
};

/// The jobs that an observer is told of. `all` costs time.
enum class EventFilter : std::uint8_t {
    none,
    cases,  ///< the cases of reports: top-level jobs, and jobs with a name that are not in an endless loop
    all,
};

/// Which events from inside of jobs an observer receives. Each level includes the ones before it.
enum class DetailLevel : std::uint8_t {
    none,
    steps,   ///< kind_started() and round_finished()
    output,  ///< printed(); children write to pipes so that their output can be read
};

/// How a job ended.
struct JobResult {
    Outcome outcome = Outcome::success;
    const Failure* failure = nullptr;  ///< set if the outcome is a failure
    bool allowed = false;              ///< the failure passes with continue_on_error
    Duration taken{};
    bool stopped = false;  ///< it was cancelled because the script stopped the background job that it is in
};

/// Called in the order of the events, on the loop's thread. Must not throw.
class Observer {
public:
    virtual ~Observer() = default;

    virtual EventFilter event_filter() const noexcept { return EventFilter::none; }

    /// Of the jobs that event_filter() selects.
    virtual DetailLevel detail_level() const noexcept { return DetailLevel::none; }

    /// True if it uses jobs and scripts after they have ended. Otherwise a stream frees each script once it
    /// has run.
    virtual bool keeps_jobs() const noexcept { return event_filter() != EventFilter::none; }

    /// Called first. The engine lives until the run has ended; its elapsed() is the time of events without a
    /// Scope.
    virtual void run_started(const Engine&) {}
    /// Warnings of the next script or job of a stream, or errors that end the run.
    virtual void diagnosed(const Diagnostics&) {}
    virtual void script_started(const script::Body&) {}
    /// Called in the context of the Runner, whose variables are still there.
    virtual void script_finished(const script::Body&, Outcome, Duration) {}
    virtual void job_started(const Scope&) {}
    /// Also called for a job that is skipped, without job_started().
    virtual void job_finished(const Scope&, const JobResult&) {}
    /// The kind of the job starts, in each attempt anew. Its arguments are evaluated in this scope.
    virtual void kind_started(const Scope&) {}
    /// A round of the loop of `scope` has ended. It began at `started`, in Engine::elapsed(). Rounds that run
    /// at the same time end in any order.
    virtual void round_finished(const Scope&, const Round&, [[maybe_unused]] Duration started, Outcome) {}
    /// The job of `scope`, which need not pass event_filter(), or its child process has written `text`.
    virtual void printed(const Scope&, Stream, [[maybe_unused]] std::string_view text) {}
    /// In a plan: the job did not run, or not to its end, so its result and its duration are unknown. Called
    /// before job_finished().
    virtual void job_unknown(const Scope&) {}
    virtual void failed(const Failure&, FailureContext) {}
    /// Nothing fails by it: it lost a race, another attempt follows, or the group that it failed in was
    /// cancelled. Called for each of `others` as well. Not for failures that a `wait` took over from
    /// background jobs.
    virtual void dropped(const Failure&) {}
    /// Attempt number `attempt` has failed, and another follows after the given wait.
    virtual void retrying(const Scope&, const Failure&, [[maybe_unused]] std::int64_t attempt, Duration) {}
    /// The job waits before it begins, and why.
    virtual void delayed(const Scope&, [[maybe_unused]] std::string_view why) {}
    /// All output is visible, and the loop is about to wait. Called repeatedly during a long wait.
    virtual void waiting() {}
    /// Anything else worth a message, such as "cancelling a background job that still runs: ...".
    virtual void notice(std::string_view) {}
};

}  // namespace arun::jobs
