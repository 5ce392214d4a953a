/// The secrets of a script that cannot be read, whose lines are shown with its errors all the same.
#pragma once

#include "base/diagnostic.hpp"
#include "jobs/output.hpp"

namespace arun::app {

/// Hides the values that the sources of `diagnostics` seem to give to the names in their `secrets`. The text
/// is searched as it is, for a script with a syntax error has no structure.
void hide_declared_secrets(const Diagnostics& diagnostics, jobs::Output& output);

}  // namespace arun::app
