#include "rt/orphan_reaper.hpp"

#include "rt/backoff.hpp"
#include "rt/file.hpp"
#include "rt/process_table.hpp"
#include "rt/sleep.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <string>

#ifdef __linux__
#include <sys/prctl.h>
#endif

namespace arun::detail {

using namespace std::chrono_literals;

namespace {

std::string read_all(const char* path) {
    std::string text;
    const UniqueFd file(::open(path, O_RDONLY | O_CLOEXEC));
    char bytes[4096];
    for (ssize_t got = 0; (got = ::read(file.get(), bytes, sizeof bytes)) > 0;)
        text.append(bytes, static_cast<std::size_t>(got));
    return text;
}

/// The children of this process, dead ones too. Empty where the system does not tell.
std::vector<pid_t> children() {
    // Children belong to the thread that made them, orphans come to the first one.
    const auto self = std::to_string(::getpid());
    auto text = read_all(("/proc/self/task/" + self + "/children").c_str());
    if (const auto tid = std::to_string(::gettid()); tid != self)
        text += read_all(("/proc/self/task/" + tid + "/children").c_str());
    std::vector<pid_t> found;
    for (const char* at = text.c_str();;) {
        char* end = nullptr;
        const long pid = std::strtol(at, &end, 10);
        if (end == at) return found;
        found.push_back(static_cast<pid_t>(pid));
        at = end;
    }
}

/// Of before the first child: for the whole process, however many loops it has had.
const std::vector<pid_t>& inherited() {
    static const std::vector<pid_t> found = children();
    return found;
}

std::string name_of(pid_t pid) {
    auto name = read_all(("/proc/" + std::to_string(pid) + "/comm").c_str());
    while (!name.empty() && name.back() == '\n') name.pop_back();
    return name;
}

}  // namespace

OrphanReaper::OrphanReaper(Loop& loop) : loop_(loop) {
    inherited();
    // Where SIGCHLD is ignored (some parents leave it so), children vanish with their status.
    struct sigaction action{};
    if (::sigaction(SIGCHLD, nullptr, &action) == 0 && action.sa_handler == SIG_IGN)
        ::signal(SIGCHLD, SIG_DFL);
#ifdef __linux__
    ::prctl(PR_SET_CHILD_SUBREAPER, 1UL);
#endif
}

void OrphanReaper::reap() noexcept {
    for (;;) {
        siginfo_t info{};
        if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return;
        // One of ours is for whoever waits for it; then the rest has to wait for the next time.
        if (process_table.contains(info.si_pid)) return;
        if (std::ranges::find(inherited(), info.si_pid) != inherited().end()) return;
        ::waitid(P_PID, static_cast<id_t>(info.si_pid), &info, WEXITED | WNOHANG);
    }
}

std::vector<pid_t> OrphanReaper::find() const {
    auto found = children();
    std::erase_if(found, [](pid_t pid) {
        if (process_table.contains(pid) || std::ranges::find(inherited(), pid) != inherited().end())
            return true;
        siginfo_t info{};
        // Dead, and now gone.
        return ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG) == 0 && info.si_pid != 0;
    });
    return found;
}

Coro<bool> OrphanReaper::gone_within(Duration limit) {
    const Loop::PendingIoGuard hold(loop_);
    const auto deadline = loop_.time() + limit;
    Backoff pause;
    while (!find().empty()) {
        if (loop_.time() >= deadline) co_return false;
        co_await sleep(pause.next());
    }
    co_return true;
}

Coro<> OrphanReaper::shutdown() {
    // What one of them had started comes to us when it ends: hence rounds.
    for (int round = 0; round < 8; ++round) {
        const auto left = find();
        if (left.empty()) co_return;
        std::string names;
        for (const pid_t pid : left) {
            names += (names.empty() ? "" : ", ") + name_of(pid) + " (process " + std::to_string(pid) + ")";
            ::kill(pid, round < 4 ? SIGTERM : SIGKILL);
            ::kill(pid, SIGCONT);
        }
        loop_.call_exception_handler("stopping what jobs have left behind: " + names, nullptr);
        const Duration patience = round < 4 ? Duration(2s) : Duration(500ms);
        const bool gone = co_await gone_within(patience);
        if (gone) co_return;
        for (const pid_t pid : find()) {
            if (std::ranges::find(left, pid) != left.end()) ::kill(pid, SIGKILL);
        }
    }
}

}  // namespace arun::detail
