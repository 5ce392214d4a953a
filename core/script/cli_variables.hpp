/// Variables of the command line: --var NAME=TEXT.
#pragma once

#include "base/diagnostic.hpp"
#include "base/error.hpp"
#include "script/job.hpp"
#include "script/value.hpp"

#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace arun::script {

/// The name and text of each --var.
using CliVariables = std::span<const std::pair<std::string, std::string>>;

/// Converts the text of a --var to the type that the script declares for the variable: a number or boolean
/// must be spelled, a list or mapping must be JSON, everything else is text. The error reads "expected ...".
Result<Value> parse_cli_variable(std::string_view text, Type declared);

/// Reports variables whose text does not fit the type that the script declares, if it is known before the
/// run: then the declared value is literal.
void check_cli_variables(const Body& body, CliVariables variables, Diagnostics& diagnostics);

}  // namespace arun::script
