/// The commands of arun, one function each. All return the exit status, and throw UsageError.
#pragma once

#include "cli/options.hpp"
#include "console/terminal.hpp"

namespace arun::app {

int run_command(const Options& options, Terminal& terminal);
int check_command(const Options& options, Terminal& terminal);
int plan_command(const Options& options, Terminal& terminal);
int replay_command(const Options& options, Terminal& terminal);
int test_command(const Options& options, Terminal& terminal);
int explore_command(const Options& options, Terminal& terminal);
int list_command(const Options& options, Terminal& terminal);
int init_command(const Options& options, Terminal& terminal);
int help_command(const Options& options, Terminal& terminal);
int schema_command(const Options& options, Terminal& terminal);
int kinds_command(const Options& options, Terminal& terminal);
int completions_command(const Options& options, Terminal& terminal);

}  // namespace arun::app
