/// What the sources of the seam share, see os.hpp. For them alone.
#pragma once

#include "rt/os.hpp"

#include <sys/resource.h>
#include <optional>

namespace arun::os {

/// Slow: tries each number. Async-signal-safe.
void close_each_from(int first) noexcept;

/// For open() of /dev/null as that descriptor.
int null_flags(int target) noexcept;

/// A child between fork() or vfork() and exec. All of it is async-signal-safe. After fork(), what it writes
/// is seen by the parent only in shared memory.
class NewChild {
public:
    explicit NewChild(const Launch& launch) noexcept;

    /// Group, terminal, signals, directory and descriptors. Returns false and sets errno.
    bool prepare() const noexcept;
    /// Unblocks signals and runs the program. Returns only if that has failed, with errno.
    void exec() const noexcept;

private:
    void reset_signals() const noexcept;
    bool place_descriptors() const noexcept;

    const Launch& launch_;
    const std::optional<rlimit> descriptors_;
};

}  // namespace arun::os
