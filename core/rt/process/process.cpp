#include "rt/process/process.hpp"

#include "base/text.hpp"
#include "rt/errors.hpp"
#include "rt/os.hpp"
#include "rt/process/backoff.hpp"
#include "rt/process/child_watcher.hpp"
#include "rt/process/guardian.hpp"
#include "rt/process/orphan_reaper.hpp"
#include "rt/process/process_table.hpp"
#include "rt/process/terminal.hpp"
#include "rt/shield.hpp"
#include "rt/sleep.hpp"
#include "rt/timeout.hpp"

#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <new>

namespace arun {

using namespace std::chrono_literals;

namespace {

detail::ChildWatcher* watcher_of(Loop& loop) {
    if (loop.owns_process()) return &loop.extension<detail::OrphanReaper>().watcher();
    return &loop.extension<detail::ChildWatcher>();
}

}  // namespace

Process::Process(Loop& loop, const ProcessOptions& options) : ChildProcess(loop), watcher_(watcher_of(loop)) {
    pid_ = watcher_->start(*this, options);
    pending_ = Loop::PendingIoGuard(loop);
}

Process::~Process() {
    kill_group();
    if (watcher_ != nullptr) watcher_->remove(*this);
}

void Process::kill_group() noexcept {
    if (gone_) return;
    signal(SIGKILL);
    if (waiter_.joinable()) waiter_.join();  // not after the child is reaped: its number may be used again
    // All of the group that are children of this process: orphans too, if it adopts them.
    siginfo_t info{};
    while (::waitid(P_PGID, static_cast<id_t>(pid_), &info, WEXITED) == 0 || errno == EINTR) {
    }
    set_gone();
}

void Process::loop_closed() noexcept {
    kill_group();
    if (waiter_.joinable()) waiter_.join();
    if (!status_) status_ = ExitStatus{128 + SIGKILL, SIGKILL};
    watcher_ = nullptr;
}

void Process::set_gone() noexcept {
    gone_ = true;
    detail::process_table.remove(pid_);
    detail::Guardian::release(guarded_);
    pending_.release();
}

/// The child may have changed.
void Process::update() noexcept {
    if (status_) return;
    if (waiter_.joinable()) {
        if (!waited_) return;
        waiter_.join();
    }
    siginfo_t info{};
    if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WSTOPPED | WNOHANG) != 0) {
        if (errno != ECHILD) return;
        status_ = ExitStatus{255, 0};  // other code of this process has reaped it: the status is lost
    } else if (info.si_pid == 0) {
        return;
    } else if (info.si_code == CLD_STOPPED) {
        stop_signal_ = info.si_status;
    } else if (info.si_code == CLD_EXITED) {
        status_ = ExitStatus{info.si_status, 0};
    } else {
        status_ = ExitStatus{128 + info.si_status, info.si_status};
    }
    if (on_change) on_change();
    changed_.set();
}

/// Zombies that are not ours to reap count as members for kill(). Listing processes takes time, so that it is
/// done from time to time only.
bool Process::only_zombies() noexcept {
    if (watcher_->adopts_orphans() || ++looks_ % 8 != 0) return false;
    try {
        const auto members = os::live_members(pid_);
        return members && members->empty();
    } catch (const std::bad_alloc&) {
        return false;
    }
}

/// While the group has a process, no other group can get its number.
bool Process::group_lives() noexcept {
    if (gone_) return false;
    if (::kill(-pid_, 0) != 0 && errno == ESRCH) {
        set_gone();
        return false;
    }
    siginfo_t info{};
    // Reaps members of the group that were orphaned and became our children.
    while (::waitid(P_PGID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG) == 0 && info.si_pid != 0)
        info = {};
    if ((::kill(-pid_, 0) == 0 || errno == EPERM) && !only_zombies()) return true;
    set_gone();
    return false;
}

std::vector<std::string> Process::group_members() const {
    std::vector<std::string> names;
    const auto members = os::live_members(pid_);
    if (!members) return names;
    for (const auto& member : *members)
        names.push_back(one_line(member.name) + " (pid " + std::to_string(member.pid) + ')');
    return names;
}

void Process::signal(int signo) noexcept {
    if (gone_) return;
    ::kill(-pid_, signo);
    // The child may have left its group. Until it is reaped, nothing else has its number.
    if (!status_ && ::getpgid(pid_) != pid_) ::kill(pid_, signo);
}

Coro<> ChildProcess::wait() {
    while (!status_) {
        changed_.clear();
        co_await changed_.wait();
    }
}

Coro<> ChildProcess::wait_until_gone() {
    co_await wait();
    detail::Backoff backoff;
    while (group_lives()) co_await sleep(backoff.next());
}

Coro<> ChildProcess::wait_until_gone(Duration limit) {
    try {
        co_await timeout(limit, wait_until_gone());
    } catch (const TimeoutError&) {
        // The caller looks at gone_.
    }
}

Coro<bool> ChildProcess::stop(int signo, Duration patience) {
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
    detail::kill_all_children(1s);
    detail::take_terminal_back();
}

}  // namespace arun
