/// Who is told what happens in a run. app/ makes reports and messages of it.
#pragma once

#include "base/diagnostic.hpp"
#include "base/duration.hpp"
#include "jobs/failure.hpp"
#include "script/job.hpp"

#include <string>
#include <string_view>

namespace arun::jobs {

class Engine;
class Scope;

/// Where a failure was when it was told.
enum class FailureContext : std::uint8_t {
    fatal,       ///< it fails the script
    secondary,   ///< of a later job of a list that had failed already
    allowed,     ///< continue_on_error lets the script go on
    background,  ///< of a background job, at the moment it happens
    cleanup,     ///< in a finally that could not change the outcome any more
};

/// Which jobs an observer wants to hear of. To hear of all costs some time.
enum class EventFilter : std::uint8_t {
    none,
    cases,  ///< what reports tell of: top-level jobs, and those with a name that are not inside of a loop
    all,
};

/// How a job ended.
struct JobResult {
    Outcome outcome = Outcome::success;
    const Failure* failure = nullptr;  ///< set if the outcome is a failure
    bool allowed = false;              ///< continue_on_error lets the script go on
    Duration taken{};
};

/// Calls come in the order of the events, on the loop's thread. Nothing may be thrown.
class Observer {
public:
    virtual ~Observer() = default;

    virtual EventFilter event_filter() const noexcept { return EventFilter::none; }

    /// True if it looks at jobs and scripts after they have ended. A stream destroys them by and by else.
    virtual bool keeps_jobs() const noexcept { return event_filter() != EventFilter::none; }

    /// Before everything else. The engine lives until the run has ended, and its elapsed() is the time of the
    /// events that have no Scope.
    virtual void run_started(const Engine&) {}
    /// Of a stream's script or job whose turn has come: warnings, or errors with which the run ends.
    virtual void diagnosed(const Diagnostics&) {}
    virtual void script_started(const script::Body&) {}
    virtual void script_finished(const script::Body&, Outcome, Duration) {}
    virtual void job_started(const Scope&) {}
    /// A job that is skipped has not started.
    virtual void job_finished(const Scope&, const JobResult&) {}
    /// It was not run, or not to its end, because this is a plan: what it would give, and how long it would
    /// take, nobody knows. job_finished() comes next.
    virtual void job_unknown(const Scope&) {}
    virtual void failed(const Failure&, FailureContext) {}
    /// The failed attempt number `attempt` will be followed by another after some time.
    virtual void retrying(const Scope&, const Failure&, [[maybe_unused]] std::int64_t attempt, Duration) {}
    /// What was printed is visible, and the loop is about to wait. Comes again and again while it does.
    virtual void waiting() {}
    /// Something else that a person should know: "cancelled 2 background jobs".
    virtual void notice(std::string_view) {}
};

}  // namespace arun::jobs
