/// What arun does, one function for each command. All give the exit status.
#pragma once

#include "cli/options.hpp"
#include "console/terminal.hpp"

namespace arun::app {

/// main().
int run(int argc, const char* const* argv);

int run_command(const Options& options, Terminal& terminal);
int check_command(const Options& options, Terminal& terminal);
int plan_command(const Options& options, Terminal& terminal);
int schema_command(const Options& options, Terminal& terminal);
int kinds_command(const Options& options, Terminal& terminal);
int completions_command(const Options& options, Terminal& terminal);

/// --help for a command.
std::string help_text(Command command);
/// What `arun` alone says.
std::string usage_text();

}  // namespace arun::app
