/// Who answers for tasks: the loop for those of create_task(), a group for its children.
#pragma once

#include "rt/coro.hpp"
#include "rt/task_base.hpp"

#include <cstddef>
#include <optional>

namespace arun {

template <class T>
class Task;

/// An intrusive list of tasks that are not done, in the order of their creation. It holds a reference
/// to each of them. Destroying it destroys the frames of those that are left.
class TaskOwner {
public:
    /// `parent`: the task that waits for these in the end, null for the loop's own. The loop must
    /// outlive the owner, and the parent too.
    TaskOwner(Loop& loop, TaskBase* parent) noexcept;
    TaskOwner(const TaskOwner&) = delete;
    TaskOwner& operator=(const TaskOwner&) = delete;
    virtual ~TaskOwner();

    Loop& loop() const noexcept { return loop_; }
    TaskBase* parent() const noexcept { return parent_; }
    bool empty() const noexcept { return first_ == nullptr; }
    std::size_t size() const noexcept { return size_; }

    /// Makes a task that is ready to start. Without a context it gets a copy of the current one.
    /// Throws std::invalid_argument if there is no coroutine. Defined in rt/task.hpp.
    template <class T>
    Task<T> spawn(Coro<T> coro, std::optional<Context> context = {});

    /// The same for a coroutine whose result nobody asks for: the task has no room for it. Defined in
    /// rt/task.hpp.
    template <class T>
    Task<void> spawn_discarding(Coro<T> coro);

    /// Visits the tasks in order. `visit` may cancel them and make new ones.
    template <class F>
    void for_each(F&& visit) {
        // Cancelling ends no task at once, so the list only grows meanwhile.
        for (TaskBase* task = first_; task != nullptr; task = task->next_sibling_) visit(*task);
    }
    void cancel_all() noexcept {
        for_each([](TaskBase& task) { task.cancel(); });
    }
    /// Ends all tasks by destroying their frames, for when awaiting them is out of the question.
    void abandon_all() noexcept;

protected:
    /// True if child_done() is to be called on the loop's next turn; until then the task stays in the list.
    virtual bool notified_on_completion() const noexcept { return false; }
    /// The task has ended, was taken from the list, and is still alive until this returns. Called inside the
    /// task's last step, or on the turn after it.
    virtual void child_done(TaskBase& task) noexcept { static_cast<void>(task); }

private:
    friend class TaskBase;
    friend class Loop;
    friend bool task_before(const TaskBase& a, const TaskBase& b) noexcept;

    void adopt(TaskBase& task, std::coroutine_handle<> root) noexcept;
    void remove(TaskBase& task) noexcept;

    Loop& loop_;
    TaskBase* parent_;
    TaskBase* first_ = nullptr;
    TaskBase* last_ = nullptr;
    TaskOwner* next_owner_ = nullptr;
    TaskOwner* previous_owner_ = nullptr;
    std::uint64_t number_;  ///< orders owners with one parent
    std::uint32_t size_ = 0;
    std::uint32_t next_index_ = 0;
    std::uint32_t depth_;
};

}  // namespace arun
