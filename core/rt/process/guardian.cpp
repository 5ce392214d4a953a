#include "rt/process/guardian.hpp"

#include "rt/os.hpp"
#include "rt/signals.hpp"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <mutex>
#include <new>

namespace arun::detail {

namespace {

/// Shared by both processes. More groups than fit go without a guardian.
struct Groups {
    static constexpr pid_t none = 0;
    static constexpr pid_t reserved = -1;

    std::atomic<std::size_t> used{0};  ///< no slot from here on is taken
    std::array<std::atomic<pid_t>, 4096> slots{};

    std::atomic<pid_t>* reserve() noexcept {
        for (std::size_t i = 0; i < slots.size(); ++i) {
            if (slots[i].load() != none) continue;
            slots[i] = reserved;
            if (i >= used) used = i + 1;
            return &slots[i];
        }
        return nullptr;
    }
};
static_assert(std::atomic<pid_t>::is_always_lock_free);

std::mutex mutex;
int owners = 0;
Groups* groups = nullptr;  ///< mapped once, and never unmapped
int alive = -1;            ///< the end of a pipe that is open as long as this process lives
std::atomic<pid_t> guardian{-1};

/// The guardian: a fork of a process that may have threads, so that it only does what is async-signal-safe.
/// All signals are blocked.
[[noreturn]] void guard(int end) noexcept {
    ::setsid();  // out of reach of the terminal and of signals to our group
    os::set_own_name("arun-guardian");
    ::dup2(end, 0);
    os::close_from(1);
    char byte = 0;
    while (::read(0, &byte, 1) < 0 && errno == EINTR) {
    }
    for (std::size_t i = 0; i < groups->used; ++i) {
        if (const pid_t group = groups->slots[i]; group > 0) ::kill(-group, SIGKILL);
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
    UniqueFd read;
    UniqueFd write;
    if (!map_groups() || os::open_pipe(read, write) != 0) return;
    pid_t child = -1;
    {
        const SignalBlock blocked;
        child = ::fork();
        if (child == 0) guard(read.get());
    }
    if (child < 0) return;
    alive = write.release();
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

std::atomic<pid_t>* Guardian::reserve() noexcept {
    const std::lock_guard lock(mutex);
    return groups != nullptr ? groups->reserve() : nullptr;
}

void Guardian::release(std::atomic<pid_t>* place) noexcept {
    if (place != nullptr) *place = Groups::none;
}

pid_t Guardian::pid() noexcept {
    return guardian;
}

void Guardian::forget() noexcept {
    guardian = -1;
}

}  // namespace arun::detail
