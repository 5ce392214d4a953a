/// Children that cannot start for want of descriptors or processes wait until others have ended.
#pragma once

#include "rt/coro.hpp"
#include "rt/loop.hpp"
#include "rt/wait_list.hpp"

#include <coroutine>
#include <cstddef>

namespace arun {

/// Counts the children of a loop that have started, and wakes one that waits whenever one of them has ended.
class ChildSlots final : public LoopExtension {
public:
    explicit ChildSlots(Loop&) noexcept {}
    Phase phase() const noexcept override { return Phase::io; }
    Coro<> shutdown() override { co_return; }

    bool any_taken() const noexcept { return taken_ != 0; }
    /// For one that was woken and does not start in the end: the next has its turn.
    void pass_on() noexcept { waiting_.notify_one(); }

    class [[nodiscard]] Awaiter final : public WaitNode {
    public:
        explicit Awaiter(ChildSlots& slots) noexcept : slots_(slots) {}
        bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<> frame) noexcept { suspend(frame, slots_.waiting_); }
        void await_resume() const { check_cancelled(); }

    private:
        ChildSlots& slots_;
    };
    /// Waits until a slot is released.
    Awaiter released() noexcept { return Awaiter(*this); }

    /// Held as long as the child exists.
    class [[nodiscard]] Slot {
    public:
        explicit Slot(ChildSlots& slots) noexcept : slots_(slots) { ++slots_.taken_; }
        Slot(const Slot&) = delete;
        Slot& operator=(const Slot&) = delete;
        ~Slot() {
            --slots_.taken_;
            slots_.waiting_.notify_one();
        }

    private:
        ChildSlots& slots_;
    };

private:
    std::size_t taken_ = 0;
    WaitList waiting_;
};

}  // namespace arun
