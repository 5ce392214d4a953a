/// The controlling terminal: which process group has it, and Ctrl-Z.
#pragma once

#include "rt/file.hpp"

#include <sys/types.h>

namespace arun {

/// Lends the controlling terminal to the process group of a child, which becomes the foreground one and gets
/// the terminal's signals. At most one exists in a process that is open.
class TerminalLoan {
public:
    TerminalLoan() noexcept = default;
    TerminalLoan(const TerminalLoan&) = delete;
    TerminalLoan& operator=(const TerminalLoan&) = delete;
    /// Takes the terminal back, with the settings that it had before.
    ~TerminalLoan();

    /// Returns false if another loan is open. Throws std::runtime_error if this process is in the background.
    bool open();
    /// Of the terminal; -1 if there is none, as in CI.
    int descriptor() const noexcept { return terminal_.get(); }
    /// The child, which has made itself the foreground group (ProcessOptions::terminal), is this group.
    void lend(pid_t group) noexcept;
    /// False if the shell has continued this process in the background.
    bool in_foreground() const noexcept;

private:
    UniqueFd terminal_;
    bool opened_ = false;
};

/// Stops this process and its children as Ctrl-Z does; returns when it continues.
void suspend() noexcept;

namespace detail {

/// From here on, SIGTSTP stops the children too, and they continue with this process. Idempotent.
void install_suspend_handler() noexcept;

/// Takes the terminal back from a child. Async-signal-safe.
void take_terminal_back() noexcept;

}  // namespace detail

}  // namespace arun
