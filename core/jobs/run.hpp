/// Running compiled jobs: lists, single jobs, and the modifiers around them.
#pragma once

#include "jobs/failure.hpp"
#include "jobs/scope.hpp"
#include "rt/coro.hpp"
#include "script/job.hpp"
#include "script/value.hpp"

namespace arun::jobs {

/// A list of jobs at work: which of them still run after a failure, and which failure counts.
class ListRun {
public:
    /// `of` is the state around the list, see ListStatus. With `keep_going` a failure does not keep later
    /// jobs from running.
    explicit ListRun(const ListStatus* of = nullptr, bool keep_going = false) : keep_going_(keep_going) {
        status_.of = of;
    }

    const ListStatus& status() const noexcept { return status_; }
    /// Whether the job of `scope` is to run. An `if` that cannot be evaluated throws EvalError.
    bool wants(const Scope& scope) const;
    void failed(FailurePtr failure);
    const FailurePtr& first() const noexcept { return first_; }

private:
    ListStatus status_;
    FailurePtr first_;
    bool keep_going_;
};

/// Runs jobs in order and gives the result of the last one that ran. `of`, if it is not null, takes the place
/// of the state of the list around. Throws the first JobFailure when all has been done that is to be done
/// after it.
Coro<script::Value> run_list(const Scope& outer, const script::JobList& list, const ListStatus* of = nullptr);

/// True for a job that is nothing but a call: no modifiers, no waiting, nobody who wants to be told of jobs
/// in loops.
bool is_plain(const script::Job& job, const Engine& engine);
/// True if all jobs of a loop's body are mere calls, which run_plain() may run without a coroutine.
bool is_plain(const script::JobList& list, const Engine& engine);
/// Runs the plain job of `scope`, and tells of it. Throws JobFailure.
void call_plain(Scope& scope);
/// The same as run_list() for a list that is_plain().
script::Value run_plain(const Scope& outer, const script::JobList& list);

/// One job of a list whose failure the caller records; `ran` is set unless it was skipped. `outer` must
/// outlive it.
Coro<script::Value> run_step(const Scope& outer, const script::Job& job, const ListRun& list,
                             bool* ran = nullptr);

/// A job that has been found to run, with everything around its kind. Not for background jobs.
Coro<script::Value> run_job(Scope& scope);

/// Runs `inner` for `limit` at most; later it is cancelled, awaited, and fails with Cause::timeout.
Coro<script::Value> with_timeout(const Scope& scope, Duration limit, Coro<script::Value> inner);

/// Runs `inner`, and then `finally`, however it ended. Shielded from cancellation: who cancels waits for it.
Coro<script::Value> with_finally(const Scope& scope, Coro<script::Value> inner,
                                 const script::JobList& finally);

/// Starts the background job of `scope` and returns.
void start_background(Scope& scope);

/// Whether the observer wants to hear of the job of `scope`.
bool is_told(const Scope& scope);
/// A job that reports tell of; see EventFilter.
bool is_case(const Scope& scope) noexcept;
bool is_top_level(const Scope& scope) noexcept;

/// Tells observers and jobs.ID that a job does not run.
void skip(const Scope& scope);

/// Gives a variable its value in the running context; that of a secret is hidden from then on.
void assign(const Scope& scope, const script::Symbol& symbol, script::Value value);

/// Sets variables in the running context, in order.
void set_variables(const Scope& scope, script::Variables variables);

/// Sets the variables that a script declares in `vars`, unless they come from outside; with `defaults`, only
/// those that have no value yet.
void declare_variables(const Scope& scope, script::Variables variables, bool defaults = false);

/// The environment layer that `env` makes on top of the one of `scope`.
std::shared_ptr<const Environment> make_environment(const Scope& scope, script::TextMap entries);

/// Marks what the running task is doing, for those who want to know what everybody waits for.
class InJob {
public:
    explicit InJob(const Scope& scope);
    InJob(const InJob&) = delete;
    InJob& operator=(const InJob&) = delete;
    ~InJob();

private:
    void** place_;
    void* outer_;
};

}  // namespace arun::jobs
