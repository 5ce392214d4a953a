#include "rt/process/orphan_reaper.hpp"

#include "base/text.hpp"
#include "rt/clock.hpp"
#include "rt/errors.hpp"
#include "rt/process/backoff.hpp"
#include "rt/process/child_watcher.hpp"
#include "rt/process/children.hpp"
#include "rt/process/guardian.hpp"
#include "rt/process/process_table.hpp"
#include "rt/shield.hpp"
#include "rt/sleep.hpp"

#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <string>

namespace arun::detail {

using namespace std::chrono_literals;

namespace {

/// The children from before the first spawn, for all loops of this process. Never freed or changed.
std::atomic<const std::vector<pid_t>*> inherited{nullptr};

/// Whether there were such children, where the system does not list them.
std::atomic<bool> any_unlisted{false};

/// The loops that own this process.
std::atomic<int> owning_loops{0};

bool has_children() noexcept {
    siginfo_t info{};
    return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

void remember_inherited() {
    if (inherited.load() != nullptr) return;
    auto* found = new std::vector<pid_t>;
    const bool listed = for_each_child([&](pid_t pid) { found->push_back(pid); });
    any_unlisted = !listed && has_children();
    inherited = found;
}

template <class Predicate>
bool any_inherited(Predicate predicate) noexcept {
    const auto* pids = inherited.load();
    return pids != nullptr && std::ranges::any_of(*pids, predicate);
}

/// True if it was a zombie.
bool reap_one(pid_t pid) noexcept {
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG) == 0 && info.si_pid != 0;
}

/// Whether no process of the group can be one that we have to leave alone.
bool is_group_of_orphans(pid_t group) noexcept {
    return group > 0 && group != ::getpgrp() &&
           !any_inherited([group](pid_t pid) { return ::getpgid(pid) == group; });
}

/// Kills a child. A group is killed as a whole, so that none of it can escape by starting another process.
void kill_child(pid_t pid) noexcept {
    const pid_t group = ::getpgid(pid);
    if (is_group_of_orphans(group)) ::kill(-group, SIGKILL);
    ::kill(pid, SIGKILL);
}

enum class Orphans : std::uint8_t { some, none, unknown };

/// Calls `f` with each orphan that lives.
template <class F>
Orphans for_each_orphan(F f) {
    bool found = false;
    const bool listed = for_each_child([&](pid_t pid) {
        if (pid == Guardian::pid() || process_table.contains(pid) ||
            any_inherited([pid](pid_t p) { return p == pid; }))
            return;
        if (reap_one(pid)) return;
        found = true;
        f(pid);
    });
    if (!listed) return Orphans::unknown;
    return found ? Orphans::some : Orphans::none;
}

ChildWatcher& make_watcher(Loop& loop) {
    remember_inherited();  // first: the guardian is a child, too
    return loop.extension<ChildWatcher>();
}

}  // namespace

OrphanReaper::OrphanReaper(Loop& loop) : loop_(loop), watcher_(make_watcher(loop)) {
    ++owning_loops;
}

OrphanReaper::~OrphanReaper() {
    --owning_loops;
}

void OrphanReaper::report(std::string_view message) noexcept {
    loop_.call_exception_handler(message, nullptr);
}

/// Sends SIGTERM to each orphan, also to those that appear meanwhile: when one ends, its own children become
/// ours. Returns true once none is left.
Coro<bool> OrphanReaper::ask_to_end(Duration patience) {
    const auto deadline = loop_.time() + patience;
    std::vector<pid_t> asked;
    Backoff backoff;
    for (;;) {
        std::vector<pid_t> found;
        const auto left = for_each_orphan([&](pid_t pid) {
            found.push_back(pid);
            if (std::ranges::find(asked, pid) != asked.end()) return;
            ::kill(pid, SIGTERM);
            ::kill(pid, SIGCONT);
        });
        if (left != Orphans::some) co_return true;
        if (loop_.time() >= deadline) co_return false;
        asked = std::move(found);
        co_await sleep(backoff.next());
    }
}

/// Sends SIGKILL to each orphan, again and again: one may start others faster than they can be found. Returns
/// true once none is left.
Coro<bool> OrphanReaper::kill(Duration patience) {
    const auto deadline = loop_.time() + patience;
    Backoff backoff;
    for (;;) {
        constexpr int tries_at_once = 100;
        for (int i = 0; i < tries_at_once; ++i) {
            if (for_each_orphan(&kill_child) != Orphans::some) co_return true;
        }
        if (loop_.time() >= deadline) co_return false;
        co_await sleep(backoff.next());
    }
}

Coro<> OrphanReaper::shutdown() {
    std::vector<std::string> names;
    const auto left = for_each_orphan([&](pid_t pid) {
        names.push_back(one_line(os::process_name(pid)) + " (process " + std::to_string(pid) + ")");
    });
    if (left == Orphans::unknown) Guardian::dismiss();  // not to be taken for one of them
    if (left == Orphans::unknown && watcher_.adopts_orphans() && !any_unlisted && has_children())
        report("processes that jobs have left behind may still run: /proc does not list them");
    if (left != Orphans::some) co_return;
    report("stopping what jobs have left behind: " + join(names, ", "));
    const Loop::PendingIoGuard pending(loop_);
    bool gone = false;
    {
        ShieldScope shield;
        try {
            gone = co_await ask_to_end(2s);
        } catch (const CancelledError&) {
            // The grace period is over.
        }
        if (!gone) gone = co_await kill(2s);
    }
    if (!gone) report("some of what jobs have left behind has not ended after SIGKILL");
}

void kill_all_children(Duration limit) noexcept {
    const auto deadline = Clock::monotonic() + limit;
    const timespec pause{0, 200'000};
    for (;;) {
        bool found = false;
        const auto kill_or_reap = [&](pid_t pid) {
            if (any_inherited([pid](pid_t p) { return p == pid; }) || reap_one(pid)) return;
            if (::kill(pid, 0) != 0) return;
            found = true;
            kill_child(pid);
        };
        // The other children of a guest's process are not ours.
        if (owning_loops.load() == 0 || !for_each_child(kill_or_reap)) process_table.for_each(kill_or_reap);
        if (!found || Clock::monotonic() >= deadline) return;
        ::nanosleep(&pause, nullptr);
    }
}

}  // namespace arun::detail
