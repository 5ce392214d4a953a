#include "jobs/blocked_jobs.hpp"

#include "base/difference.hpp"

#include "rt/context.hpp"
#include "rt/task.hpp"
#include "script/kind.hpp"

#include <unordered_set>

namespace arun::jobs {

std::string title_of(const Failure::Step& step) {
    auto text = one_line(step.label);
    return step.named ? std::string(step.job->kind()->name()) + " '" + text + "'" : text;
}

std::string describe(const Failure::Step& step) {
    auto text = title_of(step);
    const auto span = step.job->span();
    if (span.source == nullptr) return text;
    auto at = span.source->position(span.begin);
    return text + " (" + span.source->name() + ':' + std::to_string(at.line) + ':' +
           std::to_string(at.column) + ')';
}

std::string label_of(const BackgroundRun& run) {
    auto& modifiers = *run.job->modifiers();
    Failure::Step step{run.job, script::default_label(*run.job), false};
    if (modifiers.name && modifiers.name->computed() == nullptr) {
        step.label = modifiers.name->literal();
        step.named = true;
    } else if (modifiers.id != nullptr) {
        step.label = modifiers.id->name;
        step.named = true;
    }
    return describe(step);
}

std::vector<Failure::Step> waiting_steps(Loop& loop) {
    std::unordered_set<const TaskBase*> parents;
    loop.for_each_task([&](TaskBase& task) {
        if (task.user == nullptr) return;
        for (auto* up = task.parent(); up != nullptr && parents.insert(up).second;) up = up->parent();
    });
    std::vector<Failure::Step> steps;
    loop.for_each_task([&](TaskBase& task) {
        if (task.user == nullptr || parents.contains(&task)) return;
        auto& scope = *static_cast<const Scope*>(task.user);
        if (scope.job() == nullptr) return;
        // A name may be computed of variables, and those are the task's.
        const ContextSlotScope in(task.context_slot());
        steps.push_back(step_of(scope));
    });
    return steps;
}

std::vector<std::string> waiting_jobs(Loop& loop) {
    std::vector<std::string> lines;
    for (const auto& step : waiting_steps(loop)) lines.push_back(describe(step));
    return lines;
}

}  // namespace arun::jobs
