/// asyncio.wait for one task.
#pragma once

#include "rt/task.hpp"

#include <coroutine>
#include <utility>

namespace arun {

namespace detail {
class DoneWait final : public TaskWait {
public:
    using TaskWait::TaskWait;
    /// Cancelling the wait leaves the task alone.
    bool cancel() noexcept override { return WaitNode::cancel(); }
    void await_resume() { check(); }
};
}  // namespace detail

/// `co_await wait_done(task)` returns when the task is done, whatever it ended with. Unlike `co_await task`,
/// cancelling the wait leaves the task running.
class [[nodiscard]] wait_done {
public:
    explicit wait_done(AnyTask task) noexcept : task_(std::move(task)) {}
    detail::DoneWait operator co_await() && noexcept { return detail::DoneWait(std::move(task_)); }

private:
    AnyTask task_;
};

}  // namespace arun
