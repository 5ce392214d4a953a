#include "rt/frame_pool.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace arun {

namespace detail {
constinit thread_local FramePool local_frame_pool;
}  // namespace detail

void* FramePool::allocate_slow(std::size_t size) {
    const std::size_t index = size_class(size);
    if (index >= classes) return ::operator new(size);
    const std::size_t rounded = (index + 1) * granule;
    if (static_cast<std::size_t>(end_ - unused_) < rounded) refill(rounded);
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
