#include "jobs/engine.hpp"
#include "jobs/run.hpp"
#include "rt/errors.hpp"
#include "rt/shield.hpp"
#include "rt/sleep.hpp"
#include "rt/task.hpp"
#include "rt/timeout.hpp"

#include <utility>

namespace arun::jobs {

using script::Value;

Coro<Value> with_timeout(const Scope& scope, Duration limit, Coro<Value> inner) {
    bool late = false;
    scope.engine().take_partial_result(scope);  // of an earlier one
    try {
        co_return co_await timeout(limit, std::move(inner));
    } catch (const TimeoutError&) {
        late = true;
    }
    if (late) {
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

/// What `inner` fails with, as a failure of the job of `scope`; null if it is well.
Coro<FailurePtr> failure_of(const Scope& scope, Coro<Value> inner) {
    try {
        co_await std::move(inner);
    } catch (const std::exception&) {
        co_return current_failure(scope);
    }
    co_return nullptr;
}

}  // namespace

Coro<Value> with_finally(const Scope& scope, Coro<Value> inner, const script::JobList& finally) {
    FailurePtr failure;
    Value result;
    ListStatus state;
    try {
        result = co_await std::move(inner);
    } catch (const CancelledError&) {
        state.cancelled = true;
    } catch (const std::exception&) {
        failure = current_failure(scope);
        state.failed = true;
    }
    FailurePtr cleanup;
    {
        ShieldScope shield;
        auto error = failure ? Value::string(failure->message) : Value();
        Binding binding{scope.engine().symbols.find("error"), &error, scope.bindings()};
        Scope place(scope);
        place.bind(binding);
        try {
            // As `await asyncio.shield(create_task(finally()))`: a turn of the loop to begin, and two to end.
            // When the grace period is over, what it prints before its first wait is still printed.
            if (!scope.engine().loop->shields_broken()) co_await yield();
            cleanup = co_await failure_of(scope, run_list(place, finally, &state));
            co_await yield();
            co_await yield();
        } catch (const CancelledError&) {
            state.cancelled = true;
        }
    }
    // A cancel that the shield held back is due now, not at the next wait.
    try {
        current_task().check_cancelled();
    } catch (const CancelledError&) {
        state.cancelled = true;
    }
    // The first error stays primary, and a cancelled job ends as cancelled whatever its finally does.
    if (cleanup && (state.cancelled || failure))
        scope.engine().observer.failed(*cleanup, FailureContext::cleanup);
    if (state.cancelled) throw CancelledError();
    if (failure) throw JobFailure(failure);
    if (cleanup) throw JobFailure(cleanup);
    co_return result;
}

}  // namespace arun::jobs
