#include "rt/task_group.hpp"

#include "rt/errors.hpp"

#include <stdexcept>

namespace arun {

TaskGroup::TaskGroup()
    : ChildScope("TaskGroup"), shield_depth_(static_cast<std::uint16_t>(parent()->shield_depth())) {}

void TaskGroup::check_open() const {
    if (phase_ == Phase::exiting && empty()) throw std::runtime_error("TaskGroup is finished");
    if (abort_ != Abort::no) throw std::runtime_error("TaskGroup is shutting down");
}

void TaskGroup::abort() noexcept {
    if (abort_ == Abort::no) abort_ = Abort::children;
    cancel_all();
}

void TaskGroup::add_error(std::exception_ptr error) {
    if (!base_error_ && holds<KeyboardInterrupt>(error)) base_error_ = error;
    errors_.push_back(std::move(error));
}

void TaskGroup::child_ended(TaskBase& task) noexcept {
    std::exception_ptr error = task.error();
    if (!error) return;
    add_error(std::move(error));

    // While the parent is cancelled by others, or waits in join() for children that were told to end,
    // there is nothing left to ask for. Otherwise it may be somewhere in its body, and has to come out:
    //
    //     TaskGroup group;
    //     group.create_task(crash_soon());
    //     co_await something();  // <- this wait is cut short
    //
    // join() takes the request back, so that what follows the group is not cancelled.
    if (abort_ != Abort::no) return;
    abort();
    abort_ = Abort::parent_asked;
    parent()->cancel_from(shield_depth_);
}

Coro<> TaskGroup::join(std::exception_ptr body_error) {
    if (phase_ != Phase::entered) throw std::runtime_error("TaskGroup has already been joined");
    phase_ = Phase::exiting;

    bool cancelled = is_cancelled(body_error);
    if (!base_error_ && holds<KeyboardInterrupt>(body_error)) base_error_ = body_error;
    if (body_error && abort_ == Abort::no) abort();

    // More than once, since the parent may be cancelled again and again while its children clean up.
    while (!empty()) {
        try {
            co_await all_ended();
        } catch (const CancelledError&) {
            if (abort_ == Abort::no) {
                cancelled = true;
                abort();
            }
        }
    }

    // With no request left but our own, the cancellation was ours, and ends here. Not before the children
    // have ended: a child may ask while we wait for the others.
    if (abort_ == Abort::parent_asked) {
        parent()->uncancel();
        if (parent()->pending_cancel_requests() == 0) cancelled = false;
    }

    if (base_error_) std::rethrow_exception(base_error_);
    // Errors come before cancellation.
    if (cancelled && errors_.empty()) throw CancelledError{};
    if (body_error && !is_cancelled(body_error)) errors_.push_back(std::move(body_error));
    if (errors_.empty()) co_return;
    // The parent is cancelled from outside, and the errors must not make it forget: its next wait will
    // tell it again (as in CPython from 3.12.3 on).
    if (parent()->pending_cancel_requests() > 0) {
        parent()->uncancel();
        parent()->cancel();
    }
    throw ExceptionGroup("unhandled errors in a TaskGroup", std::move(errors_));
}

}  // namespace arun
