#include "rt/process_table.hpp"

namespace arun::detail {

constinit ProcessTable process_table;

void ProcessTable::add(pid_t pid) {
    for (Chunk* chunk = &first_;; chunk = chunk->next.load()) {
        for (auto& slot : chunk->slots) {
            pid_t free = 0;
            if (slot.load() == 0 && slot.compare_exchange_strong(free, pid)) return;
        }
        if (chunk->next.load() != nullptr) continue;
        auto* more = new Chunk;
        Chunk* none = nullptr;
        if (!chunk->next.compare_exchange_strong(none, more)) delete more;
    }
}

void ProcessTable::remove(pid_t pid) noexcept {
    for (Chunk* chunk = &first_; chunk != nullptr; chunk = chunk->next.load()) {
        for (auto& slot : chunk->slots) {
            pid_t expected = pid;
            if (slot.load() == pid && slot.compare_exchange_strong(expected, 0)) return;
        }
    }
}

bool ProcessTable::contains(pid_t pid) const noexcept {
    bool found = false;
    for_each([&](pid_t p) { found = found || p == pid; });
    return found;
}

}  // namespace arun::detail
