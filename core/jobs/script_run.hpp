/// What one script of a session consists of while it runs.
#pragma once

#include "base/duration.hpp"
#include "jobs/engine.hpp"
#include "jobs/limits.hpp"
#include "jobs/run.hpp"
#include "jobs/scope.hpp"
#include "rt/shield.hpp"

#include <memory>
#include <optional>

namespace arun::jobs {

/// What the jobs of one script look at. Where a run is cut off (a deadlock) its coroutines live on until the
/// Runner is closed, and so must this.
struct ScriptRun {
    ScriptRun(Engine& engine, bool keep_going) : scope(engine), list(nullptr, keep_going) {}

    /// The surroundings of its finally, which knows what has become of the jobs.
    Scope& scope_of_finally(bool cancelled) {
        state.failed = list.first() != nullptr;
        state.cancelled = cancelled;
        if (list.first()) error = script::Value::string(list.first()->message);
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
    script::Value error;
    Binding binding;
    std::optional<Scope> final_scope;
};

inline Coro<> run_top_job(const Scope& scope, const script::Job& job, const ListRun& list) {
    bool ran = false;
    co_await run_step(scope, job, list, &ran);
}

inline Coro<> run_finally(const Scope& scope, const script::JobList& list, const ListStatus& state) {
    ShieldScope shield;
    co_await run_list(scope, list, &state);
}

}  // namespace arun::jobs
