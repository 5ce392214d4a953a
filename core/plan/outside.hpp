/// Variables that come from outside of all scripts (--var).
#pragma once

#include "base/result.hpp"
#include "plan/value.hpp"

#include <string_view>

namespace arun::plan {

/// The text of --var as a value of the type that the script declares for the variable: a number or boolean
/// must spell one, a list or mapping must be JSON, everything else is text. The error completes "expected
/// ...".
Result<Value> outside_value(std::string_view text, Type declared);

}  // namespace arun::plan
