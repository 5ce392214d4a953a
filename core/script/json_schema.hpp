/// The JSON Schema of a script, made of what the kinds declare.
#pragma once

#include "script/kind.hpp"

#include <span>
#include <string>

namespace arun::script {

/// Draft 2020-12, indented, with a newline at the end. Editors complete and check scripts by it; what only
/// the compiler can know (names, expressions, combinations of arguments) it does not say.
std::string json_schema(std::span<const KindSpec* const> kinds);

}  // namespace arun::script
