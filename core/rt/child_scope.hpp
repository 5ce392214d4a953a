/// ChildScope: the common base of TaskGroup and race(), whose task waits until all children have ended.
#pragma once

#include "rt/ready.hpp"
#include "rt/task.hpp"

#include <coroutine>
#include <exception>
#include <vector>

namespace arun {

/// Owns the children of the running task, which is their parent, and lives in the parent's frame.
class ChildScope : public TaskOwner {
protected:
    /// Throws std::runtime_error outside of a task; `name` begins its message.
    explicit ChildScope(const char* name);
    ~ChildScope() override;

    /// A child has ended and has left the list.
    virtual void child_ended(TaskBase& task) noexcept = 0;

    /// Keeps a failed child for its error, which allocates nothing. Called in child_ended().
    void keep_failed(TaskBase& task) noexcept;
    bool any_failed() const noexcept { return !failed_.empty(); }
    /// The errors of the failed children, in the order in which they occurred.
    std::vector<std::exception_ptr> errors() const;

    /// `co_await all_ended()`, for the parent only, returns when there are no children. Throws CancelledError
    /// if the parent is cancelled meanwhile, and leaves the children alone. May be awaited again.
    class AllEnded final : public Suspension {
    public:
        explicit AllEnded(ChildScope& scope) noexcept : scope_(scope) {}
        ~AllEnded();
        bool await_ready() const noexcept { return scope_.empty(); }
        void await_suspend(std::coroutine_handle<> frame) noexcept;
        void await_resume();
        bool cancel() noexcept override;

    private:
        ChildScope& scope_;
        bool suspended_ = false;
    };
    AllEnded all_ended() noexcept { return AllEnded(*this); }

private:
    bool notified_on_completion() const noexcept final { return true; }
    void child_done(TaskBase& task) noexcept final;

    TaskList failed_;  ///< a reference to each
    AllEnded* waiting_ = nullptr;
};

}  // namespace arun
