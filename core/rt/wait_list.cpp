#include "rt/wait_list.hpp"

#include "rt/task_base.hpp"

namespace arun {

void WaitNode::notify() noexcept {
    task_->wake();
}

bool WaitNode::cancel() noexcept {
    if (!linked()) return false;
    unlink();
    task_->wake_cancelled();
    return true;
}

void WaitNode::suspend(std::coroutine_handle<> frame, WaitList& list) noexcept {
    task_ = detail::running.task;
    list.add(*this);
    task_->suspend(frame, *this);
}

void WaitNode::check_cancelled() const {
    if (task_ != nullptr) task_->check_cancelled();
}

}  // namespace arun
