/// The process groups that this process has started and not yet seen end.
#pragma once

#include "rt/process/atomic_set.hpp"

#include <sys/types.h>

namespace arun::detail {

/// A signal handler can kill all groups.
inline constinit AtomicSet<pid_t> process_table;

}  // namespace arun::detail
