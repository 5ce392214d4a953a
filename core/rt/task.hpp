/// Task<T>, a handle to a scheduled coroutine as asyncio.Task, and TaskOwner, which keeps tasks until they
/// are done.
#pragma once

#include "rt/awaitable.hpp"
#include "rt/coro.hpp"
#include "rt/task_base.hpp"

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <utility>

namespace arun {

/// A counted reference to a task of any result type.
class AnyTask {
public:
    AnyTask() noexcept = default;
    AnyTask(TaskBase& task) noexcept : task_(task) {}

    explicit operator bool() const noexcept { return static_cast<bool>(task_); }
    friend bool operator==(const AnyTask&, const AnyTask&) noexcept = default;
    TaskBase& operator*() const noexcept { return *task_; }
    TaskBase* operator->() const noexcept { return task_.get(); }
    TaskBase* get() const noexcept { return task_.get(); }

    bool done() const noexcept { return task_->done(); }
    bool cancelled() const noexcept { return task_->cancelled(); }
    bool cancel() const noexcept { return task_->cancel(); }
    int cancelling() const noexcept { return task_->cancelling(); }
    int uncancel() const noexcept { return task_->uncancel(); }
    std::exception_ptr exception() const { return task_->exception(); }

private:
    detail::Ref<TaskBase> task_;
};

namespace detail {

/// Waits until a task has ended. Cancelling the wait cancels the task, and the wait goes on.
class TaskWait : public WaitNode {
public:
    explicit TaskWait(AnyTask target) noexcept : target_(std::move(target)) {}
    bool await_ready() const noexcept { return target_.done(); }
    /// Throws std::runtime_error if the running task is the target.
    void await_suspend(std::coroutine_handle<> frame);
    bool cancel() noexcept override { return target_.cancel(); }

protected:
    AnyTask target_;
};

/// `co_await task` where the task is an lvalue: gives a reference into the task.
template <class T>
class TaskAwaiter final : public TaskWait {
public:
    using TaskWait::TaskWait;
    decltype(auto) await_resume() {
        check_cancelled();
        return static_cast<TaskState<T>&>(*target_).result();
    }
};

/// `co_await create_task(f())`: gives the result itself.
template <class T>
class TaskTakingAwaiter final : public TaskWait {
public:
    using TaskWait::TaskWait;
    T await_resume() {
        check_cancelled();
        return take_result(static_cast<TaskState<T>&>(*target_));
    }
};

/// Cancelling the wait leaves the task alone.
class DoneWait final : public TaskWait {
public:
    using TaskWait::TaskWait;
    bool cancel() noexcept override { return WaitNode::cancel(); }
    void await_resume() { check_cancelled(); }
};

}  // namespace detail

/// Dropping the handle does not stop the task: its owner keeps it. `co_await task` gives its result or throws
/// its error. Cancelling the awaiting task cancels the awaited one; see shield().
template <class T = void>
class Task : public AnyTask {
public:
    using value_type = T;

    Task() noexcept = default;
    explicit Task(TaskState<T>& state) noexcept : AnyTask(state) {}

    /// A reference into the task, or void. Throws its error, CancelledError, or InvalidStateError if it is
    /// not done.
    decltype(auto) result() const { return state().result(); }
    TaskState<T>& state() const noexcept { return static_cast<TaskState<T>&>(**this); }

    detail::TaskAwaiter<T> operator co_await() const& noexcept { return detail::TaskAwaiter<T>(*this); }
    detail::TaskTakingAwaiter<T> operator co_await() && noexcept {
        return detail::TaskTakingAwaiter<T>(std::move(*this));
    }
};

/// `co_await wait_done(task)` returns when the task is done, whatever it ended with, as asyncio.wait. Unlike
/// `co_await task`, cancelling the wait leaves the task running.
class [[nodiscard]] wait_done {
public:
    explicit wait_done(AnyTask task) noexcept : task_(std::move(task)) {}
    detail::DoneWait operator co_await() && noexcept { return detail::DoneWait(std::move(task_)); }

private:
    AnyTask task_;
};

/// The loop for the tasks of create_task(), a group for its children: a list of tasks that are not done, in
/// the order of their creation, with a reference to each of them. Destroying it destroys the frames of those
/// that remain.
class TaskOwner {
public:
    /// `parent`: the task that is to await these, null for the loop's own. The loop and the parent must
    /// outlive the owner.
    TaskOwner(Loop& loop, TaskBase* parent) noexcept;
    TaskOwner(const TaskOwner&) = delete;
    TaskOwner& operator=(const TaskOwner&) = delete;
    virtual ~TaskOwner();

