/// Starting a program, with errors that say what is wrong.
#pragma once

#include <sys/types.h>
#include <atomic>
#include <optional>
#include <span>
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
    /// Gets its default action in the program, even if it is ignored here, as SIGINT is in the background of
    /// a shell; 0: none.
    int stop_signal = 0;
    /// A descriptor of the controlling terminal, whose foreground process group the program becomes; -1:
    /// none.
    int terminal = -1;
};

/// Why a program could not be started: "no such program: 'foo'".
class SpawnError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

namespace detail {

/// Finds the program and starts it, see os::launch(). Throws SpawnError, and std::system_error if there are
/// too many descriptors or processes (is_shortage()).
/// `handled` and `group` as in os::Launch.
pid_t spawn(const ProcessOptions& options, std::span<const int> handled, std::atomic<pid_t>* group);

}  // namespace detail

}  // namespace arun
