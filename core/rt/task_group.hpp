/// TaskGroup: all children have ended when the group is left, as asyncio.TaskGroup.
#pragma once

#include "base/duration.hpp"
#include "rt/child_scope.hpp"
#include "rt/coro.hpp"
#include "rt/errors.hpp"
#include "rt/task.hpp"

#include <cstdint>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace arun {

/// Made by the task that will wait, as a local of its coroutine:
///
///     TaskGroup group;
///     std::exception_ptr error;
///     try {
///         group.create_task(f());
///         co_await g();
///     } catch (...) {
///         error = std::current_exception();
///     }
///     co_await group.join(error);
///
/// with_task_group() does the same. The first failing child cancels its siblings, and the parent where it
/// waits; join() awaits all children, and throws the errors as an ExceptionGroup. A cancelled child is no
/// error. KeyboardInterrupt is thrown by itself, whatever else failed.
///
/// A group that is destroyed before join() has returned destroys its children's frames.
class TaskGroup final : private ChildScope {
public:
    /// The start of `async with TaskGroup()`. Throws std::runtime_error outside of a task.
    TaskGroup();

    /// Starts `coro` on the loop's next iteration, in `context` or a copy of the current one. Any task may
    /// call it until all children have ended. Throws std::runtime_error if the group is finished or shutting
    /// down, std::invalid_argument without a coroutine.
    template <class T>
    Task<T> create_task(Coro<T> coro, std::optional<Context> context = {}) {
        check_open();
        return spawn(std::move(coro), std::move(context));
    }

    template <OtherAwaitable A>
    Task<AwaitResult<A>> create_task(A awaitable, std::optional<Context> context = {}) {
        return create_task(as_coro(std::move(awaitable)), std::move(context));
    }

    /// The same for a coroutine whose result is not needed, which saves memory for it.
    template <class T>
    void start(Coro<T> coro) {
        check_open();
        spawn_discarding(std::move(coro));
    }

    /// The end of `async with`: waits for all children. `body_error` is the exception that the code inside
    /// ended with, or null. A cancellation from outside is rethrown, any other becomes one of the group's
    /// errors. If the group throws errors although the parent was cancelled from outside, the parent's next
    /// wait throws CancelledError. Called once, by the task that made the group.
    Coro<> join(std::exception_ptr body_error = nullptr);

    /// The loop time at which a cancellation from outside reached the group, Duration::max() if none did.
    Duration cancelled_at() const noexcept { return cancelled_at_; }

    /// Cancels the children, and admits no new ones. Does not by itself make join() fail.
    void abort() noexcept;

    // The children that have not ended, in the order of their creation.
    using TaskOwner::empty;
    using TaskOwner::for_each;
    using TaskOwner::size;

private:
    enum class Phase : std::uint8_t { entered, exiting };
    /// children_and_parent: by a child's failure, which has cancelled the parent too.
    enum class Aborted : std::uint8_t { no, children, children_and_parent };

    void check_open() const;
    void note_cancel() noexcept;
    void child_ended(TaskBase& task) noexcept override;

    Phase phase_ = Phase::entered;
    Aborted aborted_ = Aborted::no;
    std::uint16_t shield_depth_;
    int cancels_before_;  ///< the parent's, when the group was made
    Duration cancelled_at_ = Duration::max();
    std::exception_ptr interrupt_;  ///< a KeyboardInterrupt, the one error that is not grouped
};

/// `co_await with_task_group(f)` awaits f(group) and then all tasks of the group; gives the result of f's
/// coroutine. F: Coro<T>(TaskGroup&).
template <class F>
std::invoke_result_t<F&, TaskGroup&> with_task_group(F f) {
    using T = typename std::invoke_result_t<F&, TaskGroup&>::value_type;
    TaskGroup group;
    [[maybe_unused]] detail::ResultStore<T> result;
    std::exception_ptr error;
    try {
        if constexpr (std::is_void_v<T>) {
            co_await f(group);
        } else {
            result.set(co_await f(group));
        }
    } catch (...) {
        error = std::current_exception();
    }
    co_await group.join(std::move(error));
    if constexpr (std::is_reference_v<T>) {
        co_return result.get();
    } else if constexpr (!std::is_void_v<T>) {
        co_return std::move(result.get());
    }
}

}  // namespace arun
