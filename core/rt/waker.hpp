/// How other threads and signal handlers get a loop's attention.
#pragma once

#include <atomic>

namespace arun {

/// All of it is lock-free and async-signal-safe.
class Waker {
public:
    Waker() noexcept = default;
    Waker(const Waker&) = delete;
    Waker& operator=(const Waker&) = delete;

    /// The loop will take a look, and wakes up for it if it sleeps.
    void wake() noexcept;

    /// For the loop: has anybody called, since the last time? Cheap when not.
    bool take() noexcept {
        return called_.load(std::memory_order_relaxed) && called_.exchange(false, std::memory_order_seq_cst);
    }
    bool called() const noexcept { return called_.load(std::memory_order_seq_cst); }
    /// For the loop's back end: what to write to from now on, -1 for nothing. Look at called() after.
    void set_fd(int fd) noexcept { fd_.store(fd, std::memory_order_seq_cst); }

private:
    static_assert(std::atomic<int>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);
    std::atomic<bool> called_{false};
    std::atomic<int> fd_{-1};
};

}  // namespace arun
