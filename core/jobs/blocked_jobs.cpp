#include "jobs/blocked_jobs.hpp"

#include "jobs/scope.hpp"
#include "rt/context.hpp"
#include "rt/task.hpp"

#include <unordered_set>

namespace arun::jobs {

std::vector<Failure::Step> blocked_jobs(Loop& loop) {
    std::unordered_set<const TaskBase*> parents;
    loop.for_each_task([&](TaskBase& task) {
        if (task.user == nullptr) return;
        for (auto* up = task.parent(); up != nullptr && parents.insert(up).second;) up = up->parent();
    });
    std::vector<Failure::Step> steps;
    loop.for_each_task([&](TaskBase& task) {
        if (task.user == nullptr || parents.contains(&task)) return;
        const auto& scope = *static_cast<const Scope*>(task.user);
        if (scope.job() == nullptr) return;
        // A `name` may read variables, and those are the task's.
        const ContextSlotScope in(task.context_slot());
        steps.push_back(step_of(scope));
    });
    return steps;
}

std::vector<std::string> describe_blocked_jobs(Loop& loop) {
    std::vector<std::string> lines;
    for (const auto& step : blocked_jobs(loop)) lines.push_back(describe(step));
    return lines;
}

}  // namespace arun::jobs
