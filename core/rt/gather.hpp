/// gather(): runs many coroutines concurrently and collects their results, as asyncio.gather.
#pragma once

#include "rt/coro.hpp"
#include "rt/loop.hpp"
#include "rt/task.hpp"

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace arun {

/// The outcome of a task: its result, or the exception that it ended with.
template <class T>
class TaskOutcome {
public:
    using Value = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

    explicit TaskOutcome(Value value) : value_(std::move(value)) {}
    explicit TaskOutcome(std::exception_ptr error) noexcept : error_(std::move(error)) {}

    bool ok() const noexcept { return !error_; }
    /// Null if there is a result; a CancelledError if the task was cancelled.
    const std::exception_ptr& error() const noexcept { return error_; }
    /// Throws the error if there is no result.
    Value& value() & {
        if (error_) std::rethrow_exception(error_);
        return *value_;
    }
    const Value& value() const& { return const_cast<TaskOutcome&>(*this).value(); }

private:
    std::optional<Value> value_;
    std::exception_ptr error_;
};

/// The last argument of gather(..., return_exceptions): errors are among the results.
struct ReturnExceptions {
    explicit ReturnExceptions() = default;
};
inline constexpr ReturnExceptions return_exceptions{};

namespace detail {

/// The wait for many tasks. Cancelling it cancels all of them; it lasts until they have ended, or until the
/// first has if that is what it waits for.
class Gathering final : public Suspension {
public:
    enum class Until : bool { first_error, all_done };
    Gathering(std::vector<AnyTask> tasks, Until until);
    ~Gathering();

    bool await_ready() const noexcept { return complete(); }
    void await_suspend(std::coroutine_handle<> frame) noexcept;
    /// Throws CancelledError if the wait was cancelled, and the first error if it waits for that.
    void await_resume();
    bool cancel() noexcept override;

    template <class T>
    TaskState<T>& at(std::size_t index) const noexcept {
        return static_cast<TaskState<T>&>(*tasks_[index]);
    }
    std::size_t size() const noexcept { return tasks_.size(); }
    /// The exception that the task has ended with, or null.
    std::exception_ptr error_at(std::size_t index) const noexcept;

private:
    class Node;

    bool complete() const noexcept { return pending_ == 0 || failed_ != nullptr; }
    void task_done(TaskBase& task) noexcept;

    std::vector<AnyTask> tasks_;
    std::unique_ptr<Node[]> nodes_;
    std::size_t pending_ = 0;
    TaskBase* waiter_ = nullptr;
    TaskBase* failed_ = nullptr;  ///< the first to fail, if that ends the wait
    Until until_;
    bool suspended_ = false;
    bool cancel_requested_ = false;
};

template <class T>
using GatherList = std::conditional_t<std::is_void_v<T>, void, std::vector<T>>;

template <class T>
Coro<GatherList<T>> gather_tasks(std::vector<AnyTask> tasks) {
    Gathering gathering(std::move(tasks), Gathering::Until::first_error);
    co_await gathering;
    if constexpr (!std::is_void_v<T>) {
        std::vector<T> results;
        results.reserve(gathering.size());
        for (std::size_t i = 0; i < gathering.size(); ++i) results.push_back(take_result(gathering.at<T>(i)));
        co_return results;
    }
}

template <class T>
typename TaskOutcome<T>::Value take_value(TaskState<T>& state) {
    if constexpr (std::is_void_v<T>) {
        return {};
    } else {
        return take_result(state);
    }
}

template <class T>
Coro<std::vector<TaskOutcome<T>>> gather_outcomes(std::vector<AnyTask> tasks) {
    Gathering gathering(std::move(tasks), Gathering::Until::all_done);
    co_await gathering;
    std::vector<TaskOutcome<T>> outcomes;
    outcomes.reserve(gathering.size());
    for (std::size_t i = 0; i < gathering.size(); ++i) {
        if (std::exception_ptr error = gathering.error_at(i)) {
            outcomes.emplace_back(std::move(error));
        } else {
            outcomes.emplace_back(take_value(gathering.at<T>(i)));
        }
    }
    co_return outcomes;
}

template <class... Ts, std::size_t... I>
Coro<std::tuple<typename TaskOutcome<Ts>::Value...>> gather_tuple(std::vector<AnyTask> tasks,
                                                                  std::index_sequence<I...>) {
    Gathering gathering(std::move(tasks), Gathering::Until::first_error);
    co_await gathering;
    co_return std::tuple<typename TaskOutcome<Ts>::Value...>(take_value(gathering.at<Ts>(I))...);
}

template <class T>
std::vector<AnyTask> start_all(std::vector<Coro<T>> coros) {
    std::vector<AnyTask> tasks;
    tasks.reserve(coros.size());
    for (Coro<T>& coro : coros) tasks.push_back(create_task(std::move(coro)));
    return tasks;
}

template <class T>
std::vector<AnyTask> any_tasks(std::vector<Task<T>> tasks) {
    return {std::make_move_iterator(tasks.begin()), std::make_move_iterator(tasks.end())};
}

}  // namespace detail

/// Creates tasks of `coros` at once. `co_await` gives their results in order (nothing for void), or throws
/// the first error, which is CancelledError if a task was cancelled. The other tasks then go on, and their
/// errors are ignored. Cancelling the awaiting task cancels them all. For tasks that never outlive the wait
/// use TaskGroup. Throws std::runtime_error without a running loop.
template <class T>
Coro<detail::GatherList<T>> gather(std::vector<Coro<T>> coros) {
    return detail::gather_tasks<T>(detail::start_all(std::move(coros)));
}
/// The same for existing tasks.
template <class T>
Coro<detail::GatherList<T>> gather(std::vector<Task<T>> tasks) {
    return detail::gather_tasks<T>(detail::any_tasks(std::move(tasks)));
}

/// Awaits all of them, and gives the outcome of each.
template <class T>
Coro<std::vector<TaskOutcome<T>>> gather(std::vector<Coro<T>> coros, ReturnExceptions) {
    return detail::gather_outcomes<T>(detail::start_all(std::move(coros)));
}
template <class T>
Coro<std::vector<TaskOutcome<T>>> gather(std::vector<Task<T>> tasks, ReturnExceptions) {
    return detail::gather_outcomes<T>(detail::any_tasks(std::move(tasks)));
}

/// `gather(f(), g())` gives a tuple, with std::monostate for void.
template <class... Ts>
    requires(sizeof...(Ts) > 0)
Coro<std::tuple<typename TaskOutcome<Ts>::Value...>> gather(Coro<Ts>... coros) {
    std::vector<AnyTask> tasks;
    tasks.reserve(sizeof...(Ts));
    (tasks.push_back(create_task(std::move(coros))), ...);
    return detail::gather_tuple<Ts...>(std::move(tasks), std::index_sequence_for<Ts...>());
}

template <Awaitable... As>
    requires(sizeof...(As) > 0 && (OtherAwaitable<As> || ...))
Coro<std::tuple<typename TaskOutcome<AwaitResult<As>>::Value...>> gather(As... awaitables) {
    return gather(as_coro(std::move(awaitables))...);
}

}  // namespace arun
