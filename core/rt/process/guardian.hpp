/// Kills the process groups of children when this process has been killed.
#pragma once

#include <sys/types.h>
#include <atomic>

namespace arun::detail {

/// A second process that only waits for the end of this one. A parent death signal reaches the children, but
/// not what these have started: with `sh -c 'server'`, the shell dies and the server lives.
///
/// There is at most one, from the first acquire() to the last release(). Where it cannot be started, for want
/// of descriptors or processes, the children go without it. Thread-safe.
class Guardian {
public:
    static void acquire() noexcept;
    static void release() noexcept;
    /// Ends it now, so that it is not taken for a child that is left.
    static void dismiss() noexcept;
    /// A place for a group that is killed when this process dies, shared by all processes; null if there is
    /// none.
    static std::atomic<pid_t>* reserve() noexcept;
    /// `place` may be null.
    static void release(std::atomic<pid_t>* place) noexcept;
    /// Its process, or -1.
    static pid_t pid() noexcept;
    /// It has ended and was reaped by other code.
    static void forget() noexcept;
};

}  // namespace arun::detail
