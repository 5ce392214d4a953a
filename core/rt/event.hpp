/// Event: tasks wait until it is set, as asyncio.Event.
#pragma once

#include "rt/task_base.hpp"
#include "rt/wait_list.hpp"

#include <coroutine>

namespace arun {

class Event {
public:
    Event() noexcept = default;
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;

    bool is_set() const noexcept { return set_; }
    /// Wakes all waiting tasks; until clear() no task waits.
    void set() noexcept {
        if (set_) return;
        set_ = true;
        waiters_.notify_all();
    }
    void clear() noexcept { set_ = false; }

    class Awaiter final : public WaitNode {
    public:
        explicit Awaiter(Event& event) noexcept : event_(event) {}
        bool await_ready() const noexcept { return event_.set_; }
        void await_suspend(std::coroutine_handle<> frame) noexcept { suspend(frame, event_.waiters_); }
        bool await_resume() const {
            check_cancelled();
            return true;
        }

    private:
        Event& event_;
    };
    class [[nodiscard]] Wait {
    public:
        explicit Wait(Event& event) noexcept : event_(&event) {}
        Awaiter operator co_await() const noexcept { return Awaiter(*event_); }

    private:
        Event* event_;
    };
    /// `co_await event.wait()` returns true once the event is set. The event must outlive the wait.
    Wait wait() noexcept { return Wait(*this); }

private:
    WaitList waiters_;
    bool set_ = false;
};

}  // namespace arun
