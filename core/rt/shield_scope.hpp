/// ShieldScope: cancellation has to wait, as in anyio's CancelScope(shield=True).
#pragma once

namespace arun {

class TaskBase;

/// While the scope lives, a cancel() of the task that made it is only kept, and delivered when the
/// scope ends. Timeouts and groups made inside of it cancel as ever. Loop::break_shields() makes all
/// shields void; a scope that is made after it cancels its task.
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
