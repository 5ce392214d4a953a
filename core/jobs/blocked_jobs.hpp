/// Which jobs the loop waits for: for deadlocks, and for messages about what blocks the exit.
#pragma once

#include "jobs/failure.hpp"
#include "rt/loop.hpp"

#include <string>
#include <utility>
#include <vector>

namespace arun::jobs {

/// The scopes of the jobs of blocked_jobs(), each with its task.
std::vector<std::pair<const Scope*, TaskBase*>> blocked_scopes(Loop& loop);
/// The innermost job of every task that does not merely wait for its own children.
std::vector<Failure::Step> blocked_jobs(Loop& loop);
/// The same as describe() has them.
std::vector<std::string> describe_blocked_jobs(Loop& loop);

}  // namespace arun::jobs
