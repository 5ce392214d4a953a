/// What one script of a session consists of while it runs.
#pragma once

#include "base/duration.hpp"
#include "jobs/engine.hpp"
#include "jobs/run.hpp"
#include "jobs/scope.hpp"
#include "rt/errors.hpp"
#include "rt/loop.hpp"
#include "rt/shield_scope.hpp"
#include "rt/timeout.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace arun::jobs {

/// A limit that covers several jobs: a script's `timeout`, or --timeout.
struct Limit {
    Duration length{};
    Duration end{};  ///< by Engine::elapsed()
    bool passed = false;
    explicit operator bool() const noexcept { return length != Duration::zero(); }
};

/// What the jobs of one script look at. Where a run is cut off (a deadlock) its coroutines live on until the
/// Runner is closed, and so must this.
struct ScriptRun {
    ScriptRun(Engine& engine, bool keep_going) : scope(engine), list(nullptr, keep_going) {}

    /// The surroundings of its finally, which knows what has become of the jobs.
    Scope& scope_of_finally(bool cancelled) {
        state.failed = list.first() != nullptr;
        state.cancelled = cancelled;
        if (list.first()) error = plan::Value::string(list.first()->message);
        binding = {scope.engine().symbols.find("error"), &error, nullptr};
        final_scope.emplace(scope).bind(binding);
        return *final_scope;
    }

    Scope scope;
    std::shared_ptr<const Environment> environment;
    ListRun list;
    Limit limit;
    // Of its finally:
    ListStatus state;
    plan::Value error;
    Binding binding;
    std::optional<Scope> final_scope;
};

inline Coro<> run_top_job(const Scope& scope, const plan::Job& job, const ListRun& list) {
    bool ran = false;
    co_await run_step(scope, job, list, &ran);
}

inline Coro<> run_finally(const Scope& scope, const plan::JobList& list, const ListStatus& state) {
    ShieldScope shield;
    co_await run_list(scope, list, &state);
}

/// Runs `inner` until `deadline`. When that has passed, the clean-up begins, and with it the grace period:
/// `start_grace` is called, and `grace_over` true at its end.
inline Coro<> run_within(Limit& limit, Coro<> inner, Duration deadline, std::function<void()> start_grace,
                         const bool& grace_over) {
    auto grace = Loop::get_running().call_at(deadline, std::move(start_grace));
    Timeout scope(deadline);
    scope.enter();
    bool cancelled = false;
    try {
        co_await std::move(inner);
    } catch (const CancelledError&) {
        cancelled = true;
        // A clean-up that outlasts the grace period is cancelled once more, but what began it was the limit.
        limit.passed = scope.leave_cancelled() || (scope.expired() && grace_over);
    } catch (...) {
        grace.cancel();
        throw;
    }
    if (limit.passed) co_return;
    grace.cancel();
    if (cancelled) throw CancelledError();
}

}  // namespace arun::jobs
