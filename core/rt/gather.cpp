#include "rt/gather.hpp"

namespace arun::detail {

class Gathering::Node final : public WaitNode {
public:
    void notify() noexcept override { gathering->task_done(*task); }

    Gathering* gathering = nullptr;
    TaskBase* task = nullptr;
};

Gathering::Gathering(std::vector<AnyTask> tasks, Until until)
    : tasks_(std::move(tasks)), nodes_(new Node[tasks_.size()]), pending_(tasks_.size()), until_(until) {
    for (std::size_t i = 0; i < tasks_.size(); ++i) {
        TaskBase& task = *tasks_[i];
        if (task.done()) {
            task_done(task);
            continue;
        }
        nodes_[i].gathering = this;
        nodes_[i].task = &task;
        task.add_waiter(nodes_[i]);
    }
}

Gathering::~Gathering() {
    for (const AnyTask& task : tasks_) task->ignore_error();
}

void Gathering::task_done(TaskBase& task) noexcept {
    --pending_;
    if (until_ == Until::first_error && failed_ == nullptr && (task.cancelled() || task.error() != nullptr)) {
        failed_ = &task;
    }
    if (complete() && waiter_ != nullptr) std::exchange(waiter_, nullptr)->wake();
}

void Gathering::await_suspend(std::coroutine_handle<> frame) noexcept {
    suspended_ = true;
    waiter_ = running.task;
    waiter_->suspend(frame, *this);
}

bool Gathering::cancel() noexcept {
    if (waiter_ == nullptr) return false;
    bool any = false;
    for (const AnyTask& task : tasks_) any = task.cancel() || any;
    cancel_requested_ = cancel_requested_ || any;
    return any;
}

void Gathering::await_resume() {
    if (suspended_) current_task().check_cancelled();
    if (failed_ != nullptr) {
        if (failed_->cancelled()) throw CancelledError();
        std::rethrow_exception(failed_->error());
    }
    // Also if all tasks have survived the cancellation: the request was for the awaiting task.
    if (cancel_requested_) throw CancelledError();
}

std::exception_ptr Gathering::error_at(std::size_t index) const noexcept {
    TaskBase& task = *tasks_[index];
    return task.cancelled() ? std::make_exception_ptr(CancelledError()) : task.error();
}

}  // namespace arun::detail
