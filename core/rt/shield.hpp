/// The two shields: shield() protects the awaited task, ShieldScope protects the code inside of it.
#pragma once

#include "rt/task.hpp"

#include <utility>

namespace arun {

namespace detail {

/// Cancelling the wait leaves the task alone.
template <class T>
class ShieldAwaiter final : public TaskWait {
public:
    using TaskWait::TaskWait;
    bool cancel() noexcept override { return WaitNode::cancel(); }
    T await_resume() {
        check_cancelled();
        return take_result(static_cast<TaskState<T>&>(*target_));
    }
};

}  // namespace detail

/// The awaitable that shield() returns.
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

/// `co_await shield(task)` is `co_await task`, except that cancelling the awaiting task ends the wait with
/// CancelledError and leaves `task` running, as asyncio.shield. If `task` itself is cancelled, the wait
/// throws CancelledError too.
template <class T>
Shield<T> shield(Task<T> task) noexcept {
    return Shield<T>(std::move(task));
}

/// The same for a coroutine, which becomes a task of the running loop at once.
template <class T>
Shield<T> shield(Coro<T> coro) {
    return Shield<T>(create_task(std::move(coro)));
}
template <OtherAwaitable A>
Shield<AwaitResult<A>> shield(A awaitable) {
    return shield(as_coro(std::move(awaitable)));
}

/// While the scope lives, a cancel() of the task that made it is deferred; it is delivered when the scope
/// ends, as with anyio's CancelScope(shield=True). Timeouts and groups inside of the scope cancel as usual.
/// Loop::break_shields() voids all scopes; a scope that is made after it cancels its task.
class [[nodiscard]] ShieldScope {
public:
    /// Throws std::runtime_error outside of a task.
    ShieldScope();
    ShieldScope(const ShieldScope&) = delete;
    ShieldScope& operator=(const ShieldScope&) = delete;
    ~ShieldScope();

private:
    TaskBase& task_;
};

}  // namespace arun
