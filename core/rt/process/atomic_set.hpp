/// A set that signal handlers may read.
#pragma once

#include <atomic>
#include <cstddef>

namespace arun::detail {

/// A set of values other than T(). Lock-free; for_each() is async-signal-safe. Chunks are never freed.
template <class T>
class AtomicSet {
public:
    constexpr AtomicSet() noexcept = default;
    AtomicSet(const AtomicSet&) = delete;
    AtomicSet& operator=(const AtomicSet&) = delete;

    void add(T value) {
        for (Chunk* chunk = &first_;; chunk = chunk->next.load()) {
            if (replace(*chunk, T(), value)) return;
            if (chunk->next.load() != nullptr) continue;
            auto* added = new Chunk;
            Chunk* none = nullptr;
            if (!chunk->next.compare_exchange_strong(none, added)) delete added;
        }
    }

    void remove(T value) noexcept {
        for (Chunk* chunk = &first_; chunk != nullptr; chunk = chunk->next.load()) {
            if (replace(*chunk, value, T())) return;
        }
    }

    bool contains(T value) const noexcept {
        bool found = false;
        for_each([&](T v) { found = found || v == value; });
        return found;
    }

    template <class F>
    void for_each(F f) const noexcept {
        for (const Chunk* chunk = &first_; chunk != nullptr; chunk = chunk->next.load()) {
            for (const auto& slot : chunk->slots) {
                if (const T value = slot.load()) f(value);
            }
        }
    }

private:
    static constexpr std::size_t chunk_size = 64;
    static_assert(std::atomic<T>::is_always_lock_free);
    struct Chunk {
        std::atomic<T> slots[chunk_size]{};
        std::atomic<Chunk*> next{nullptr};
    };

    /// Replaces one `from` in the chunk. Returns false if there is none.
    static bool replace(Chunk& chunk, T from, T to) noexcept {
        for (auto& slot : chunk.slots) {
            T expected = from;
            if (slot.load() == from && slot.compare_exchange_strong(expected, to)) return true;
        }
        return false;
    }

    Chunk first_;
};

}  // namespace arun::detail