    Loop& loop() const noexcept { return loop_; }
    TaskBase* parent() const noexcept { return parent_; }
    bool empty() const noexcept { return tasks_.empty(); }
    std::size_t size() const noexcept { return size_; }

    /// Creates a task that is ready to start, in `context` or a copy of the current one. Throws
    /// std::invalid_argument if there is no coroutine.
    template <class T>
    Task<T> spawn(Coro<T> coro, std::optional<Context> context = {}) {
        return start<T>(std::move(coro),
                        context ? ContextSlot(*std::move(context)) : ContextSlot::current().snapshot(),
                        false);
    }
    /// The same for a coroutine whose result is not needed: the task has no room for it.
    template <class T>
    Task<> spawn_discarding(Coro<T> coro) {
        return start<void>(std::move(coro), ContextSlot::current().snapshot(), true);
    }

    /// Visits the tasks in order. `visit` may cancel them and create new ones.
    template <class F>
    void for_each(F&& visit) {
        // No task ends inside of cancel(), so the list only grows meanwhile.
        for (TaskBase* task = tasks_.first(); task != nullptr; task = tasks_.next(*task)) visit(*task);
    }
    void cancel_all() noexcept {
        for_each([](TaskBase& task) { task.cancel(); });
    }
    /// Ends all tasks by destroying their frames, for when they cannot be awaited.
    void abandon_all() noexcept;

protected:
    using TaskList = detail::IntrusiveList<TaskBase, &TaskBase::siblings_>;

    /// True if child_done() is called on the loop's next iteration, and the task stays in the list so long.
    virtual bool notified_on_completion() const noexcept { return false; }
    /// The task has ended and has left the list; it is alive until this returns. Called inside the task's
    /// last step, or on the iteration after it.
    virtual void child_done(TaskBase& task) noexcept { static_cast<void>(task); }

private:
    friend class TaskBase;
    friend class Loop;
    friend bool task_before(const TaskBase& a, const TaskBase& b) noexcept;

    template <class Stored, class T>
    Task<Stored> start(Coro<T> coro, ContextSlot context, bool discards_result) {
        if (!coro) detail::throw_no_coroutine();
        auto state = detail::make_ref<TaskState<Stored>>(std::move(context), discards_result);
        auto root = coro.release();
        root.promise().slot = state.get();
        Task<Stored> task(*state);
        adopt(std::move(state), root);
        return task;
    }
    void adopt(detail::Ref<TaskBase> task, std::coroutine_handle<> root) noexcept;
    void remove(TaskBase& task) noexcept {
        tasks_.remove(task);
        --size_;
    }

    Loop& loop_;
    TaskBase* parent_;
    TaskList tasks_;
    detail::ListLinks<TaskOwner> owners_;
    std::uint64_t number_;  ///< orders owners with one parent
    std::uint32_t size_ = 0;
    std::uint32_t next_index_ = 0;
    std::uint32_t depth_;
};

/// The running loop's own tasks. Throws std::runtime_error ("no running event loop").
TaskOwner& running_loop_tasks();

/// Runs `coro` concurrently, as a task of the running loop. It starts on the loop's next iteration, in
/// `context` or a copy of the current one. Closing the Runner cancels it.
template <class T>
[[nodiscard]] Task<T> create_task(Coro<T> coro, std::optional<Context> context = {}) {
    return running_loop_tasks().spawn(std::move(coro), std::move(context));
}

template <OtherAwaitable A>
[[nodiscard]] Task<AwaitResult<A>> create_task(A awaitable, std::optional<Context> context = {}) {
    return create_task(as_coro(std::move(awaitable)), std::move(context));
}

}  // namespace arun
