#include "rt/process.hpp"

#include "rt/backoff.hpp"
#include "rt/errors.hpp"
#include "rt/orphan_reaper.hpp"
#include "rt/process_table.hpp"
#include "rt/shield.hpp"
#include "rt/sleep.hpp"
#include "rt/spawn.hpp"
#include "rt/timeout.hpp"

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace arun {

using namespace std::chrono_literals;

namespace {

/// Becomes readable when the child ends; -1 where there is no such thing.
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
    loop.extension<detail::OrphanReaper>();  // knows whose children are whose from the first one on
    pid_ = detail::spawn(options);
    try {
        detail::process_table.add(pid_);
        hold_ = Loop::PendingIoGuard(loop);
        pidfd_ = UniqueFd(open_pidfd(pid_));
        if (pidfd_.get() < 0 && errno != ENOSYS && errno != EPERM)
            throw std::system_error(errno, std::generic_category(), "cannot watch a process");
        if (pidfd_.get() >= 0) watch_.emplace(loop, pidfd_.get());
    } catch (...) {
        forget();
        throw;
    }
}

Process::~Process() {
    if (!gone_) forget();
}

/// Nobody is going to wait for it.
void Process::forget() noexcept {
    signal(SIGKILL);
    if (!status_) {
        siginfo_t info{};
        ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED);
    }
    detail::process_table.remove(pid_);
    watch_.reset();
    hold_.release();
    gone_ = true;
}

bool Process::reap() noexcept {
    if (status_) return true;
    siginfo_t info{};
    if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG) != 0) {
        if (errno != ECHILD) return false;
        status_ = ExitStatus{255, 0};  // somebody else has taken it: nothing can be known
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
    if (!group_lives()) {
        gone_ = true;
        detail::process_table.remove(pid_);
        hold_.release();
    }
    return true;
}

/// As long as somebody is in the group, nobody else can get its number.
bool Process::group_lives() noexcept {
    siginfo_t info{};
    // Orphans that have come to us.
    while (::waitid(P_PGID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG) == 0 && info.si_pid != 0)
        info = {};
    return ::kill(-pid_, 0) == 0 || errno == EPERM;
}

void Process::signal(int signo) const noexcept {
    if (!gone_) ::kill(-pid_, signo);
}

Coro<> Process::wait() {
    detail::Backoff pause;
    while (!reap()) {
        if (watch_) {
            co_await watch_->readable();
        } else {
            co_await sleep(pause.next());
        }
    }
}

Coro<> Process::wait_until_gone() {
    co_await wait();
    detail::Backoff pause;
    while (!gone_ && group_lives()) co_await sleep(pause.next());
    if (gone_) co_return;
    gone_ = true;
    detail::process_table.remove(pid_);
    hold_.release();
}

Coro<> Process::gone_within(Duration limit) {
    try {
        co_await timeout(limit, wait_until_gone());
    } catch (const TimeoutError&) {
        // Seen by who called.
    }
}

Coro<bool> Process::stop(int signo, Duration patience) {
    if (gone_) co_return true;
    bool cut = false;
    {
        ShieldScope shield;
        signal(signo);
        signal(SIGCONT);  // one that is stopped cannot hear
        try {
            co_await gone_within(patience);
        } catch (const CancelledError&) {
            cut = true;
        }
        // What is in the middle of a system call may take its time to die, and some never do.
        const auto deadline = loop_.time() + 2s;
        while (!gone_ && loop_.time() < deadline) {
            signal(SIGKILL);
            try {
                co_await gone_within(deadline - loop_.time());
            } catch (const CancelledError&) {
                cut = true;
            }
        }
    }
    if (cut) throw CancelledError();
    co_return gone_;
}

void kill_all_processes() noexcept {
    detail::process_table.for_each([](pid_t pid) { ::kill(-pid, SIGKILL); });
}

}  // namespace arun
