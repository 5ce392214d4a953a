#include "jobs/modifiers.hpp"

#include "jobs/background.hpp"
#include "jobs/engine.hpp"
#include "jobs/failure.hpp"
#include "jobs/readiness.hpp"
#include "jobs/retry.hpp"
#include "jobs/run_job.hpp"
#include "jobs/variables.hpp"
#include "rt/errors.hpp"
#include "rt/shield.hpp"
#include "rt/sleep.hpp"
#include "rt/task.hpp"
#include "rt/timeout.hpp"

#include <array>
#include <cstddef>
#include <exception>
#include <string_view>
#include <utility>

namespace arun::jobs {

using script::Value;

namespace {

struct Modifier;

/// The part of a job that a modifier is around: the modifiers further in, and the kind.
class Inner {
public:
    explicit constexpr Inner(std::size_t first) noexcept : first_(first) {}
    /// Runs it. Throws what it throws before it has to wait.
    ValueTask<Value> operator()(Scope& scope) const;
    /// The same, but nothing runs until the coroutine is awaited.
    Coro<Value> coroutine(Scope& scope) const;

private:
    const Modifier* next(const Scope& scope) const;

    std::size_t first_;
};

struct Modifier {
    std::string_view name;
    bool (*applies)(const Scope&, const script::Modifiers&);
    Coro<Value> (*wrap)(Scope&, Inner);
};

/// Records how the job ended, for observers and for jobs.ID, and lets its failure pass if the script allows
/// it.
Coro<Value> wrap_outcome(Scope& scope, Inner inner) {
    static constexpr script::Modifiers none_given;
    auto& engine = scope.engine();
    const auto& modifiers = scope.job()->modifiers() != nullptr ? *scope.job()->modifiers() : none_given;
    const auto run = engine.next_run();
    // A background job has its record from the moment at which it is started.
    const bool has_record = modifiers.background && scope.background() != nullptr;
    const auto record = modifiers.id == nullptr ? nullptr
                        : has_record            ? (*scope.background())->record
                                                : engine.start_record(scope, *modifiers.id);
    const bool observed = is_observed(scope);
    if (observed) scope.set_run(run);
    const auto started = engine.loop->time();
    if (observed) engine.observer.job_started(scope);

    Value result;
    FailurePtr failure;
    auto outcome = Outcome::success;
    bool allowed = false;
    try {
        result = co_await inner(scope);
    } catch (const CancelledError&) {
        outcome = Outcome::cancelled;
    } catch (const std::exception&) {
        failure = current_failure(scope);
        outcome = Outcome::failure;
    }
    if (failure) {
        try {
            allowed = modifiers.continue_on_error.get(scope);
        } catch (const std::exception&) {
            failure = current_failure(scope);
        }
        result = result_of(*failure, scope);
    }
    if (record) {
        record->result = result;
        record->outcome = outcome;
        record->failure = failure;
        record->allowed = allowed;
        if (!failure || allowed) record->background.reset();
    }
    if (observed)
        engine.observer.job_finished(scope, {outcome, failure.get(), allowed, engine.loop->time() - started,
                                             outcome == Outcome::cancelled && is_stopped(scope)});
    if (outcome == Outcome::cancelled) throw CancelledError();
    if (failure && !allowed) throw JobFailure(failure);
    if (failure) {
        engine.report(*failure, FailureContext::allowed);
        current_task().check_cancelled();
        co_return none;
    }
    co_return result;
}

Coro<Value> wrap_finally(Scope& scope, Inner inner) {
    return with_finally(scope, inner.coroutine(scope), *scope.job()->modifiers()->finally);
}

Coro<Value> wrap_capture(Scope& scope, Inner inner) {
    FailurePtr failure;
    Value result;
    try {
        result = co_await inner(scope);
    } catch (const std::exception&) {
        failure = current_failure(scope);
        result = result_of(*failure, scope);
    }
    assign(scope, *scope.job()->modifiers()->capture, result);
    if (failure) throw JobFailure(failure);
    co_return result;
}

Coro<Value> wrap_timeout(Scope& scope, Inner inner) {
    const auto limit = scope.job()->modifiers()->timeout->get(scope);
    if (limit == Duration::zero()) co_return co_await inner(scope);
    co_return co_await with_timeout(scope, limit, inner.coroutine(scope));
}

Coro<Value> wrap_retry(Scope& scope, Inner inner) {
    RetryPlan retry(*scope.job()->modifiers()->retry, scope);
    for (;;) {
        FailurePtr failure;
        try {
            if (retry.limit()) {
                co_return co_await with_timeout(scope, *retry.limit(), inner.coroutine(scope));
            }
            co_return co_await inner(scope);
        } catch (const std::exception&) {
            failure = current_failure(scope);
        }
        if (current_task().cancel_due() || !retry.again(*failure)) throw JobFailure(failure);
        const auto attempt = retry.attempt();
        const auto wait = retry.next_wait();
        tolerate(scope.engine(), *failure);
        scope.engine().observer.retrying(scope, *failure, attempt, wait);
        co_await sleep(wait);
    }
}

/// As `await create_task(kind(), context=...)` in Python: one turn of the loop to start and one to finish, so
/// that other events of the same instant come in the same order.
Coro<Value> wrap_context(Scope& scope, Inner inner) {
    const auto& spec = *scope.job()->modifiers()->context;
    Value result;
    std::exception_ptr error;
    {
        ContextScope context(scope.engine().context_for(scope, spec));
        set_variables(scope, spec.variables);
        ContextVariables variables;
        Scope inside(scope);
        variables.show(spec.variables, inside);
        co_await yield();
        try {
            result = co_await inner(inside);
        } catch (...) {
            error = std::current_exception();
        }
    }
    // A failure that came before a cancellation stays one.
    if (!error || !current_task().cancel_due()) co_await yield();
    if (error) std::rethrow_exception(error);
    co_return result;
}

/// A background job that has ended by itself.
Coro<Value> wrap_on_exit(Scope& scope, Inner inner) {
    auto result = co_await inner(scope);
    auto failure = std::make_shared<Failure>(
        *make_failure(scope, "it has ended, which 'on_exit: fail' makes a failure"));
    failure->result = std::move(result);
    throw JobFailure(std::move(failure));
}

/// Waits until the job of `scope` is ready, and ends it by `limit` if it does not get so.
Coro<> watch_readiness(const Scope& scope, Timeout& limit, FailurePtr& failure) {
    CurrentJob current(scope);
    try {
        co_await wait_until_ready(scope, *scope.job()->modifiers()->ready);
        (*scope.background())->started.set();
    } catch (const std::exception&) {
        failure = current_failure(scope);
        limit.reschedule(scope.engine().loop->time());
    }
}

Coro<Value> wrap_ready(Scope& scope, Inner inner) {
    Timeout limit(std::nullopt);
    FailurePtr never_ready;
    Value result;
    std::exception_ptr error;
    limit.enter();
    auto watch = create_task(watch_readiness(scope, limit, never_ready));
    try {
        result = co_await inner(scope);
    } catch (const CancelledError&) {
        error = std::current_exception();
        if (limit.leave_cancelled()) error = nullptr;
    } catch (...) {
        error = std::current_exception();
    }
    limit.leave();
    watch.cancel();
    {
        ShieldScope shield;
        co_await wait_done(watch);
    }
    if (error) std::rethrow_exception(error);
    if (never_ready) throw JobFailure(never_ready);
    auto& started = (*scope.background())->started;
    // What it did last, such as to print the words, may be what is waited for.
    if (!started.is_set() && co_await is_ready(scope, *scope.job()->modifiers()->ready)) started.set();
    if (!started.is_set()) fail(scope, "it has ended before it was ready");
    co_return result;
}

/// From the outside in. `background` and `if`, which stand around these, are start_job()'s.
constexpr std::array modifiers{
    Modifier{"continue_on_error",
             [](const Scope& scope, const script::Modifiers& m) {
                 const bool may_pass = m.continue_on_error.literal || m.continue_on_error.computed != nullptr;
                 return m.id != nullptr || may_pass || is_observed(scope);
             },
             wrap_outcome},
    Modifier{"finally", [](const Scope&, const script::Modifiers& m) { return m.finally.has_value(); },
             wrap_finally},
    Modifier{"on_exit",
             [](const Scope& scope, const script::Modifiers& m) {
                 return m.ends_by_failure && !scope.engine().planning;
             },
             wrap_on_exit},
    Modifier{"capture", [](const Scope&, const script::Modifiers& m) { return m.capture != nullptr; },
             wrap_capture},
    Modifier{"timeout", [](const Scope&, const script::Modifiers& m) { return m.timeout.has_value(); },
             wrap_timeout},
    Modifier{"retry", [](const Scope&, const script::Modifiers& m) { return m.retry != nullptr; },
             wrap_retry},
    Modifier{"context", [](const Scope&, const script::Modifiers& m) { return m.context != nullptr; },
             wrap_context},
    Modifier{"ready",
             [](const Scope& scope, const script::Modifiers& m) {
                 return m.ready != nullptr && !scope.engine().planning;
             },
             wrap_ready},
};

/// The outermost of the rest that the job has, or null.
const Modifier* Inner::next(const Scope& scope) const {
    static constexpr script::Modifiers none_given;
    const auto& given = scope.job()->modifiers() != nullptr ? *scope.job()->modifiers() : none_given;
    for (std::size_t i = first_; i < modifiers.size(); ++i)
        if (modifiers[i].applies(scope, given)) return &modifiers[i];
    return nullptr;
}

Inner inside_of(const Modifier& modifier) noexcept {
    return Inner(static_cast<std::size_t>(&modifier - modifiers.data()) + 1);
}

ValueTask<Value> run_observed_kind(Scope& scope) {
    if (observes_steps(scope)) scope.engine().observer.kind_started(scope);
    return run_kind(scope);
}

ValueTask<Value> Inner::operator()(Scope& scope) const {
    if (const auto* modifier = next(scope)) return modifier->wrap(scope, inside_of(*modifier));
    return run_observed_kind(scope);
}

Coro<Value> run_kind_lazily(Scope& scope) {
    co_return co_await run_observed_kind(scope);
}

Coro<Value> Inner::coroutine(Scope& scope) const {
    if (const auto* modifier = next(scope)) return modifier->wrap(scope, inside_of(*modifier));
    return run_kind_lazily(scope);
}

}  // namespace

ValueTask<Value> run_modifiers(Scope& scope) {
    return Inner(0)(scope);
}

Coro<Value> with_timeout(const Scope& scope, Duration limit, Coro<Value> body) {
    bool timed_out = false;
    scope.engine().take_partial_result(scope);  // discards that of an earlier job
    const auto deadline = scope.engine().loop->time_after(limit);
    try {
        co_return co_await timeout(limit, std::move(body));
    } catch (const TimeoutError&) {
        timed_out = true;
    } catch (const JobFailure& failed) {
        // Of a time limit and a failure of one instant, the limit counts.
        if (failed.failure()->at < deadline) throw;
        timed_out = true;
    }
    if (timed_out) {
        auto partial = scope.engine().take_partial_result(scope);
        auto failure = std::make_shared<Failure>(*make_failure(
            scope, "timed out after " + format_duration(limit) + partial.words, Cause::timeout));
        failure->result = std::move(partial.result);
        failure->output = std::move(partial.output);
        throw JobFailure(failure);
    }
    co_return Value();
}

namespace {

/// Puts off a cancellation that the next wait would throw. Returns whether there was one.
bool take_due_cancel() {
    try {
        current_task().check_cancelled();
    } catch (const CancelledError&) {
        return true;
    }
    return false;
}

/// How `finally` failed, as a failure of the job of `scope`; null if it succeeded.
Coro<FailurePtr> failure_of_finally(const Scope& scope, const script::JobList& finally,
                                    const ListStatus& status) {
    try {
        co_await run_list(scope, finally, &status);
    } catch (const std::exception&) {
        co_return current_failure(scope);
    }
    co_return nullptr;
}

}  // namespace

Coro<Value> with_finally(const Scope& scope, Coro<Value> body, const script::JobList& finally) {
    FailurePtr failure;
    Value result;
    ListStatus status;
    status.of_job = true;
    try {
        result = co_await std::move(body);
    } catch (const CancelledError&) {
        status.cancelled = true;
    } catch (const std::exception&) {
        failure = current_failure(scope);
        status.failed = true;
    }
    // What failed before it was cancelled stays failed; the cancellation goes on when `finally` has ended.
    const bool cancel_due = failure && take_due_cancel();
    FailurePtr cleanup;
    {
        ShieldScope shield;
        auto error = failure ? Value::string(failure->message) : Value();
        Binding binding{scope.engine().symbols.find("error"), &error, scope.bindings()};
        Scope inside(scope);
        inside.bind(binding);
        try {
            // As `await asyncio.shield(create_task(finally()))`: one turn of the loop to start and two to
            // finish. After the grace period, what runs up to the first wait still runs.
            if (!scope.engine().loop->shields_broken()) co_await yield();
            cleanup = co_await failure_of_finally(inside, finally, status);
            co_await yield();
            co_await yield();
        } catch (const CancelledError&) {
            status.cancelled = true;
        }
    }
    // A request that the shield held back is due now, not at the next wait.
    if (take_due_cancel()) status.cancelled = true;
    if (cancel_due || (failure && status.cancelled)) current_task().restore_cancel();
    // The first error stays primary, and a cancelled job ends as cancelled whatever its finally does.
    // What either had taken over from a background job fails the script after all.
    if (cleanup && (status.cancelled || failure)) {
        drop(scope.engine(), *cleanup);
        scope.engine().report(*cleanup, FailureContext::cleanup);
    }
    if (failure) throw JobFailure(failure);
    if (status.cancelled) throw CancelledError();
    if (cleanup) throw JobFailure(cleanup);
    co_return result;
}

}  // namespace arun::jobs
