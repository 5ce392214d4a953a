/// The JSON Schema of a script, generated from the declarations of the kinds.
#pragma once

#include "script/kind.hpp"

#include <span>
#include <string>

namespace arun::app {

/// Draft 2020-12, indented, ending in a newline. It lets an editor complete and check a script. It does not
/// cover what only the compiler can check: names, expressions and combinations of arguments.
std::string json_schema(std::span<const script::KindSpec* const> kinds);

}  // namespace arun::app
