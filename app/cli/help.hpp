/// --help and the usage text, made from the option table.
#pragma once

#include "cli/option_table.hpp"

#include <string>

namespace arun::app {

/// What `arun --help` prints, which fits a screen.
std::string overview_text();
/// What `arun COMMAND --help` prints.
std::string help_text(Command command);
/// What `arun` without arguments prints on a terminal.
std::string usage_text();

}  // namespace arun::app
