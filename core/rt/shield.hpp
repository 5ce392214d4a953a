/// shield(): who waits can be cancelled, what is waited for goes on, as asyncio.shield.
#pragma once

#include "rt/task.hpp"
#include "rt/task_result.hpp"

#include <coroutine>
#include <utility>

namespace arun {

namespace detail {

template <class T>
class ShieldAwaiter final : public TaskWait {
public:
    using TaskWait::TaskWait;
    /// The wait ends, and the task does not hear of it.
    bool cancel() noexcept override { return WaitNode::cancel(); }
    T await_resume() {
        check();
        return take_result(static_cast<TaskState<T>&>(*target_));
    }
};

}  // namespace detail

/// What shield() gives; to be awaited.
template <class T>
class [[nodiscard]] Shield {
public:
    explicit Shield(Task<T> task) noexcept : task_(std::move(task)) {}
    detail::ShieldAwaiter<T> operator co_await() && noexcept {
        return detail::ShieldAwaiter<T>(std::move(task_));
    }

private:
    Task<T> task_;
};

/// `co_await shield(task)` is `co_await task`, except that cancelling the one who awaits leaves the task
/// alone: CancelledError is thrown here, and the task goes on. If the task itself is cancelled,
/// CancelledError is thrown too. (ShieldScope is the other kind of shield: there, cancellation waits.)
template <class T>
Shield<T> shield(Task<T> task) noexcept {
    return Shield<T>(std::move(task));
}

/// The same for a coroutine, which becomes a task of the running loop at once.
template <class T>
Shield<T> shield(Coro<T> coro) {
    return Shield<T>(create_task(std::move(coro)));
}

}  // namespace arun
