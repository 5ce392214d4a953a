#include "rt/frame_pool.hpp"

#include <algorithm>
#include <array>
#include <mutex>
#include <new>
#include <utility>

namespace arun {

namespace detail {
constinit thread_local FramePool local_frame_pool;
}  // namespace detail

/// What ended threads left behind. Never destroyed: a detached thread may outlive the statics.
struct FramePool::Depot {
    /// What a thread had not yet used of its last chunk.
    struct Rest {
        Rest* next;
        std::byte* end;
    };

    std::mutex mutex;
    std::array<Free*, classes> free{};
    Rest* rests = nullptr;
    /// Every chunk ever made, linked through its first bytes: leak checkers follow it.
    Free* chunks = nullptr;

    /// Moves the whole list of a class, so that the lock is taken once for many blocks.
    Free* take(std::size_t index) {
        std::lock_guard lock(mutex);
        return std::exchange(free[index], nullptr);
    }

    /// The first rest with room for so much, or null.
    Rest* take_rest(std::size_t wanted) {
        std::lock_guard lock(mutex);
        for (Rest** place = &rests; *place != nullptr; place = &(*place)->next) {
            Rest* rest = *place;
            if (static_cast<std::size_t>(rest->end - reinterpret_cast<std::byte*>(rest)) < wanted) continue;
            *place = rest->next;
            return rest;
        }
        return nullptr;
    }
};

FramePool::Depot& FramePool::depot() noexcept {
    static Depot* const depot = new Depot;
    return *depot;
}

namespace {
struct DonateAtThreadExit {
    ~DonateAtThreadExit() { FramePool::local().donate(); }
};
}  // namespace

void* FramePool::allocate_slow(std::size_t size) {
    const std::size_t index = size_class(size);
    if (index >= classes) return ::operator new(size);
    const std::size_t rounded = (index + 1) * granule;
    if (static_cast<std::size_t>(end_ - bump_) < rounded) {
        if (Free* block = depot().take(index)) {
            free_[index] = block->next;
            return block;
        }
        refill(rounded);
    }
    void* memory = bump_;
    bump_ += rounded;
    return memory;
}

void FramePool::deallocate_large(void* memory) noexcept {
    ::operator delete(memory);
}

void FramePool::refill(std::size_t wanted) {
    if (!registered_ && this == &local()) {
        // Not a member: a thread_local with a destructor costs a guard at every access.
        thread_local DonateAtThreadExit donate_at_thread_exit;
        static_cast<void>(donate_at_thread_exit);
        registered_ = true;
    }
    if (Depot::Rest* rest = depot().take_rest(wanted))
        return use(reinterpret_cast<std::byte*>(rest), rest->end);
    const std::size_t header = granule;
    const std::size_t size = std::max(next_chunk_, wanted + header);
    auto* chunk = static_cast<std::byte*>(::operator new(size));
    {
        std::lock_guard lock(depot().mutex);
        auto* link = reinterpret_cast<Free*>(chunk);
        link->next = depot().chunks;
        depot().chunks = link;
    }
    next_chunk_ = std::min(next_chunk_ * 2, largest_chunk);
    use(chunk + header, chunk + size);
}

void FramePool::use(std::byte* begin, std::byte* end) noexcept {
    // The rest of the old chunk, less than a block of the wanted class, serves a smaller class.
    if (const auto rest = static_cast<std::size_t>(end_ - bump_); rest >= granule) {
        deallocate(bump_, rest / granule * granule);
    }
    bump_ = begin;
    end_ = end;
}

void FramePool::donate() noexcept {
    Depot& to = depot();
    std::lock_guard lock(to.mutex);
    if (static_cast<std::size_t>(end_ - bump_) >= sizeof(Depot::Rest))
        to.rests = new (bump_) Depot::Rest{to.rests, end_};
    bump_ = end_ = nullptr;
    for (std::size_t i = 0; i < classes; ++i) {
        Free* first = std::exchange(free_[i], nullptr);
        if (first == nullptr) continue;
        Free* last = first;
        while (last->next != nullptr) last = last->next;
        last->next = to.free[i];
        to.free[i] = first;
    }
}

}  // namespace arun
