/// The place of a running job in its script.
#pragma once

#include "jobs/scope.hpp"

#include <vector>

namespace arun::app {

/// The jobs from the script's top down to the one of `scope`. A background job is no longer inside of what
/// started it, but it stands there.
std::vector<const script::Job*> path_of(const jobs::Scope& scope);

}  // namespace arun::app
