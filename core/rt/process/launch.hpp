/// The system's part of starting a program: a child process, what it inherits, and exec.
#pragma once

#include <sys/types.h>

namespace arun::detail {

struct Launch {
    const char* program = nullptr;  ///< a path, relative to `directory`
    char* const* arguments = nullptr;
    char* const* environment = nullptr;
    const char* directory = nullptr;  ///< null: ours
    // Become descriptors 0, 1 and 2; -1: /dev/null.
    int in = -1;
    int out = -1;
    int err = -1;
    int stop_signal = 0;  ///< gets its default action, even if it is ignored here; 0: none
    int terminal = -1;    ///< gets the new process group as its foreground group; -1: none
};

/// Starts the program in a process group of its own, with an empty signal mask and the original limit of
/// descriptors. SIGPIPE, SIGXFSZ and the stop signal have their default action; other signals that are
/// ignored here stay ignored (nohup). On Linux, the program is killed when the calling thread ends, unless it
/// changes its user ID. Returns an errno, or 0 and the child in `pid`.
int launch(const Launch& launch, pid_t& pid) noexcept;

}  // namespace arun::detail
