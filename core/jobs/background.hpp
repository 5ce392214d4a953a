/// Background jobs: finding them, joining them, stopping them.
#pragma once

#include "jobs/engine.hpp"
#include "jobs/scope.hpp"
#include "rt/coro.hpp"

#include <memory>
#include <vector>

namespace arun::jobs {

using BackgroundRuns = std::vector<std::shared_ptr<BackgroundRun>>;

/// True if the code of `scope` is in `run`, or in a background job that `run` started, at any depth.
bool is_inside(const BackgroundRun& run, const Scope& scope) noexcept;

/// The runs of an id that have not ended or whose failure nobody has answered for, in the order in which they
/// were started; of all ids if it is null.
BackgroundRuns runs_of(const Engine& engine, const script::JobId* id);

/// Returns when all have ended. Cancelling it leaves them running.
Coro<> join(const BackgroundRuns& runs);

}  // namespace arun::jobs
