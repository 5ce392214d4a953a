#include "rt/frame_pool.hpp"

#include <algorithm>
#include <mutex>
#include <new>
#include <utility>

namespace arun {

namespace detail {
constinit thread_local FramePool local_frame_pool;
}  // namespace detail

/// Pools of threads that have ended, for those that begin.
class FramePool::Leaving {
public:
    Leaving() = default;
    Leaving(const Leaving&) = delete;
    Leaving& operator=(const Leaving&) = delete;
    ~Leaving() {
        auto* const left = new (std::nothrow) Left;
        if (left == nullptr) return;
        auto& pool = local();
        std::ranges::copy(pool.free_, left->free);
        left->unused = std::exchange(pool.unused_, nullptr);
        left->end = std::exchange(pool.end_, nullptr);
        left->next_chunk = std::exchange(pool.next_chunk_, first_chunk);
        std::ranges::fill(pool.free_, nullptr);
        const std::lock_guard lock(mutex);
        left->next = std::exchange(first, left);
    }

    struct Left {
        Free* free[classes];
        std::byte* unused;
        std::byte* end;
        std::size_t next_chunk;
        Left* next;
    };
    static Left* take() noexcept {
        const std::lock_guard lock(mutex);
        return first != nullptr ? std::exchange(first, first->next) : nullptr;
    }

private:
    static constinit std::mutex mutex;
    static constinit Left* first;
};
constinit std::mutex FramePool::Leaving::mutex;
constinit FramePool::Leaving::Left* FramePool::Leaving::first = nullptr;

/// Takes what another thread has left. Only a pool without memory of its own does.
bool FramePool::take_over() noexcept {
    if (this != &local()) return false;
    thread_local Leaving leaving;
    const bool is_empty =
        unused_ == nullptr && std::ranges::all_of(free_, [](const Free* block) { return block == nullptr; });
    const Leaving::Left* const left = is_empty ? Leaving::take() : nullptr;
    if (left == nullptr) return false;
    std::ranges::copy(left->free, free_);
    unused_ = left->unused;
    end_ = left->end;
    next_chunk_ = left->next_chunk;
    delete left;
    return true;
}

void* FramePool::allocate_slow(std::size_t size) {
    const std::size_t index = size_class(size);
    if (index >= classes) return ::operator new(size);
    const std::size_t rounded = (index + 1) * granule;
    if (static_cast<std::size_t>(end_ - unused_) < rounded) {
        if (take_over()) return allocate(size);
        refill(rounded);
    }
    return std::exchange(unused_, unused_ + rounded);
}

void FramePool::deallocate_large(void* memory) noexcept {
    ::operator delete(memory);
}

void FramePool::refill(std::size_t wanted) {
    const std::size_t size = std::max(next_chunk_, wanted);
    // So aligned, the 96 bytes of a task or of a small frame lie in two cache lines, never in three.
    auto* const chunk = static_cast<std::byte*>(::operator new(size, std::align_val_t{64}));
    // The rest of the old chunk is too small for this size class, but not for a smaller one.
    if (const auto rest = static_cast<std::size_t>(end_ - unused_); rest >= granule) {
        deallocate(unused_, rest);
    }
    next_chunk_ = std::min(next_chunk_ * 2, max_chunk);
    unused_ = chunk;
    end_ = chunk + size;
}

}  // namespace arun
