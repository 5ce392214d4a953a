/// Where operating systems differ: what the runtime asks of them beyond what POSIX and libuv have everywhere.
///
/// One source for each: os_linux.cpp has Linux's own calls, and does without those that an old kernel or a
/// sandbox (gVisor, seccomp) refuses; os_posix.cpp has what any POSIX system can. CMake chooses (ARUN_OS).
#pragma once

#include "base/duration.hpp"
#include "rt/file.hpp"

#include <sys/types.h>
#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace arun::os {

/// "linux" or "posix".
std::string_view name() noexcept;

/// What this system does not have or refuses, and what follows, as sentences: "no timerfd (operation not
/// permitted): timers are late by up to 1 ms". Tries each call.
std::vector<std::string> limitations();

// Waking

/// Wakes a loop that blocks in poll() on `read`: other threads and signal handlers write to `write`.
struct WakeChannel {
    UniqueFd read;
    UniqueFd write;  ///< -1: `read` is written to as well
};
/// Neither end blocks. Throws std::system_error.
WakeChannel open_wake_channel();

// Threads

/// The thread that main() runs in; where that cannot be asked, the one that has loaded this code.
bool is_main_thread() noexcept;

// Timers

/// Waits of the calling thread are no longer prolonged to save energy.
void make_waits_exact() noexcept;
/// A timer to poll, for one loop. -1 where there is none: then libuv's timers, which count milliseconds, have
/// to do. Throws std::system_error for want of descriptors.
UniqueFd open_timer();
/// The timer becomes readable when CLOCK_MONOTONIC reaches `deadline`, or never. Until then it is not.
void set_timer(int timer, std::optional<Duration> deadline) noexcept;

// Descriptors

/// Both ends are closed on exec. Returns an errno or 0.
int open_pipe(UniqueFd& read, UniqueFd& write) noexcept;

/// A file without a name, in memory. -1 where there is none.
UniqueFd open_memory_file() noexcept;
/// Reads from what is no regular file as read() does, but does not block if another process that reads from
/// the same pipe was faster, where the system can do that.
ssize_t read_now(int fd, std::span<char> to) noexcept;

/// libuv sets what it polls to O_NONBLOCK, a flag of the open file, which the shell and the rest of a
/// pipeline share. So it polls this in the place of `fd`. -1 where there is none, or where `fd` is a file
/// that is always ready. Throws std::system_error for want of descriptors.
UniqueFd open_poll_proxy(int fd);
enum class Readiness : std::uint8_t { readable, writable };
/// The proxy becomes readable when `fd` is ready. Returns an errno or 0.
int set_poll_proxy(int proxy, int fd, Readiness wanted) noexcept;

/// Closes all descriptors from `first` on. Async-signal-safe.
void close_from(int first) noexcept;

// Processes

struct Launch {
    const char* program = nullptr;  ///< a path, relative to `directory`
    char* const* arguments = nullptr;
    char* const* environment = nullptr;
    const char* directory = nullptr;  ///< null: ours
    // Become descriptors 0, 1 and 2; -1: /dev/null.
    int in = -1;
    int out = -1;
    int err = -1;
    int stop_signal = 0;           ///< gets its default action, even if it is ignored here; 0: none
    std::span<const int> handled;  ///< signals whose handlers must not run in the child before exec
    int terminal = -1;             ///< gets the new process group as its foreground group; -1: none
    /// Set to the group: where the system can do that, before the program runs. May be null, or shared with
    /// other processes.
    std::atomic<pid_t>* group = nullptr;
};

/// Starts the program in a process group of its own, with an empty signal mask and the original limit of
/// descriptors. SIGPIPE, SIGXFSZ and the stop signal have their default action; other signals that are
/// ignored here stay ignored (nohup). On Linux, the program is killed when the calling thread ends, unless it
/// changes its user ID.
///
/// Returns the child, or -1 and an errno in `error`. A child that could not run the program is returned with
/// an error, and has to be reaped. Precondition: all signals are blocked.
pid_t launch(const Launch& launch, int& error) noexcept;

/// From now on, what the children of this process leave behind becomes children of it. False if this system
/// has no such thing: then they become children of PID 1, which may not reap them in a container.
bool adopt_orphans() noexcept;

/// A file that lists children of this process, zombies included, as numbers between spaces; -1 if there is
/// none. There are two: a child belongs to the thread that started it, an orphan to the main thread.
/// Async-signal-safe.
int open_list_of_children(int which) noexcept;

struct ProcessInfo {
    pid_t pid = 0;
    std::string name;
    pid_t group = 0;
};
/// The processes of a group that live; zombies do not count. Empty if this cannot be found out.
std::optional<std::vector<ProcessInfo>> live_members(pid_t group);
/// As `ps` shows it, and may hold any character. Empty for a process that does not exist.
std::string process_name(pid_t pid);
/// For `ps`. Async-signal-safe.
void set_own_name(const char* name) noexcept;

std::string host_name();

/// "NAME=value" of this process, up to a null pointer.
char** environment() noexcept;
/// The same as names and values, in the order of the names.
std::map<std::string, std::string, std::less<>> environment_variables();

// Signals

/// Those that end a process by default, beyond those of POSIX.
std::span<const int> more_terminating_signals() noexcept;

// Libraries

/// "libcurl.so.4" for curl, 4.
std::string shared_library(std::string_view name, int version);

}  // namespace arun::os
