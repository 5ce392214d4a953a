#include "jobs/waiting.hpp"

#include "base/difference.hpp"

#include "plan/kind.hpp"
#include "rt/task_owner.hpp"

#include <unordered_set>

namespace arun::jobs {

std::string describe(const Failure::Step& step) {
    auto text = one_line(step.label);
    if (step.named) text = std::string(step.job->kind()->name()) + " '" + text + "'";
    const auto span = step.job->span();
    if (span.source == nullptr) return text;
    auto at = span.source->position(span.begin);
    return text + " (" + span.source->name() + ':' + std::to_string(at.line) + ':' +
           std::to_string(at.column) + ')';
}

std::string label_of(const BackgroundRun& run) {
    auto& modifiers = *run.job->modifiers();
    Failure::Step step{run.job, plan::default_label(*run.job), false};
    if (modifiers.name && modifiers.name->computed() == nullptr) {
        step.label = modifiers.name->literal();
        step.named = true;
    } else if (modifiers.id != nullptr) {
        step.label = modifiers.id->name;
        step.named = true;
    }
    return describe(step);
}

std::vector<std::string> waiting_jobs(Loop& loop) {
    std::unordered_set<const TaskBase*> parents;
    loop.for_each_task([&](TaskBase& task) { parents.insert(task.owner()->parent()); });
    std::vector<std::string> lines;
    loop.for_each_task([&](TaskBase& task) {
        if (task.user == nullptr || parents.contains(&task)) return;
        auto& scope = *static_cast<const Scope*>(task.user);
        if (scope.job() != nullptr) lines.push_back(describe(step_of(scope)));
    });
    return lines;
}

}  // namespace arun::jobs
