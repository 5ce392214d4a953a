/// What TaskGroup and race() have in common: a task that waits until all of its children have ended.
#pragma once

#include "rt/ready.hpp"
#include "rt/task_owner.hpp"

#include <coroutine>

namespace arun {

/// Owns tasks on behalf of the running task, their parent, and lives in the parent's frame.
class ChildScope : public TaskOwner {
protected:
    /// Throws std::runtime_error outside of a task; `name` is for its text.
    explicit ChildScope(const char* name);
    ~ChildScope() override = default;

    /// A child has ended, and was taken from the list.
    virtual void child_ended(TaskBase& task) noexcept = 0;

    /// `co_await all_ended()`, by the parent: until there are no children. Throws CancelledError if the
    /// parent is cancelled meanwhile, and leaves the children alone. It may be awaited again.
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

    AllEnded* waiting_ = nullptr;
};

}  // namespace arun
