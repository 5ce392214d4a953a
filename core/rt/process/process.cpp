#include "rt/process/process.hpp"

#include "base/error.hpp"
#include "rt/errors.hpp"
#include "rt/process/backoff.hpp"
#include "rt/process/orphan_reaper.hpp"
#include "rt/process/process_table.hpp"
#include "rt/shield.hpp"
#include "rt/sleep.hpp"
#include "rt/timeout.hpp"

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>

namespace arun {

using namespace std::chrono_literals;

namespace {

/// A descriptor that becomes readable when the child ends, or -1 and errno.
int open_pidfd([[maybe_unused]] pid_t pid) noexcept {
#ifdef SYS_pidfd_open
    return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
#else
    errno = ENOSYS;
    return -1;
#endif
}

}  // namespace

Process::Process(Loop& loop, const ProcessOptions& options) : loop_(loop) {
    loop.extension<detail::OrphanReaper>();  // before the first child starts
    pid_ = detail::spawn(options);
    try {
        detail::process_table.add(pid_);
        pending_ = Loop::PendingIoGuard(loop);
        pidfd_ = UniqueFd(open_pidfd(pid_));
        if (pidfd_.get() < 0 && errno != ENOSYS && errno != EPERM)
            throw_system_error(errno, "cannot watch a process");
        if (pidfd_.get() >= 0) watch_.emplace(loop, pidfd_.get());
    } catch (...) {
        abandon();
        throw;
    }
}

Process::~Process() {
    if (!gone_) abandon();
}

/// Kills the group and reaps the child, blocking until it is dead.
void Process::abandon() noexcept {
    signal(SIGKILL);
    if (!status_) {
        siginfo_t info{};
        ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED);
    }
    watch_.reset();
    set_gone();
}

void Process::set_gone() noexcept {
    gone_ = true;
    detail::process_table.remove(pid_);
    pending_.release();
}

/// True if the child has exited.
bool Process::reap() noexcept {
    if (status_) return true;
    siginfo_t info{};
    if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG) != 0) {
        if (errno != ECHILD) return false;
        status_ = ExitStatus{255, 0};  // other code of this process has reaped it: the status is lost
    } else if (info.si_pid == 0) {
        return false;
    } else if (info.si_code == CLD_EXITED) {
        status_ = ExitStatus{info.si_status, 0};
    } else {
        status_ = ExitStatus{128 + info.si_status, info.si_status};
    }
    watch_.reset();
    pidfd_.reset();
    detail::OrphanReaper::reap();
    if (!group_lives()) set_gone();
    return true;
}

/// While the group has a process, no other group can get its number.
bool Process::group_lives() noexcept {
    siginfo_t info{};
    // Reaps members of the group that were orphaned and became our children.
    while (::waitid(P_PGID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG) == 0 && info.si_pid != 0)
        info = {};
    return ::kill(-pid_, 0) == 0 || errno == EPERM;
}

void Process::signal(int signo) const noexcept {
    if (!gone_) ::kill(-pid_, signo);
}

Coro<> Process::wait() {
    detail::Backoff backoff;
    while (!reap()) {
        if (watch_) {
            co_await watch_->readable();
        } else {
            co_await sleep(backoff.next());
        }
    }
}

Coro<> Process::wait_until_gone() {
    co_await wait();
    detail::Backoff backoff;
    while (!gone_ && group_lives()) co_await sleep(backoff.next());
    if (!gone_) set_gone();
}

Coro<> Process::wait_until_gone(Duration limit) {
    try {
        co_await timeout(limit, wait_until_gone());
    } catch (const TimeoutError&) {
        // The caller looks at gone_.
    }
}

Coro<bool> Process::stop(int signo, Duration patience) {
    if (gone_) co_return true;
    bool interrupted = false;
    {
        ShieldScope shield;
        signal(signo);
        signal(SIGCONT);  // a stopped process would not receive it
        try {
            co_await wait_until_gone(patience);
        } catch (const CancelledError&) {
            interrupted = true;
        }
        // A process inside of a system call may die late, or never.
        const auto deadline = loop_.time() + 2s;
        while (!gone_ && loop_.time() < deadline) {
            signal(SIGKILL);
            try {
                co_await wait_until_gone(deadline - loop_.time());
            } catch (const CancelledError&) {
                interrupted = true;
            }
        }
    }
    if (interrupted) throw CancelledError();
    co_return gone_;
}

void kill_all_processes() noexcept {
    detail::process_table.for_each([](pid_t pid) { ::kill(-pid, SIGKILL); });
}

}  // namespace arun
