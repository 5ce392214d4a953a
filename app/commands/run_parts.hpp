/// What `arun run` and `arun replay` have in common.
#pragma once

#include "cli/options.hpp"
#include "commands/scripts.hpp"
#include "console/terminal.hpp"
#include "jobs/session.hpp"

#include <vector>

namespace arun::app {

/// The status of the run, or with --exit-code that of the child that failed.
int exit_status_of(const jobs::RunResult& run_result, const Options& options);
std::vector<jobs::ScriptSource*> sources_of(const Scripts& scripts);
/// For SignalScope::set_second_action().
void exit_on_second_signal(int signo) noexcept;
/// Reports the errors of the scripts; returns the exit status.
int refuse(const Scripts& scripts, const Options& options, Terminal& terminal);

}  // namespace arun::app
