#include "rt/task.hpp"

#include "rt/loop.hpp"

#include <stdexcept>

namespace arun {

void detail::TaskWait::await_suspend(std::coroutine_handle<> frame) {
    if (running.task == target_.get()) throw std::runtime_error("Task cannot await on itself");
    task_ = running.task;
    target_->add_waiter(*this);
    task_->suspend(frame, *this);
}

TaskOwner::TaskOwner(Loop& loop, TaskBase* parent) noexcept
    : loop_(loop),
      parent_(parent),
      number_(loop.owners_created_++),
      depth_(parent != nullptr && parent->owner() != nullptr ? parent->owner()->depth_ + 1 : 0) {
    loop_.owners_.push_back(*this);
}

TaskOwner::~TaskOwner() {
    abandon_all();
    loop_.owners_.remove(*this);
}

void TaskOwner::abandon_all() noexcept {
    // Youngest first: the older ones may hold what the younger ones use.
    while (TaskBase* task = tasks_.last()) task->abandon();
}

void TaskOwner::adopt(detail::Ref<TaskBase> reference, std::coroutine_handle<> root) noexcept {
    TaskBase& task = *reference.detach();
    task.root_ = root;
    task.continuation = root;
    task.owner_ = this;
    task.index_ = next_index_++;
    tasks_.push_back(task);
    ++size_;
    loop_.call_soon(task);
}

TaskOwner& running_loop_tasks() {
    return Loop::get_running().tasks();
}

}  // namespace arun
