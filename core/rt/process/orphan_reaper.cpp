#include "rt/process/orphan_reaper.hpp"

#include "base/text.hpp"
#include "rt/file.hpp"
#include "rt/process/backoff.hpp"
#include "rt/process/process_table.hpp"
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

constexpr int term_rounds = 4;  // SIGTERM, then
constexpr int max_rounds = 8;   // SIGKILL

/// Empty if it cannot be read.
std::string read_all(const char* path) {
    std::string text;
    const UniqueFd file(::open(path, O_RDONLY | O_CLOEXEC));
    char bytes[4096];
    for (ssize_t size = 0; (size = ::read(file.get(), bytes, sizeof bytes)) > 0;)
        text.append(bytes, static_cast<std::size_t>(size));
    return text;
}

/// The children of this process, zombies included. Empty where /proc does not list them.
std::vector<pid_t> children() {
    // A child belongs to the thread that started it, an orphan to the main thread.
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

/// The children from before the first spawn, for all loops of this process.
const std::vector<pid_t>& inherited() {
    static const std::vector<pid_t> found = children();
    return found;
}

bool is_orphan(pid_t pid) noexcept {
    return !process_table.contains(pid) && std::ranges::find(inherited(), pid) == inherited().end();
}

/// True if it was a zombie.
bool reap_one(pid_t pid) noexcept {
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG) == 0 && info.si_pid != 0;
}

std::string describe(pid_t pid) {
    const auto name = read_all(("/proc/" + std::to_string(pid) + "/comm").c_str());
    return std::string(trim_newlines(name)) + " (process " + std::to_string(pid) + ")";
}

}  // namespace

OrphanReaper::OrphanReaper(Loop& loop) : loop_(loop) {
    inherited();
    // Some parents ignore SIGCHLD for their children too; then the status of a child would be lost.
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
        // A child of ours hides the zombies behind it until its Process reaps it.
        if (!is_orphan(info.si_pid)) return;
        reap_one(info.si_pid);
    }
}

/// The orphans that live.
std::vector<pid_t> OrphanReaper::find() const {
    auto found = children();
    std::erase_if(found, [](pid_t pid) { return !is_orphan(pid) || reap_one(pid); });
    return found;
}

Coro<bool> OrphanReaper::gone_within(Duration limit) {
    const Loop::PendingIoGuard pending(loop_);
    const auto deadline = loop_.time() + limit;
    Backoff backoff;
    while (!find().empty()) {
        if (loop_.time() >= deadline) co_return false;
        co_await sleep(backoff.next());
    }
    co_return true;
}

Coro<> OrphanReaper::shutdown() {
    // When an orphan ends, its own children become ours: hence several rounds.
    for (int round = 0; round < max_rounds; ++round) {
        const bool gently = round < term_rounds;
        const auto orphans = find();
        if (orphans.empty()) co_return;
        std::vector<std::string> names;
        for (const pid_t pid : orphans) {
            names.push_back(describe(pid));
            ::kill(pid, gently ? SIGTERM : SIGKILL);
            ::kill(pid, SIGCONT);
        }
        loop_.call_exception_handler("stopping what jobs have left behind: " + join(names, ", "), nullptr);
        const auto patience = gently ? Duration(2s) : Duration(500ms);
        const bool gone = co_await gone_within(patience);
        if (gone) co_return;
        for (const pid_t pid : find()) {
            if (std::ranges::find(orphans, pid) != orphans.end()) ::kill(pid, SIGKILL);
        }
    }
}

}  // namespace arun::detail
