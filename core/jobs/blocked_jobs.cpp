#include "jobs/blocked_jobs.hpp"

#include "jobs/background.hpp"
#include "jobs/scope.hpp"
#include "rt/context.hpp"
#include "rt/task.hpp"
#include "script/job.hpp"

#include <unordered_set>

namespace arun::jobs {

namespace {

/// Whether the job only waits until the background job that it has started is ready.
bool waits_for_own_run(const Scope& scope) {
    const auto* modifiers = scope.job()->modifiers();
    if (modifiers == nullptr || !modifiers->background) return false;
    return scope.background() == nullptr || (*scope.background())->job != scope.job();
}

}  // namespace

std::vector<std::pair<const Scope*, TaskBase*>> blocked_scopes(Loop& loop) {
    std::unordered_set<const TaskBase*> parents;
    loop.for_each_task([&](TaskBase& task) {
        if (task.user == nullptr) return;
        for (auto* up = task.parent(); up != nullptr && parents.insert(up).second;) up = up->parent();
    });
    std::vector<std::pair<const Scope*, TaskBase*>> scopes;
    std::unordered_set<const Scope*> seen;  // a job that waits for its readiness has several tasks
    loop.for_each_task([&](TaskBase& task) {
        if (task.user == nullptr || parents.contains(&task)) return;
        const auto& scope = *static_cast<const Scope*>(task.user);
        if (scope.job() == nullptr || !seen.insert(&scope).second || waits_for_own_run(scope)) return;
        scopes.emplace_back(&scope, &task);
    });
    return scopes;
}

std::vector<Failure::Step> blocked_jobs(Loop& loop) {
    std::vector<Failure::Step> steps;
    for (const auto& [scope, task] : blocked_scopes(loop)) {
        // A `name` may read variables, and those are the task's.
        const ContextSlotScope in(task->context_slot());
        steps.push_back(step_of(*scope));
    }
    return steps;
}

std::vector<std::string> describe_blocked_jobs(Loop& loop) {
    std::vector<std::string> lines;
    for (const auto& step : blocked_jobs(loop)) lines.push_back(describe(step));
    return lines;
}

}  // namespace arun::jobs
