/// Background jobs: starting, finding and joining them.
#pragma once

#include "base/duration.hpp"
#include "jobs/background_table.hpp"
#include "jobs/failure.hpp"
#include "jobs/job_records.hpp"
#include "jobs/output_log.hpp"
#include "jobs/scope.hpp"
#include "rt/coro.hpp"
#include "rt/event.hpp"
#include "rt/task.hpp"
#include "script/job.hpp"
#include "script/value.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace arun::jobs {

/// One run of a background job. It owns copies of what its job can see, for it outlives the coroutine that
/// started it.
struct BackgroundRun {
    std::shared_ptr<const script::Script> script;  ///< of the job, see ScriptSource::owner()
    std::uint64_t number = 0;                      ///< orders runs by their start
    const script::Job* job = nullptr;
    const script::JobId* id = nullptr;
    std::shared_ptr<const BackgroundRun> outer;  ///< the background job that started it
    std::vector<Failure::Step> chain;            ///< the jobs around it when it was started
    std::vector<std::pair<const script::Symbol*, std::optional<script::Value>>> bound;
    std::vector<Binding> bindings;
    std::shared_ptr<const Environment> environment;
    std::shared_ptr<JobRecords> records;  ///< of the ids that its job runs
    std::shared_ptr<JobRecord> record;    ///< its own, if it has an id
    std::vector<Round> rounds;            ///< that it was started in, innermost first
    std::vector<script::Value> items;     ///< of these rounds
    std::uint64_t started_by = 0;         ///< Scope::run() of the job around it
    ListStatus status;                    ///< of the list in which it was started, at that time

    std::shared_ptr<OutputLog> log;  ///< null if nothing can wait for words in its output
    Event started;                   ///< it is ready, see Modifiers::ready, or has ended

    AnyTask task;
    Outcome outcome = Outcome::cancelled;  ///< until it ends otherwise
    script::Value result;
    FailurePtr failure;
    Duration failed_at{};  ///< on the loop's clock
    int waiting = 0;       ///< how many `wait`s will take the failure
    unsigned takers = 0;   ///< how many waits have taken the failure
    bool stopped = false;  ///< the script stopped it: with `cancel`, or by ending
};

/// Starts the background job of `scope`; does not wait for its first step.
std::shared_ptr<BackgroundRun> start_background(const Scope& scope);

/// Waits until a job that has `ready` is ready or has ended. Throws JobFailure if it has failed.
Coro<script::Value> wait_until_started(Engine& engine, std::shared_ptr<BackgroundRun> run);

/// Whether `scope` is inside `run`, or inside a background job that `run` started, at any depth.
bool is_inside(const BackgroundRun& run, const Scope& scope) noexcept;

/// Whether the script stopped the background job that `scope` is in.
bool is_stopped(const Scope& scope) noexcept;

/// The runs of an id that have not ended or whose failure no `wait` has taken yet, in the order of their
/// starts; of all ids if it is null.
BackgroundRuns runs_of(const Engine& engine, const script::JobId* id);

/// For a run that was cancelled and has ended. One that was cancelled before its first step has recorded
/// nothing.
void forget_cancelled(Engine& engine, const std::shared_ptr<BackgroundRun>& run);

/// Of runs that have ended, the failure that happened first, of several at one instant that of the run that
/// was started first; null if none has failed. The caller is responsible for all their failures from now on.
FailurePtr take_failure(Engine& engine, const BackgroundRuns& runs);

/// As long as it lives, a failure of these runs is not told: who waits for them will take it, and may allow
/// it. One that is not taken in the end is told then.
class FailureTaker {
public:
    FailureTaker(Engine& engine, const BackgroundRuns& runs) noexcept;
    FailureTaker(const FailureTaker&) = delete;
    FailureTaker& operator=(const FailureTaker&) = delete;
    ~FailureTaker();

private:
    Engine& engine_;
    const BackgroundRuns& runs_;
};

/// Nothing fails by `failure`, as by that of a job that has lost a race. The failures of background jobs that
/// it took over are open again.
void drop(Engine& engine, const Failure& failure);

/// `failure` is tolerated, by a retry or by continue_on_error. The failures of background jobs that it took
/// over are allowed.
void tolerate(Engine& engine, const Failure& failure);

/// Waits until all have ended. Cancelling the wait leaves them running.
Coro<> join_all(const BackgroundRuns& runs);

/// What messages call the job, such as "wait 'server' (smoke.yaml:7:5)".
std::string label_of(const BackgroundRun& run);

}  // namespace arun::jobs
