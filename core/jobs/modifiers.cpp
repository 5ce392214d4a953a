#include "jobs/engine.hpp"
#include "jobs/kind.hpp"
#include "jobs/retry.hpp"
#include "jobs/run.hpp"
#include "rt/errors.hpp"
#include "rt/sleep.hpp"
#include "rt/task.hpp"

#include <algorithm>
#include <optional>
#include <utility>

// From the outside in: continue_on_error( finally( capture( timeout( retry( context( kind )))))). Each is a
// coroutine of its own that exists only for jobs that have the modifier.

namespace arun::jobs {

using script::Value;

namespace {

Coro<Value> call_now(Scope& scope) {
    co_return kind_of(*scope.job()).run_now(scope, scope.job()->arguments);
}

/// In a plan a job is unknown if it would do something outside, or needs what such a job would give.
Coro<Value> run_planned(Scope& scope) {
    auto& kind = kind_of(*scope.job());
    if (!kind.effects) {
        try {
            if (kind.run == nullptr) co_return kind.run_now(scope, scope.job()->arguments);
            co_return co_await kind.run(scope, scope.job()->arguments);
        } catch (const script::UnknownValue&) {
            // Told below.
        }
    }
    scope.engine().observer.job_unknown(scope);
    co_return Value::unknown();
}

Coro<Value> run_kind(Scope& scope) {
    auto& kind = kind_of(*scope.job());
    if (scope.engine().planning) return run_planned(scope);
    return kind.run != nullptr ? kind.run(scope, scope.job()->arguments) : call_now(scope);
}

/// As `await create_task(kind(), context=...)`, which is the Python that it stands for: with a turn of the
/// loop to begin and one to end, so that what else happens at the same instant comes in the same order.
Coro<Value> run_in_context(Scope& scope) {
    auto& spec = *scope.job()->modifiers()->context;
    Value result;
    std::exception_ptr error;
    {
        ContextScope inside(scope.engine().context_for(scope, spec));
        set_variables(scope, spec.variables);
        co_await yield();
        try {
            result = co_await run_kind(scope);
        } catch (...) {
            error = std::current_exception();
        }
    }
    co_await yield();
    if (error) std::rethrow_exception(error);
    co_return result;
}

Coro<Value> run_attempt(Scope& scope) {
    return scope.job()->modifiers()->context != nullptr ? run_in_context(scope) : run_kind(scope);
}

Coro<Value> run_retried(Scope& scope) {
    RetryPlan retry(*scope.job()->modifiers()->retry, scope);
    for (;;) {
        FailurePtr failure;
        try {
            if (retry.limit()) {
                co_return co_await with_timeout(scope, *retry.limit(), run_attempt(scope));
            }
            co_return co_await run_attempt(scope);
        } catch (const std::exception&) {
            failure = current_failure(scope);
        }
        if (!retry.again(*failure)) throw JobFailure(failure);
        auto attempt = retry.attempt();
        auto wait = retry.next_wait();
        scope.engine().observer.retrying(scope, *failure, attempt, wait);
        co_await sleep(wait);
    }
}

Coro<Value> run_tried(Scope& scope) {
    return scope.job()->modifiers()->retry != nullptr ? run_retried(scope) : run_attempt(scope);
}

Coro<Value> run_limited(Scope& scope) {
    auto& limit = scope.job()->modifiers()->timeout;
    auto length = limit ? limit->get(scope) : Duration::zero();
    if (length == Duration::zero()) return run_tried(scope);
    return with_timeout(scope, length, run_tried(scope));
}

Coro<Value> run_captured(Scope& scope) {
    FailurePtr failure;
    Value result;
    try {
        result = co_await run_limited(scope);
    } catch (const std::exception&) {
        failure = current_failure(scope);
        result = result_of(*failure, scope);
    }
    assign(scope, *scope.job()->modifiers()->capture, result);
    if (failure) throw JobFailure(failure);
    co_return result;
}

Coro<Value> run_inner(Scope& scope) {
    return scope.job()->modifiers()->capture != nullptr ? run_captured(scope) : run_limited(scope);
}

Coro<Value> run_finished(Scope& scope) {
    auto& cleanup = scope.job()->modifiers()->finally;
    return cleanup ? with_finally(scope, run_inner(scope), *cleanup) : run_inner(scope);
}

/// continue_on_error, and telling those who want to know how the job went.
Coro<Value> run_told(Scope& scope) {
    static constexpr script::Modifiers without;
    auto& engine = scope.engine();
    auto& modifiers = scope.job()->modifiers() != nullptr ? *scope.job()->modifiers() : without;
    auto run = engine.next_run();
    if (modifiers.id != nullptr) {
        auto background = modifiers.background ? std::move(engine.record(*modifiers.id).background) : nullptr;
        engine.new_record(*modifiers.id, run).background = std::move(background);
    }
    const bool told = is_told(scope);
    if (told) scope.set_run(run);
    auto started = engine.loop->time();
    if (told) engine.observer.job_started(scope);

    Value result;
    FailurePtr failure;
    auto outcome = Outcome::success;
    bool allowed = false;
    try {
        if (scope.job()->modifiers() != nullptr) {
            result = co_await run_finished(scope);
        } else {
            result = co_await run_kind(scope);
        }
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
    // Of several runs of one id, jobs.ID tells of the one that was started last.
    if (modifiers.id != nullptr && engine.record(*modifiers.id).run == run) {
        auto& record = engine.record(*modifiers.id);
        record.result = result;
        record.outcome = outcome;
        record.failure = failure;
        record.allowed = allowed;
    }
    if (told)
        engine.observer.job_finished(scope, {outcome, failure.get(), allowed, engine.loop->time() - started});
    if (outcome == Outcome::cancelled) throw CancelledError();
    if (failure && !allowed) throw JobFailure(failure);
    if (failure) {
        engine.observer.failed(*failure, FailureContext::allowed);
        co_return none;
    }
    co_return result;
}

}  // namespace

Coro<Value> run_job(Scope& scope) {
    auto* modifiers = scope.job()->modifiers();
    if (is_told(scope)) return run_told(scope);
    if (modifiers == nullptr) return run_kind(scope);
    bool told = modifiers->id != nullptr || modifiers->continue_on_error.literal ||
                modifiers->continue_on_error.computed != nullptr;
    return told ? run_told(scope) : run_finished(scope);
}

}  // namespace arun::jobs
