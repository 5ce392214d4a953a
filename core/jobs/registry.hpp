/// All kinds of jobs. The list is made by the build from the files of jobs/kinds.
#pragma once

#include "jobs/kind.hpp"

#include <span>

namespace arun::jobs {

/// In alphabetical order.
std::span<const script::KindSpec* const> all_kinds();

}  // namespace arun::jobs
