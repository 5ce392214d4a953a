/// The process groups that this process has started and not yet seen end.
#pragma once

#include <sys/types.h>
#include <atomic>
#include <cstddef>

namespace arun::detail {

/// A set of pids. Lock-free; for_each() is async-signal-safe, so a signal handler can kill all groups.
/// Chunks are never freed.
class ProcessTable {
public:
    constexpr ProcessTable() noexcept = default;
    ProcessTable(const ProcessTable&) = delete;
    ProcessTable& operator=(const ProcessTable&) = delete;

    void add(pid_t pid) {
        for (Chunk* chunk = &first_;; chunk = chunk->next.load()) {
            if (replace(*chunk, 0, pid)) return;
            if (chunk->next.load() != nullptr) continue;
            auto* added = new Chunk;
            Chunk* none = nullptr;
            if (!chunk->next.compare_exchange_strong(none, added)) delete added;
        }
    }

    void remove(pid_t pid) noexcept {
        for (Chunk* chunk = &first_; chunk != nullptr; chunk = chunk->next.load()) {
            if (replace(*chunk, pid, 0)) return;
        }
    }

    bool contains(pid_t pid) const noexcept {
        bool found = false;
        for_each([&](pid_t p) { found = found || p == pid; });
        return found;
    }

    template <class F>
    void for_each(F f) const noexcept {
        for (const Chunk* chunk = &first_; chunk != nullptr; chunk = chunk->next.load()) {
            for (const auto& slot : chunk->slots) {
                if (const pid_t pid = slot.load()) f(pid);
            }
        }
    }

private:
    static constexpr std::size_t chunk_size = 64;
    struct Chunk {
        std::atomic<pid_t> slots[chunk_size]{};
        std::atomic<Chunk*> next{nullptr};
    };

    /// Replaces one `from` in the chunk. Returns false if there is none.
    static bool replace(Chunk& chunk, pid_t from, pid_t to) noexcept {
        for (auto& slot : chunk.slots) {
            pid_t expected = from;
            if (slot.load() == from && slot.compare_exchange_strong(expected, to)) return true;
        }
        return false;
    }

    Chunk first_;
};

inline constinit ProcessTable process_table;

}  // namespace arun::detail
