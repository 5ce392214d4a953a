/// A wait that counts as pending I/O (Loop::PendingIoGuard) as long as it lasts.
#pragma once

#include "rt/loop.hpp"
#include "rt/task.hpp"
#include "rt/wait_list.hpp"

#include <coroutine>

namespace arun::detail {

class IoWait : public WaitNode {
public:
    void notify() noexcept override {
        pending_.release();
        WaitNode::notify();
    }
    bool cancel() noexcept override {
        if (!WaitNode::cancel()) return false;
        pending_.release();
        return true;
    }

protected:
    IoWait() noexcept = default;
    ~IoWait() = default;

    void suspend(std::coroutine_handle<> frame, WaitList& list, Loop::PendingIoGuard pending) noexcept {
        pending_ = std::move(pending);
        WaitNode::suspend(frame, list);
    }
    /// Throws CancelledError if a cancellation ended the wait.
    void check_cancelled() const {
        if (task_ != nullptr) task_->check_cancelled();
    }

private:
    Loop::PendingIoGuard pending_;
};

}  // namespace arun::detail
