/// Variables that come from outside of all scripts (--var).
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

/// The text of --var as a value of the type that the script declares for the variable: a number or boolean
/// must spell one, a list or mapping must be JSON, everything else is text. The error completes "expected
/// ...".
Result<Value> outside_value(std::string_view text, Type declared);

/// NAME and TEXT of each --var.
using OutsideVariables = std::span<const std::pair<std::string, std::string>>;

/// What --var gives has the type of what a script declares for the variable: where that is literal, it is
/// known before the run whether it can.
void check_outside(const Body& body, OutsideVariables variables, Diagnostics& diagnostics);

}  // namespace arun::script
