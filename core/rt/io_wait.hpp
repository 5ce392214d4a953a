/// What waits for real I/O: a wait that keeps an PendingIoGuard as long as it lasts.
#pragma once

#include "rt/loop.hpp"
#include "rt/task.hpp"
#include "rt/wait_list.hpp"

#include <coroutine>

namespace arun::detail {

class IoWait : public WaitNode {
public:
    void notify() noexcept override {
        hold_.release();
        WaitNode::notify();
    }
    bool cancel() noexcept override {
        if (!WaitNode::cancel()) return false;
        hold_.release();
        return true;
    }

protected:
    IoWait() noexcept = default;
    ~IoWait() = default;

    void suspend(std::coroutine_handle<> frame, WaitList& list, Loop::PendingIoGuard hold) noexcept {
        hold_ = std::move(hold);
        WaitNode::suspend(frame, list);
    }
    /// Throws CancelledError if that is why the wait is over.
    void check_cancelled() const {
        if (task_ != nullptr) task_->check_cancelled();
    }

private:
    Loop::PendingIoGuard hold_;
};

}  // namespace arun::detail
