/// Who waits for what: for deadlocks, and for what blocks the exit.
#pragma once

#include "jobs/engine.hpp"

#include <string>
#include <vector>

namespace arun::jobs {

/// The innermost job of every task that waits for something else than jobs of its own children.
std::vector<Failure::Step> waiting_steps(Loop& loop);
/// The same in words, such as "wait server (smoke.yaml:7:5)".
std::vector<std::string> waiting_jobs(Loop& loop);

/// The label and the position of a job, in the same form.
std::string label_of(const BackgroundRun& run);
std::string describe(const Failure::Step& step);
/// Without the position.
std::string title_of(const Failure::Step& step);

}  // namespace arun::jobs
