/// TaskGroup: children that are all awaited, whatever becomes of them, as asyncio.TaskGroup.
#pragma once

#include "rt/child_scope.hpp"
#include "rt/coro.hpp"
#include "rt/exceptions.hpp"
#include "rt/task.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace arun {

/// Made in the task that will wait, as a local of its coroutine:
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
/// which is what with_task_group() does. The first child that fails has its siblings cancelled, and
/// the parent where it waits; join() awaits all of them, and throws the errors as an ExceptionGroup.
/// A child that was cancelled is no error. KeyboardInterrupt is thrown by itself, whatever else failed.
///
/// A group that is destroyed before join() has ended destroys its children's frames.
class TaskGroup final : private ChildScope {
public:
    /// What `async with TaskGroup()` does first. Throws std::runtime_error outside of a task.
    TaskGroup();

    /// Starts `coro` on the loop's next turn, in `context` or a copy of the current one. Any task may
    /// call it until all children have ended. Throws std::runtime_error when the group is finished or
    /// shutting down, std::invalid_argument without a coroutine.
    template <class T>
    Task<T> create_task(Coro<T> coro, std::optional<Context> context = {}) {
        check_open();
        return spawn(std::move(coro), std::move(context));
    }

    /// The same for a coroutine whose result is of no interest: a million of them are felt.
    template <class T>
    void start(Coro<T> coro) {
        check_open();
        static_cast<void>(spawn_discarding(std::move(coro)));
    }

    /// The end of `async with`: waits for all children. `body_error` is what the code inside has ended
    /// with, null if it went well; it is thrown on if it is a cancellation that came from outside, and
    /// else is one of the group's errors. Where errors are thrown although the parent was cancelled from
    /// outside, its next wait throws CancelledError. Called once, by the task that made the group.
    Coro<> join(std::exception_ptr body_error = nullptr);

    /// Cancels the children and lets no new ones in. join() need not fail because of this.
    void abort() noexcept;

    /// Children that have not ended, in the order of their creation.
    using TaskOwner::empty;
    using TaskOwner::for_each;
    using TaskOwner::size;

private:
    enum class Phase : std::uint8_t { entered, exiting };
    /// How far the end of the children has been asked for; parent_asked: by a child's failure, which
    /// has cancelled the parent too.
    enum class Abort : std::uint8_t { no, children, parent_asked };

    void check_open() const;
    void child_ended(TaskBase& task) noexcept override;
    void add_error(std::exception_ptr error);

    Phase phase_ = Phase::entered;
    Abort abort_ = Abort::no;
    std::uint16_t shield_depth_;
    std::vector<std::exception_ptr> errors_;
    /// A KeyboardInterrupt: the one error that is not grouped.
    std::exception_ptr base_error_;
};

/// `co_await with_task_group(f)` awaits f(group) and then all tasks of the group; gives what f's
/// coroutine gave. F: Coro<T>(TaskGroup&).
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
