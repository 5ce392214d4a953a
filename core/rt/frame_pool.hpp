/// Memory for coroutine frames, tasks and other small objects that come and go by the million.
#pragma once

#include <cstddef>

namespace arun {

/// Free lists by size class (multiples of 16 bytes up to 1 KiB) over large chunks. A block has no header, so
/// freeing it takes its size, as sized operator delete does. Larger blocks come from the global heap. All
/// blocks are aligned to 16 bytes.
///
/// Not synchronised: a pool belongs to one thread, although a block may be freed into another thread's pool.
/// Chunks are therefore never freed: memory is reused by the same thread, or by a later one when the thread
/// has ended.
class FramePool {
public:
    static constexpr std::size_t granule = 16;
    static constexpr std::size_t max_pooled = 1024;

    constexpr FramePool() noexcept = default;
    FramePool(const FramePool&) = delete;
    FramePool& operator=(const FramePool&) = delete;

    /// Throws std::bad_alloc.
    void* allocate(std::size_t size) {
        const std::size_t index = size_class(size);
        if (index < classes) {
            if (Free* block = free_[index]) {
                free_[index] = block->next;
                return block;
            }
        }
        return allocate_slow(size);
    }

    /// Precondition: `size` is the size that `memory` was allocated with.
    void deallocate(void* memory, std::size_t size) noexcept {
        const std::size_t index = size_class(size);
        if (index < classes) {
            auto* block = static_cast<Free*>(memory);
            block->next = free_[index];
            free_[index] = block;
        } else {
            deallocate_large(memory);
        }
    }

    /// The pool of the calling thread.
    static FramePool& local() noexcept;

private:
    static constexpr std::size_t classes = max_pooled / granule;
    static constexpr std::size_t first_chunk = 4 * 1024;
    static constexpr std::size_t max_chunk = 1024 * 1024;

    struct Free {
        Free* next;
    };

    static constexpr std::size_t size_class(std::size_t size) noexcept {
        return size == 0 ? 0 : (size - 1) / granule;
    }
    void* allocate_slow(std::size_t size);
    static void deallocate_large(void* memory) noexcept;
    void refill(std::size_t wanted);
    class Leaving;
    bool take_over() noexcept;

    Free* free_[classes] = {};
    std::byte* unused_ = nullptr;  ///< the rest of the last chunk, up to end_
    std::byte* end_ = nullptr;
    std::size_t next_chunk_ = first_chunk;
};

namespace detail {
/// Without a destructor, so that an access costs no guard.
extern constinit thread_local FramePool local_frame_pool;
}  // namespace detail

inline FramePool& FramePool::local() noexcept {
    return detail::local_frame_pool;
}

// Must be the same for the library and all that include this. The CMake target defines it where it is not 1.
#ifndef ARUN_FRAME_POOL
#define ARUN_FRAME_POOL 1
#endif

/// Called by operator new and delete of promises and tasks. Built for a sanitizer, this is the global heap: a
/// pool would hide the double frees that the sanitizer is there to find.
#if ARUN_FRAME_POOL
inline void* frame_allocate(std::size_t size) {
    return FramePool::local().allocate(size);
}
inline void frame_deallocate(void* memory, std::size_t size) noexcept {
    FramePool::local().deallocate(memory, size);
}
#else
inline void* frame_allocate(std::size_t size) {
    return ::operator new(size);
}
inline void frame_deallocate(void* memory, std::size_t size) noexcept {
    ::operator delete(memory, size);
}
#endif

/// Base of a class whose objects live in the pool. A class that is deleted through its base needs a virtual
/// destructor, as always with sized delete.
struct FramePooled {
    static void* operator new(std::size_t size) { return frame_allocate(size); }
    static void operator delete(void* memory, std::size_t size) noexcept { frame_deallocate(memory, size); }
};

}  // namespace arun
