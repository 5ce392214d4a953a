#include "rt/child_scope.hpp"

#include "rt/loop.hpp"

#include <stdexcept>
#include <string>

namespace arun {

namespace {
TaskBase& parent_task(const char* name) {
    if (detail::running.task == nullptr) {
        throw std::runtime_error(std::string(name) + " cannot determine the parent task");
    }
    return *detail::running.task;
}
}  // namespace

ChildScope::ChildScope(const char* name)
    : TaskOwner((parent_task(name), Loop::get_running()), &parent_task(name)) {}

ChildScope::~ChildScope() {
    while (TaskBase* task = failed_.first()) {
        failed_.remove(*task);
        task->release();
    }
}

void ChildScope::keep_failed(TaskBase& task) noexcept {
    task.add_ref();
    failed_.push_back(task);
}

std::vector<std::exception_ptr> ChildScope::errors() const {
    std::vector<std::exception_ptr> errors;
    for (TaskBase* task = failed_.first(); task != nullptr; task = failed_.next(*task)) {
        errors.push_back(task->error());
    }
    return errors;
}

void ChildScope::child_done(TaskBase& task) noexcept {
    child_ended(task);
    if (!empty() || waiting_ == nullptr) return;
    waiting_ = nullptr;
    parent()->wake();
}

ChildScope::AllEnded::~AllEnded() {
    if (scope_.waiting_ == this) scope_.waiting_ = nullptr;
}

void ChildScope::AllEnded::await_suspend(std::coroutine_handle<> frame) noexcept {
    suspended_ = true;
    scope_.waiting_ = this;
    scope_.parent()->suspend(frame, *this);
}

void ChildScope::AllEnded::await_resume() {
    if (suspended_) scope_.parent()->check_cancelled();
}

bool ChildScope::AllEnded::cancel() noexcept {
    if (scope_.waiting_ != this) return false;
    scope_.waiting_ = nullptr;
    scope_.parent()->wake_cancelled();
    return true;
}

}  // namespace arun
