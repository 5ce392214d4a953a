/// Running compiled jobs: one job, and lists of them.
///
/// There is one mechanism: run_job() gives a ValueTask, which holds the result if the job did not have to
/// wait and a coroutine otherwise. The caller awaits it either way.
#pragma once

#include "jobs/failure.hpp"
#include "jobs/scope.hpp"
#include "rt/value_task.hpp"
#include "script/job.hpp"
#include "script/value.hpp"

#include <optional>

namespace arun::jobs {

/// The state of a list while it runs: which of its jobs still run after a failure, and which failure counts.
class ListRun {
public:
    /// `outer`: the status around the list, see ListStatus. With `keep_going`, jobs run after a failure as
    /// well.
    explicit ListRun(const ListStatus* outer = nullptr, bool keep_going = false) : keep_going_(keep_going) {
        status_.outer = outer;
    }

    const ListStatus& status() const noexcept { return status_; }
    /// Whether the job of `scope` runs. Throws EvalError if its `if` cannot be evaluated.
    bool should_run(const Scope& scope) const;
    void add_failure(FailurePtr failure);
    const FailurePtr& first_failure() const noexcept { return first_failure_; }

private:
    ListStatus status_;
    FailurePtr first_failure_;
    bool keep_going_;
};

/// True if run_job() has its result ready at once, so that the scope of the job may live on the caller's
/// stack.
bool runs_inline(const script::Job& job, const Engine& engine) noexcept;

/// Starts the job of `scope`, a job of `list`, unless its `if` or a failure before it skips it: then empty. A
/// background job only starts, and its result is null. `scope` must outlive the result unless runs_inline().
/// Throws what the job throws before it has to wait.
std::optional<ValueTask<script::Value>> start_job(Scope& scope, const ListRun& list);

/// Runs the job of `scope` with its modifiers, except `if` and `background`.
ValueTask<script::Value> run_job(Scope& scope);

/// Runs the kind of the job of `scope`, without modifiers.
ValueTask<script::Value> run_kind(Scope& scope);

/// Runs jobs in order; gives the result of the last one that ran. After a failure, only the jobs that ask for
/// it run; then the first JobFailure is thrown. `status` replaces the status of the list around, unless null.
/// `outer` and `list` must outlive the result.
ValueTask<script::Value> run_list(const Scope& outer, const script::JobList& list,
                                  const ListStatus* status = nullptr);

/// Whether observers are told of the job of `scope`.
bool is_observed(const Scope& scope) noexcept;
/// Whether the job is a case of a report, see EventFilter.
bool is_case(const Scope& scope) noexcept;
bool is_top_level(const Scope& scope) noexcept;

/// Whether observers receive the attempts and rounds of the job of `scope`.
bool observes_steps(const Scope& scope) noexcept;

/// Tells observers of a round when it is destroyed. Until then the round counts as cancelled.
class RoundWatch {
public:
    /// `loop`: the scope of the loop. Both must outlive it.
    RoundWatch(const Scope& loop, const Round& round) noexcept;
    RoundWatch(const RoundWatch&) = delete;
    RoundWatch& operator=(const RoundWatch&) = delete;
    ~RoundWatch();

    void ended(Outcome outcome) noexcept { outcome_ = outcome; }

private:
    const Scope& loop_;
    const Round& round_;
    std::optional<Duration> started_;  ///< empty if the loop is not observed
    Outcome outcome_ = Outcome::cancelled;
};

/// Tells observers and jobs.ID that the job does not run.
void skip_job(const Scope& scope);

/// Marks the job that the running task works on, for blocked_jobs().
class CurrentJob {
public:
    explicit CurrentJob(const Scope& scope);
    CurrentJob(const CurrentJob&) = delete;
    CurrentJob& operator=(const CurrentJob&) = delete;
    ~CurrentJob();

private:
    void** slot_;
    void* outer_;
};

/// The scope of the job that the running task works on; null outside of jobs.
const Scope* current_scope() noexcept;

}  // namespace arun::jobs
