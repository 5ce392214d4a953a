/// Child processes: posix_spawn(), a process group of their own, an end that is waited for.
#pragma once

#include "base/duration.hpp"
#include "rt/coro.hpp"
#include "rt/fd_watch.hpp"
#include "rt/file.hpp"
#include "rt/loop.hpp"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace arun {

struct ProcessOptions {
    /// The program, which is looked for in the PATH of `environment`, and its arguments.
    std::vector<std::string> argv;
    /// "NAME=value"; none: that of this process.
    std::optional<std::vector<std::string>> environment;
    /// Where it runs, and what a program with a slash in it is relative to; empty: the working directory.
    std::string directory;
    // What it gets as descriptors 0, 1 and 2; -1: /dev/null. Our own 1 and 2 may stay, or one may stand for
    // both, but they cannot change places.
    int in = -1;
    int out = -1;
    int err = -1;
};

/// A program could not be started; what() says why: "no such program: 'foo'".
class SpawnError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// How a process ended.
struct ExitStatus {
    int code = 0;    ///< what it gave to exit(); 128 + signal if a signal ended it, as in the shell
    int signal = 0;  ///< that ended it, or 0
};

/// A child and its process group. SIGPIPE has its default action in there, whatever it has here; other
/// signals that are ignored here stay ignored (nohup).
///
/// posix_spawn() and not uv_spawn(): that one forks, which costs more the larger the heap is.
class Process {
public:
    /// Starts it. Throws SpawnError, std::system_error. What is written to shared descriptors must have been
    /// flushed.
    Process(Loop& loop, const ProcessOptions& options);
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    /// Kills what is left of the group; nothing after stop().
    ~Process();

    int pid() const noexcept { return pid_; }
    bool exited() const noexcept { return status_.has_value(); }
    /// Once it has exited.
    const ExitStatus& status() const noexcept { return *status_; }

    /// Until the child has exited; others of its group may live on.
    Coro<> wait();
    /// Ends what is left of the group, the child and all others: `signo` first, SIGKILL after `patience`.
    /// Returns when all are gone, or after some time more if that could not be had; true if all are. Shielded
    /// from cancellation; where shields are broken it goes over to SIGKILL at once, and throws CancelledError
    /// at the end.
    Coro<bool> stop(int signo, Duration patience);

private:
    bool reap() noexcept;
    bool group_lives() noexcept;
    void signal(int signo) const noexcept;
    Coro<> wait_until_gone();
    Coro<> gone_within(Duration limit);
    void forget() noexcept;

    Loop& loop_;
    Loop::PendingIoGuard hold_;  ///< while anything of the group lives, also between two looks at it
    int pid_ = -1;
    UniqueFd pidfd_;
    std::optional<FdWatch> watch_;
    std::optional<ExitStatus> status_;
    bool gone_ = false;
};

/// SIGKILL for the groups of all processes. Async-signal-safe: for those who end this process at once.
void kill_all_processes() noexcept;

/// "TERM" for SIGTERM; "SIG99" for one without a name. A signal by that name, with or without SIG, in any
/// case, or by its number; 0 if there is none.
std::string signal_name(int signo);
int signal_named(std::string_view name) noexcept;

}  // namespace arun
