/// sleep(), sleep_until(), yield() and settle(): awaiters, which need neither a coroutine nor an allocation.
#pragma once

#include "base/duration.hpp"
#include "rt/loop.hpp"
#include "rt/task_base.hpp"
#include "rt/wait_list.hpp"

#include <coroutine>
#include <cstdint>

namespace arun {

namespace detail {

/// The timer of a sleep, in the waiting coroutine's frame.
class SleepTimer : public TimerNode {
public:
    bool await_ready() const noexcept { return false; }
    void await_resume() const { current_task().check_cancelled(); }

    bool cancel() noexcept final;
    void expire() noexcept final { task_->wake(); }
    const TaskBase* task() const noexcept final { return task_; }

protected:
    explicit SleepTimer(Duration time) noexcept : time_(time.count()) {}
    /// Precondition: `other` was not awaited. A coroutine may take a sleep as its parameter.
    SleepTimer(SleepTimer&& other) noexcept : TimerNode(), time_(other.time_) {}
    ~SleepTimer();
    void start(std::coroutine_handle<> frame, Duration deadline);

    union {
        std::int64_t time_;  ///< the delay or the deadline, until it is awaited
        TaskBase* task_;     ///< from then on
    };
};

class SleepFor final : public SleepTimer {
public:
    explicit SleepFor(Duration delay) noexcept : SleepTimer(delay) {}
    bool await_ready() const noexcept { return time_ <= 0 && running.loop->is_idle(); }
    void await_suspend(std::coroutine_handle<> frame);
};

class SleepUntil final : public SleepTimer {
public:
    explicit SleepUntil(Duration time) noexcept : SleepTimer(time) {}
    void await_suspend(std::coroutine_handle<> frame) { start(frame, Duration{time_}); }
};

struct Yield {
    Yield() noexcept {}
    bool await_ready() const noexcept { return running.loop->is_idle(); }
    void await_suspend(std::coroutine_handle<> frame) const noexcept { running.task->requeue(frame); }
    void await_resume() const { running.task->check_cancelled(); }
};

class Settle final : public WaitNode {
public:
    Settle() noexcept {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> frame) noexcept {
        suspend(frame, running.loop->enter_settling());
    }
    void await_resume() const { check_cancelled(); }
};

}  // namespace detail

/// `co_await sleep(d)` resumes `d` later, never earlier. If `d` is not positive: on the next iteration, as
/// asyncio.sleep(0).
[[nodiscard]] inline detail::SleepFor sleep(Duration delay) noexcept {
    return detail::SleepFor(delay);
}
/// `co_await sleep_until(t)` resumes at loop time `t`, or on the next iteration if that has passed.
[[nodiscard]] inline detail::SleepUntil sleep_until(Duration loop_time) noexcept {
    return detail::SleepUntil(loop_time);
}
/// `co_await yield()` lets everything else that is ready run first.
[[nodiscard]] inline detail::Yield yield() noexcept {
    return {};
}
/// `co_await settle()` resumes at the end of this instant: when nothing is ready and no timer is due. Of
/// several tasks, those that are deepest in the tree of tasks resume first, and what they make ready runs
/// before the others resume. Tasks that are always ready do not hold it up forever; see
/// Loop::max_settle_iterations.
[[nodiscard]] inline detail::Settle settle() noexcept {
    return {};
}

}  // namespace arun
