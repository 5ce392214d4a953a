#include "jobs/engine.hpp"
#include "jobs/run.hpp"
#include "rt/errors.hpp"
#include "rt/shield_scope.hpp"
#include "rt/task.hpp"
#include "rt/timeout.hpp"

#include <utility>

namespace arun::jobs {

using plan::Value;

Coro<Value> with_timeout(const Scope& scope, Duration limit, Coro<Value> inner) {
    bool late = false;
    try {
        co_return co_await timeout(limit, std::move(inner));
    } catch (const TimeoutError&) {
        late = true;
    }
    if (late) fail(scope, "timed out after " + format_duration(limit), Cause::timeout);
    co_return Value();
}

Coro<Value> with_finally(const Scope& scope, Coro<Value> inner, const plan::JobList& finally) {
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
            co_await run_list(place, finally, &state);
        } catch (const CancelledError&) {
            state.cancelled = true;
        } catch (const std::exception&) {
            cleanup = current_failure(scope);
        }
    }
    // A cancel that the shield held back is due now, not at the next wait.
    try {
        current_task().check_cancelled();
    } catch (const CancelledError&) {
        state.cancelled = true;
    }
    // The first error stays primary, and a cancelled job ends as cancelled whatever its finally does.
    if (cleanup && (state.cancelled || failure)) scope.engine().observer.failed(*cleanup, Fate::cleanup);
    if (state.cancelled) throw CancelledError();
    if (failure) throw JobFailure(failure);
    if (cleanup) throw JobFailure(cleanup);
    co_return result;
}

}  // namespace arun::jobs
