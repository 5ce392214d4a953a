/// Checks of expressions that need to know the types of values: properties that cannot exist, outcomes that
/// no job has, values that a shell would run.
#pragma once

#include "base/diagnostic.hpp"
#include "script/expression.hpp"

namespace arun::script {

/// Reports properties, items and outcomes in the expression that cannot exist. Call it when everything that
/// assigns to its names is known.
void check_types(const Expression& expression, Diagnostics& diagnostics);

/// Warns if times in that format are always the same text: 'YYYY'.
void warn_about_time_format(std::string_view format, Span where, Diagnostics& diagnostics);

/// Whether the text of the value may contain what a shell treats as more than a word: false for numbers,
/// booleans, what the script itself spells out, and quote().
bool needs_quoting(const Expression& expression);

}  // namespace arun::script
