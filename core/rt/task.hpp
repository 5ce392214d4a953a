/// Task<T>: a handle to a scheduled coroutine, as asyncio.Task.
#pragma once

#include "rt/coro.hpp"
#include "rt/task_base.hpp"
#include "rt/task_owner.hpp"
#include "rt/task_result.hpp"

#include <optional>
#include <utility>

namespace arun {

/// A counted reference to a task of whatever type.
class AnyTask {
public:
    AnyTask() noexcept = default;
    AnyTask(TaskBase& task) noexcept : task_(&task) { task.add_ref(); }
    AnyTask(const AnyTask& other) noexcept : task_(other.task_) {
        if (task_ != nullptr) task_->add_ref();
    }
    AnyTask(AnyTask&& other) noexcept : task_(std::exchange(other.task_, nullptr)) {}
    AnyTask& operator=(AnyTask other) noexcept {
        std::swap(task_, other.task_);
        return *this;
    }
    ~AnyTask() {
        if (task_ != nullptr) task_->release();
    }

    explicit operator bool() const noexcept { return task_ != nullptr; }
    friend bool operator==(const AnyTask&, const AnyTask&) noexcept = default;
    TaskBase& operator*() const noexcept { return *task_; }
    TaskBase* operator->() const noexcept { return task_; }
    TaskBase* get() const noexcept { return task_; }

    bool done() const noexcept { return task_->done(); }
    bool cancelled() const noexcept { return task_->cancelled(); }
    bool cancel() const noexcept { return task_->cancel(); }
    int cancelling() const noexcept { return task_->cancelling(); }
    int uncancel() const noexcept { return task_->uncancel(); }
    std::exception_ptr exception() const { return task_->exception(); }

protected:
    TaskBase* task_ = nullptr;
};

namespace detail {

/// Waits for a task to end. Cancelling this wait cancels that task, and goes on until it has ended.
class TaskWait : public WaitNode {
public:
    explicit TaskWait(AnyTask target) noexcept : target_(std::move(target)) {}
    bool await_ready() const noexcept { return target_.done(); }
    /// Throws std::runtime_error if the running task is the target.
    void await_suspend(std::coroutine_handle<> frame);
    bool cancel() noexcept override { return target_.cancel(); }

protected:
    void check() {
        if (task_ != nullptr) task_->check_cancelled();
    }
    AnyTask target_;
};

/// Of `co_await task` where the task has a name: a reference into it.
template <class T>
class TaskAwaiter final : public TaskWait {
public:
    using TaskWait::TaskWait;
    decltype(auto) await_resume() {
        check();
        return static_cast<TaskState<T>&>(*target_).result();
    }
};

/// Of `co_await create_task(f())`: the result itself, moved if nobody else can see it.
template <class T>
class TaskTakingAwaiter final : public TaskWait {
public:
    using TaskWait::TaskWait;
    T await_resume() {
        check();
        return take_result(static_cast<TaskState<T>&>(*target_));
    }
};

}  // namespace detail

/// Dropping the handle does not stop the task: its owner keeps it. `co_await task` gives its result or
/// throws its error; cancelling the one who awaits cancels the task too, see shield().
template <class T = void>
class [[nodiscard]] Task : public AnyTask {
public:
    using value_type = T;

    Task() noexcept = default;
    explicit Task(TaskState<T>& state) noexcept : AnyTask(state) {}

    /// A reference into the task, or void. Throws its error, CancelledError, or InvalidStateError if it
    /// is not done.
    decltype(auto) result() const { return state().result(); }
    TaskState<T>& state() const noexcept { return static_cast<TaskState<T>&>(*task_); }

    detail::TaskAwaiter<T> operator co_await() const& noexcept { return detail::TaskAwaiter<T>(*this); }
    detail::TaskTakingAwaiter<T> operator co_await() && noexcept {
        return detail::TaskTakingAwaiter<T>(std::move(*this));
    }
};

template <class T>
Task<T> TaskOwner::spawn(Coro<T> coro, std::optional<Context> context) {
    if (!coro) detail::throw_no_coroutine();
    auto* state =
        new TaskState<T>(context ? ContextSlot(*std::move(context)) : ContextSlot::current().snapshot());
    auto root = coro.release();
    root.promise().slot = state;
    Task<T> task(*state);
    adopt(*state, root);
    return task;
}

template <class T>
Task<void> TaskOwner::spawn_discarding(Coro<T> coro) {
    if (!coro) detail::throw_no_coroutine();
    auto* state = new TaskState<void>(ContextSlot::current().snapshot(), true);
    auto root = coro.release();
    root.promise().slot = state;
    Task<void> task(*state);
    adopt(*state, root);
    return task;
}

/// The running loop's own tasks; throws std::runtime_error ("no running event loop") without one.
TaskOwner& running_loop_tasks();

/// Runs `coro` beside its caller, as a task of the running loop. It starts on the loop's next turn, in
/// `context`, or in a copy of the current one. Closing the Runner cancels it.
template <class T>
Task<T> create_task(Coro<T> coro, std::optional<Context> context = {}) {
    return running_loop_tasks().spawn(std::move(coro), std::move(context));
}

}  // namespace arun
