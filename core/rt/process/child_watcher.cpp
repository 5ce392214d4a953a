#include "rt/process/child_watcher.hpp"

#include "base/error.hpp"
#include "rt/os.hpp"
#include "rt/process/atomic_set.hpp"
#include "rt/process/guardian.hpp"
#include "rt/process/process_table.hpp"
#include "rt/process/terminal.hpp"
#include "rt/signals.hpp"

#include <sys/wait.h>
#include <cerrno>
#include <csignal>
#include <mutex>
#include <thread>

namespace arun::detail {

namespace {

constinit AtomicSet<ChildWatcher*> watchers;
std::atomic<int> running_handlers{0};
struct sigaction replaced_action{};

/// Held while a child is started or reaped: no watcher may take for an orphan what another one is just
/// starting.
std::mutex children_mutex;

/// Any change of any child.
constexpr int changes = WEXITED | WSTOPPED | WNOHANG;

/// Forgets a change of a child that no Process belongs to.
void discard_change(pid_t pid) noexcept {
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(pid), &info, changes);
}

}  // namespace

void ChildWatcher::on_signal(int signo, siginfo_t* info, void* context) {
    if (OwnHandler::is_new_child()) return OwnHandler::act_by_default(signo);
    const int saved = errno;
    ++running_handlers;
    watchers.for_each([](ChildWatcher* watcher) {
        watcher->changed_ = true;
        watcher->waker_.wake();
    });
    --running_handlers;
    if ((replaced_action.sa_flags & SA_SIGINFO) != 0) {
        replaced_action.sa_sigaction(signo, info, context);
    } else if (replaced_action.sa_handler != SIG_DFL && replaced_action.sa_handler != SIG_IGN) {
        replaced_action.sa_handler(signo);
    }
    errno = saved;
}

/// Idempotent.
void ChildWatcher::install_handler() {
    struct sigaction now{};
    ::sigaction(SIGCHLD, nullptr, &now);
    if ((now.sa_flags & SA_SIGINFO) != 0 && now.sa_sigaction == &on_signal) return;
    replaced_action = now;
    // Some parents ignore SIGCHLD for their children too; then the status of a child would be lost. Others
    // block it.
    struct sigaction action{};
    action.sa_sigaction = &on_signal;
    action.sa_flags = SA_RESTART | SA_SIGINFO;
    sigemptyset(&action.sa_mask);
    OwnHandler::add(reinterpret_cast<const void*>(&on_signal));
    if (::sigaction(SIGCHLD, &action, nullptr) != 0) throw_system_error(errno, "sigaction");
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, SIGCHLD);
    ::pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
}

ChildWatcher::ChildWatcher(Loop& loop) : waker_(loop.waker()), owns_process_(loop.owns_process()) {
    if (!owns_process_) return;
    const std::lock_guard lock(children_mutex);
    install_handler();
    install_suspend_handler();
    watchers.add(this);
    adopts_orphans_ = os::adopt_orphans();
    Guardian::acquire();
    foreign_handlers_ = foreign_handlers();
}

ChildWatcher::~ChildWatcher() {
    while (Process* process = processes_.first()) {
        processes_.remove(*process);
        process->loop_closed();
    }
    if (!owns_process_) return;
    Guardian::release();
    watchers.remove(this);
    // A handler on another thread may be about to call this one.
    while (running_handlers.load() != 0) std::this_thread::yield();
}

Coro<> ChildWatcher::shutdown() {
    co_return;
}

pid_t ChildWatcher::launch(Process& process, const ProcessOptions& options) {
    // Other code of a program that is not the loop's own may add handlers at any time.
    if (!owns_process_) return spawn(options, foreign_handlers(), nullptr);
    process.guarded_ = Guardian::reserve();
    return spawn(options, foreign_handlers_, process.guarded_);
}

void ChildWatcher::wait_in_thread(Process& process, pid_t pid) {
    const SignalBlock blocked;  // the thread is not to take the program's signals
    process.waiter_ = std::thread([this, &process, pid] {
        siginfo_t info{};
        while (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
        }
        process.waited_ = true;
        changed_ = true;
        waker_.wake();
    });
}

pid_t ChildWatcher::start(Process& process, const ProcessOptions& options) {
    const std::lock_guard lock(children_mutex);
    pid_t pid = -1;
    try {
        pid = launch(process, options);
        process_table.add(pid);
        if (!owns_process_) wait_in_thread(process, pid);
    } catch (...) {
        Guardian::release(process.guarded_);
        if (pid > 0) {
            siginfo_t info{};
            process_table.remove(pid);
            ::kill(-pid, SIGKILL);
            ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED);
        }
        throw;
    }
    processes_.push_back(process);
    return pid;
}

Process* ChildWatcher::find(pid_t pid) noexcept {
    Process* process = processes_.first();
    while (process != nullptr && process->pid() != pid) process = processes_.next(*process);
    return process;
}

void ChildWatcher::update_all() noexcept {
    for (Process* own = processes_.first(); own != nullptr; own = processes_.next(*own)) own->update();
}

void ChildWatcher::woken() noexcept {
    if (changed_.exchange(false)) reap();
}

void ChildWatcher::reap() noexcept {
    if (!owns_process_) return update_all();
    const std::lock_guard lock(children_mutex);
    for (;;) {
        siginfo_t info{};
        // If there is no child any more, other code of this process has reaped ours.
        if (::waitid(P_ALL, 0, &info, changes | WNOWAIT) != 0) return update_all();
        if (info.si_pid == 0) return;
        if (Process* process = find(info.si_pid)) {
            process->update();
        } else if (!process_table.contains(info.si_pid)) {
            if (info.si_pid == Guardian::pid() && info.si_code != CLD_STOPPED) Guardian::forget();
            discard_change(info.si_pid);
        } else {
            // Another loop's child hides those behind it until that loop has reaped it.
            return update_all();
        }
    }
}

}  // namespace arun::detail
