/// Child processes: each has a process group of its own, and its end can be awaited.
#pragma once

#include "base/duration.hpp"
#include "rt/coro.hpp"
#include "rt/fd_watch.hpp"
#include "rt/file.hpp"
#include "rt/loop.hpp"
#include "rt/process/spawn.hpp"

#include <optional>

namespace arun {

/// How a process ended.
struct ExitStatus {
    int code = 0;    ///< its exit status, or 128 + signal as in the shell
    int signal = 0;  ///< the signal that killed it, or 0
};

/// A child and its process group. posix_spawn() and not uv_spawn(): that one forks, which costs more the
/// larger the heap is.
class Process {
public:
    /// Starts it. Throws SpawnError, std::system_error. Precondition: whatever was written to descriptors
    /// that the child shares is flushed.
    Process(Loop& loop, const ProcessOptions& options);
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    /// Kills what is left of the group; does nothing after stop().
    ~Process();

    int pid() const noexcept { return pid_; }
    bool exited() const noexcept { return status_.has_value(); }
    /// Precondition: exited().
    const ExitStatus& status() const noexcept { return *status_; }

    /// Returns when the child has exited; other processes of its group may live on.
    Coro<> wait();
    /// Ends the whole group: `signo` first, SIGKILL after `patience`. Returns true once all of it is gone, or
    /// false if some of it survives SIGKILL for two seconds. Shielded from cancellation; where shields are
    /// broken, proceeds to SIGKILL at once and throws CancelledError at the end. Idempotent.
    Coro<bool> stop(int signo, Duration patience);

private:
    bool reap() noexcept;
    bool group_lives() noexcept;
    void signal(int signo) const noexcept;
    Coro<> wait_until_gone();
    Coro<> wait_until_gone(Duration limit);
    void set_gone() noexcept;
    void abandon() noexcept;

    Loop& loop_;
    Loop::PendingIoGuard pending_;  ///< as long as anything of the group lives
    int pid_ = -1;
    UniqueFd pidfd_;
    std::optional<FdWatch> watch_;
    std::optional<ExitStatus> status_;
    bool gone_ = false;  ///< no process of the group is left, not even a zombie
};

/// Sends SIGKILL to the groups of all processes. Async-signal-safe: for a handler that ends this process.
void kill_all_processes() noexcept;

}  // namespace arun
