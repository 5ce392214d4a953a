/// Choosing jobs of a script: --only, --skip, --from, and `arun list`.
#pragma once

#include "base/diagnostic.hpp"
#include "cli/options.hpp"
#include "script/job.hpp"

#include <memory>
#include <string>
#include <vector>

namespace arun::app {

/// Whether the options choose jobs.
bool selects_jobs(const Options& options) noexcept;

/// Leaves only the chosen ones of the jobs at the top of the scripts. Each option is a pattern of the shell
/// for the `name` or `id` of a job, or for the label of one that has neither; one that nothing matches is an
/// error.
/// --from counts in the script that has the job, and in those after it.
void select_jobs(const std::vector<std::unique_ptr<script::Script>>& scripts, const Options& options,
                 Diagnostics& diagnostics);

/// A line for each job at the top of the script: how --only names it, and what it does.
std::string list_jobs(const script::Script& script);

}  // namespace arun::app
