/// Processes as /proc shows them. Where it is not mounted, or shows another PID namespace, there are none.
#pragma once

#include "rt/file.hpp"

#include <sys/types.h>
#include <unistd.h>

#include <string>
#include <vector>

namespace arun::detail {

struct ProcessInfo {
    pid_t pid = 0;
    std::string name;
    char state = '?';  ///< 'Z': a zombie
    pid_t group = 0;
};

/// "python3 (pid 12)", printable.
std::string to_text(const ProcessInfo& process);

/// The processes of a group that live; zombies do not count.
std::vector<ProcessInfo> live_members(pid_t group);

/// Printable; empty for a process that does not exist.
std::string process_name(pid_t pid);

/// The descriptor of a file that lists children of this process, or -1. There are two: a child belongs to the
/// thread that started it, an orphan to the main thread.
int open_children(int which) noexcept;

/// Reads the pids of this process's children, zombies included, and calls `f` with each. Returns false if
/// /proc does not list them. Async-signal-safe if `f` is.
template <class F>
bool for_each_child(F f) {
    bool listed = false;
    for (int which = 0; which < 2; ++which) {
        const UniqueFd file(open_children(which));
        if (file.get() < 0) continue;
        listed = true;
        char text[1024];
        pid_t pid = 0;
        for (ssize_t size = 0; (size = ::read(file.get(), text, sizeof text)) > 0;) {
            for (ssize_t i = 0; i < size; ++i) {
                if (text[i] >= '0' && text[i] <= '9') {
                    pid = pid * 10 + (text[i] - '0');
                } else if (pid != 0) {
                    f(pid);
                    pid = 0;
                }
            }
        }
        if (pid != 0) f(pid);
    }
    return listed;
}

}  // namespace arun::detail
