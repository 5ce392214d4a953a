/// Waker: other threads and signal handlers wake a loop.
#pragma once

#include <atomic>

namespace arun {

/// Lock-free and async-signal-safe.
class Waker {
public:
    Waker() noexcept = default;
    Waker(const Waker&) = delete;
    Waker& operator=(const Waker&) = delete;

    /// The loop runs its wake handler soon; if it blocks, it wakes up.
    void wake() noexcept;

    /// For the loop: true if wake() was called since the last take(). Cheap if it was not.
    bool take() noexcept {
        return called_.load(std::memory_order_relaxed) && called_.exchange(false, std::memory_order_seq_cst);
    }
    bool called() const noexcept { return called_.load(std::memory_order_seq_cst); }
    /// For the loop's back end: the descriptor that wake() writes to, -1 for none. Check called() afterwards.
    void set_fd(int fd) noexcept { fd_.store(fd, std::memory_order_seq_cst); }

private:
    static_assert(std::atomic<int>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);
    std::atomic<bool> called_{false};
    std::atomic<int> fd_{-1};
};

}  // namespace arun
