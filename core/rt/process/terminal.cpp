#include "rt/process/terminal.hpp"

#include "rt/process/process_table.hpp"
#include "rt/signals.hpp"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <stdexcept>

namespace arun {

namespace {

// What signal handlers need to know of the loan.
std::atomic<bool> loan_open{false};
std::atomic<int> lent_descriptor{-1};  ///< -1 while nothing is lent
std::atomic<pid_t> lent_to{0};
termios settings;  ///< from before the loan

bool is_foreground(int terminal) noexcept {
    return ::tcgetpgrp(terminal) == ::getpgrp();
}

void set_foreground(int terminal, pid_t group, const termios& wanted) noexcept {
    const SignalBlock block(SIGTTOU);  // else a process in the background may not do this
    ::tcsetpgrp(terminal, group);
    ::tcsetattr(terminal, TCSANOW, &wanted);
}

void stop_children() noexcept {
    detail::process_table.for_each([](pid_t pid) { ::kill(-pid, SIGSTOP); });
}

void continue_children() noexcept {
    detail::process_table.for_each([](pid_t pid) { ::kill(-pid, SIGCONT); });
}

void stop_this_process() noexcept {
    struct sigaction by_default{};
    struct sigaction handled{};
    by_default.sa_handler = SIG_DFL;
    ::sigaction(SIGTSTP, &by_default, &handled);
    sigset_t only;
    sigset_t before;
    sigemptyset(&only);
    sigaddset(&only, SIGTSTP);
    ::pthread_sigmask(SIG_UNBLOCK, &only, &before);
    ::raise(SIGTSTP);  // returns when SIGCONT has come, or at once where no shell would send it
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    ::sigaction(SIGTSTP, &handled, nullptr);
}

extern "C" void arun_on_suspend(int signo) {
    if (OwnHandler::is_new_child()) return OwnHandler::act_by_default(signo);
    const int saved = errno;
    const int terminal = lent_descriptor.load();
    termios of_child{};
    if (terminal >= 0) {
        ::tcgetattr(terminal, &of_child);
        set_foreground(terminal, ::getpgrp(), settings);
    }
    stop_children();
    stop_this_process();
    // The terminal first: a child that reads from it without having it would stop again.
    if (terminal >= 0 && is_foreground(terminal)) set_foreground(terminal, lent_to, of_child);
    continue_children();
    errno = saved;
}

}  // namespace

bool TerminalLoan::open() {
    if (loan_open.exchange(true)) return false;
    opened_ = true;
    terminal_ = UniqueFd(::open("/dev/tty", O_RDWR | O_CLOEXEC));
    if (terminal_.get() < 0) return true;
    if (!is_foreground(terminal_.get()))
        throw std::runtime_error("it needs the terminal, but arun runs in the background");
    ::tcgetattr(terminal_.get(), &settings);
    return true;
}

void TerminalLoan::lend(pid_t group) noexcept {
    if (terminal_.get() < 0) return;
    lent_to = group;
    lent_descriptor = terminal_.get();
}

bool TerminalLoan::in_foreground() const noexcept {
    return ::tcgetpgrp(terminal_.get()) == lent_to;
}

TerminalLoan::~TerminalLoan() {
    if (!opened_) return;
    detail::take_terminal_back();
    lent_descriptor = -1;
    loan_open = false;
}

void suspend() noexcept {
    ::kill(0, SIGTSTP);
}

void detail::take_terminal_back() noexcept {
    const int terminal = lent_descriptor.load();
    if (terminal < 0) return;
    // A shell that has continued this process in the background has the terminal now.
    const pid_t group = ::tcgetpgrp(terminal);
    const bool is_shells = group == ::getpgid(::getppid()) && group != ::getpgrp();
    if (!is_shells) set_foreground(terminal, ::getpgrp(), settings);
}

void detail::install_suspend_handler() noexcept {
    struct sigaction before{};
    struct sigaction action{};
    action.sa_handler = &arun_on_suspend;
    action.sa_flags = SA_RESTART;
    sigfillset(&action.sa_mask);
    if (::sigaction(SIGTSTP, nullptr, &before) != 0 || before.sa_handler != SIG_DFL) return;
    OwnHandler::add(reinterpret_cast<const void*>(&arun_on_suspend));
    ::sigaction(SIGTSTP, &action, nullptr);
}

}  // namespace arun
