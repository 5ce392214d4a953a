/// gather(): many run beside each other, and their results come as a list, as asyncio.gather.
#pragma once

#include "rt/coro.hpp"
#include "rt/loop.hpp"
#include "rt/task.hpp"
#include "rt/task_result.hpp"

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

/// What a task ended with: a result, or what it threw.
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

/// gather(..., return_exceptions): errors come among the results.
struct ReturnExceptions {
    explicit ReturnExceptions() = default;
};
inline constexpr ReturnExceptions return_exceptions{};

namespace detail {

/// The wait for many tasks. Cancelling it cancels all of them, and goes on until they have ended, or
/// until the first has, if that ends the wait.
class Gathering final : public Suspension {
public:
    enum class On : bool { first_error, all_done };
    Gathering(std::vector<AnyTask> tasks, On on);
    ~Gathering();

    bool await_ready() const noexcept { return complete(); }
    void await_suspend(std::coroutine_handle<> frame) noexcept;
    /// Throws CancelledError if the wait was cancelled, and the first error if it is not to be kept.
    void await_resume();
    bool cancel() noexcept override;

    template <class T>
    TaskState<T>& at(std::size_t index) const noexcept {
        return static_cast<TaskState<T>&>(*tasks_[index]);
    }
    std::size_t size() const noexcept { return tasks_.size(); }
    /// What the task has ended with, if that is not a result.
    std::exception_ptr error_at(std::size_t index) const noexcept;

private:
    class Node;

    bool complete() const noexcept { return pending_ == 0 || failed_ != nullptr; }
    void settle(TaskBase& task) noexcept;

    std::vector<AnyTask> tasks_;
    std::unique_ptr<Node[]> nodes_;
    std::size_t pending_ = 0;
    TaskBase* waiter_ = nullptr;
    TaskBase* failed_ = nullptr;  ///< the first, if that ends the wait
    On on_;
    bool suspended_ = false;
    bool cancel_requested_ = false;
};

template <class T>
using GatherList = std::conditional_t<std::is_void_v<T>, void, std::vector<T>>;

template <class T>
Coro<GatherList<T>> gather_tasks(std::vector<AnyTask> tasks) {
    Gathering gathering(std::move(tasks), Gathering::On::first_error);
    co_await gathering;
    if constexpr (!std::is_void_v<T>) {
        std::vector<T> results;
        results.reserve(gathering.size());
        for (std::size_t i = 0; i < gathering.size(); ++i) results.push_back(take_result(gathering.at<T>(i)));
        co_return results;
    }
}

template <class T>
Coro<std::vector<TaskOutcome<T>>> gather_outcomes(std::vector<AnyTask> tasks) {
    Gathering gathering(std::move(tasks), Gathering::On::all_done);
    co_await gathering;
    std::vector<TaskOutcome<T>> outcomes;
    outcomes.reserve(gathering.size());
    for (std::size_t i = 0; i < gathering.size(); ++i) {
        if (std::exception_ptr error = gathering.error_at(i)) {
            outcomes.emplace_back(std::move(error));
        } else if constexpr (std::is_void_v<T>) {
            outcomes.emplace_back(std::monostate{});
        } else {
            outcomes.emplace_back(take_result(gathering.at<T>(i)));
        }
    }
    co_return outcomes;
}

template <class T>
typename TaskOutcome<T>::Value take_value(TaskState<T>& state) {
    if constexpr (std::is_void_v<T>) {
        return {};
    } else {
        return take_result(state);
    }
}

template <class... Ts, std::size_t... I>
Coro<std::tuple<typename TaskOutcome<Ts>::Value...>> gather_tuple(std::vector<AnyTask> tasks,
                                                                  std::index_sequence<I...>) {
    Gathering gathering(std::move(tasks), Gathering::On::first_error);
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

/// Makes tasks of `coros` at once. `co_await` gives the list of results in their order (nothing, for
/// void), or throws the first error (CancelledError, if a task was cancelled); the other tasks go on then,
/// and their errors are nobody's. Cancelling the one who awaits cancels them all. See TaskGroup for tasks
/// that never outlive the wait. Throws std::runtime_error without a running loop.
template <class T>
Coro<detail::GatherList<T>> gather(std::vector<Coro<T>> coros) {
    return detail::gather_tasks<T>(detail::start_all(std::move(coros)));
}
/// The same for tasks that there are already.
template <class T>
Coro<detail::GatherList<T>> gather(std::vector<Task<T>> tasks) {
    return detail::gather_tasks<T>(detail::any_tasks(std::move(tasks)));
}

/// Awaits all of them, and gives what each has ended with.
template <class T>
Coro<std::vector<TaskOutcome<T>>> gather(std::vector<Coro<T>> coros, ReturnExceptions) {
    return detail::gather_outcomes<T>(detail::start_all(std::move(coros)));
}
template <class T>
Coro<std::vector<TaskOutcome<T>>> gather(std::vector<Task<T>> tasks, ReturnExceptions) {
    return detail::gather_outcomes<T>(detail::any_tasks(std::move(tasks)));
}

/// `gather(f(), g())` gives a tuple, std::monostate in it for void.
template <class... Ts>
    requires(sizeof...(Ts) > 0)
Coro<std::tuple<typename TaskOutcome<Ts>::Value...>> gather(Coro<Ts>... coros) {
    std::vector<AnyTask> tasks;
    tasks.reserve(sizeof...(Ts));
    (tasks.push_back(create_task(std::move(coros))), ...);
    return detail::gather_tuple<Ts...>(std::move(tasks), std::index_sequence_for<Ts...>());
}

}  // namespace arun
