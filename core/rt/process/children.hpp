/// The children of this process.
#pragma once

#include "rt/file.hpp"
#include "rt/os.hpp"

#include <sys/types.h>
#include <unistd.h>

namespace arun::detail {

/// Reads the pids of this process's children, zombies included, and calls `f` with each. Returns false if
/// the system does not list them. Async-signal-safe if `f` is.
template <class F>
bool for_each_child(F f) {
    bool listed = false;
    for (int which = 0; which < 2; ++which) {
        const UniqueFd file(os::open_list_of_children(which));
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
