/// The process groups that this process has started and that may live: for who has to kill them all, and for
/// telling its own children from strays.
#pragma once

#include <sys/types.h>
#include <atomic>
#include <cstddef>

namespace arun::detail {

/// Lock-free, and for_each() is async-signal-safe. Chunks are never freed.
class ProcessTable {
public:
    constexpr ProcessTable() noexcept = default;
    ProcessTable(const ProcessTable&) = delete;
    ProcessTable& operator=(const ProcessTable&) = delete;

    void add(pid_t pid);
    void remove(pid_t pid) noexcept;
    bool contains(pid_t pid) const noexcept;

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
    Chunk first_;
};

extern ProcessTable process_table;

}  // namespace arun::detail
