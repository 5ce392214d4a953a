#include "rt/process/guardian.hpp"

#include "rt/signals.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <mutex>
#include <new>

#ifdef __linux__
#include <sys/prctl.h>
#endif

namespace arun::detail {

#ifdef __linux__

namespace {

/// Shared by both processes. More groups than fit go without a guardian.
struct Groups {
    std::atomic<std::size_t> used{0};  ///< no slot from here on is taken
    std::array<std::atomic<pid_t>, 4096> slots{};

    void add(pid_t group) noexcept {
        for (std::size_t i = 0; i < slots.size(); ++i) {
            if (slots[i].load() != 0) continue;
            slots[i] = group;
            if (i >= used) used = i + 1;
            return;
        }
    }
    void remove(pid_t group) noexcept {
        for (std::size_t i = 0; i < used; ++i) {
            if (slots[i] != group) continue;
            slots[i] = 0;
            return;
        }
    }
};
static_assert(std::atomic<pid_t>::is_always_lock_free);

std::mutex mutex;
int owners = 0;
Groups* groups = nullptr;  ///< mapped once, and never unmapped
int alive = -1;            ///< the end of a pipe that is open as long as this process lives
std::atomic<pid_t> guardian{-1};

/// Leaves open only descriptor 0.
void close_all() noexcept {
#ifdef SYS_close_range
    if (::syscall(SYS_close_range, 1U, ~0U, 0U) == 0) return;
#endif
    const long limit = std::min(::sysconf(_SC_OPEN_MAX), 65536L);
    for (int fd = 1; fd < limit; ++fd) ::close(fd);
}

/// The guardian: a fork of a process that may have threads, so that it only does what is async-signal-safe.
/// All signals are blocked.
[[noreturn]] void guard(int end) noexcept {
    ::setsid();  // out of reach of the terminal and of signals to our group
    ::prctl(PR_SET_NAME, "arun-guardian");
    ::dup2(end, 0);
    close_all();
    char byte = 0;
    while (::read(0, &byte, 1) < 0 && errno == EINTR) {
    }
    for (std::size_t i = 0; i < groups->used; ++i) {
        if (const pid_t group = groups->slots[i]) ::kill(-group, SIGKILL);
    }
    ::_exit(0);
}

bool map_groups() noexcept {
    if (groups != nullptr) return true;
    void* memory = ::mmap(nullptr, sizeof(Groups), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return false;
    groups = new (memory) Groups;
    return true;
}

void start() noexcept {
    std::array<int, 2> ends{-1, -1};
    if (!map_groups() || ::pipe2(ends.data(), O_CLOEXEC) != 0) return;
    pid_t child = -1;
    {
        const SignalBlock blocked;
        child = ::fork();
        if (child == 0) guard(ends[0]);
    }
    ::close(ends[0]);
    if (child < 0) {
        ::close(ends[1]);
        return;
    }
    alive = ends[1];
    guardian = child;
}

void stop() noexcept {
    const pid_t child = guardian.exchange(-1);
    if (child > 0) {
        siginfo_t info{};
        ::kill(child, SIGKILL);
        while (::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED) != 0 && errno == EINTR) {
        }
    }
    if (alive >= 0) ::close(alive);
    alive = -1;
}

}  // namespace

void Guardian::acquire() noexcept {
    const std::lock_guard lock(mutex);
    if (owners++ == 0) start();
}

void Guardian::release() noexcept {
    const std::lock_guard lock(mutex);
    if (--owners == 0) stop();
}

void Guardian::dismiss() noexcept {
    const std::lock_guard lock(mutex);
    stop();
}

void Guardian::add(pid_t group) noexcept {
    const std::lock_guard lock(mutex);
    if (groups != nullptr) groups->add(group);
}

void Guardian::remove(pid_t group) noexcept {
    const std::lock_guard lock(mutex);
    if (groups != nullptr) groups->remove(group);
}

pid_t Guardian::pid() noexcept {
    return guardian;
}

void Guardian::forget() noexcept {
    guardian = -1;
}

#else

void Guardian::acquire() noexcept {}
void Guardian::release() noexcept {}
void Guardian::dismiss() noexcept {}
void Guardian::add(pid_t) noexcept {}
void Guardian::remove(pid_t) noexcept {}
pid_t Guardian::pid() noexcept {
    return -1;
}
void Guardian::forget() noexcept {}

#endif

}  // namespace arun::detail
