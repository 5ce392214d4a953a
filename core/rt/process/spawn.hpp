/// Starting a program: posix_spawn() with errors that say what is wrong.
#pragma once

#include <sys/types.h>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace arun {

struct ProcessOptions {
    /// The program, searched for in the PATH of `environment`, and its arguments.
    std::vector<std::string> argv;
    /// "NAME=value"; by default that of this process.
    std::optional<std::vector<std::string>> environment;
    /// Working directory of the program, to which its path is relative if it has a slash; empty: ours.
    std::string directory;
    // Become descriptors 0, 1 and 2 of the program; -1: /dev/null. Our own 1 and 2 may be passed on, or one
    // of them for both, but they cannot be swapped.
    int in = -1;
    int out = -1;
    int err = -1;
};

/// Why a program could not be started: "no such program: 'foo'".
class SpawnError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

namespace detail {

/// Starts the program in a process group of its own, with an empty signal mask and the default action for
/// SIGPIPE; other signals that are ignored here stay ignored (nohup). Throws SpawnError.
pid_t spawn(const ProcessOptions& options);

}  // namespace detail

}  // namespace arun
