#include "reports/job_path.hpp"

#include "jobs/engine.hpp"

#include <algorithm>

namespace arun::app {

std::vector<const script::Job*> path_of(const jobs::Scope& scope) {
    std::vector<const script::Job*> path;
    for (const auto* s = &scope; s != nullptr && s->job() != nullptr; s = s->parent())
        path.push_back(s->job());
    if (const auto* run = scope.background())
        for (const auto& step : (*run)->chain) path.push_back(step.job);
    std::reverse(path.begin(), path.end());
    return path;
}

}  // namespace arun::app
