/// posix_spawn() with errors that say what is wrong.
#pragma once

#include "rt/process.hpp"

#include <sys/types.h>

namespace arun::detail {

/// Starts the program in a process group of its own. Throws SpawnError.
pid_t spawn(const ProcessOptions& options);

}  // namespace arun::detail
