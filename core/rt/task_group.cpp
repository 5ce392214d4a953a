#include "rt/task_group.hpp"

#include "rt/loop.hpp"

#include <stdexcept>
#include <vector>

namespace arun {

TaskGroup::TaskGroup()
    : ChildScope("TaskGroup"),
      shield_depth_(static_cast<std::uint16_t>(parent()->shield_depth())),
      cancels_before_(parent()->pending_cancel_requests()) {}

void TaskGroup::check_open() const {
    if (phase_ == Phase::exiting && empty()) throw std::runtime_error("TaskGroup is finished");
    if (aborted_ != Aborted::no) throw std::runtime_error("TaskGroup is shutting down");
}

void TaskGroup::abort() noexcept {
    if (aborted_ == Aborted::no) aborted_ = Aborted::children;
    cancel_all();
}

void TaskGroup::child_ended(TaskBase& task) noexcept {
    const std::exception_ptr error = task.error();
    if (!error) return;
    keep_failed(task);
    if (!interrupt_ && holds<KeyboardInterrupt>(error)) interrupt_ = error;

    // If the group was aborted before, the parent is being cancelled already, or waits in join(). Otherwise
    // it may be anywhere in its body, and has to leave that:
    //
    //     TaskGroup group;
    //     group.create_task(crash_soon());
    //     co_await something();  // <- this wait is cancelled
    //
    // join() withdraws the request, so that the code after the group is not cancelled.
    if (aborted_ != Aborted::no) return;
    abort();
    aborted_ = Aborted::children_and_parent;
    parent()->cancel_from(shield_depth_);
}

/// A wait of the parent was cancelled, maybe by the group itself.
void TaskGroup::note_cancel() noexcept {
    const int own = aborted_ == Aborted::children_and_parent ? 1 : 0;
    if (cancelled_at_ == Duration::max() && parent()->pending_cancel_requests() > cancels_before_ + own)
        cancelled_at_ = loop().time();
}

Coro<> TaskGroup::join(std::exception_ptr body_error) {
    if (phase_ != Phase::entered) throw std::runtime_error("TaskGroup has already been joined");
    phase_ = Phase::exiting;

    bool cancelled = is_cancelled(body_error);
    if (cancelled) note_cancel();
    if (!interrupt_ && holds<KeyboardInterrupt>(body_error)) interrupt_ = body_error;
    if (body_error && aborted_ == Aborted::no) abort();

    // The parent may be cancelled repeatedly while its children clean up.
    while (!empty()) {
        try {
            co_await all_ended();
        } catch (const CancelledError&) {
            note_cancel();
            if (aborted_ == Aborted::no) {
                cancelled = true;
                abort();
            }
        }
    }

    // If the group's own request is the only one, the cancellation ends here. Withdrawn only now, for a child
    // may fail while the others are awaited.
    if (aborted_ == Aborted::children_and_parent) {
        parent()->uncancel();
        if (parent()->pending_cancel_requests() == 0) cancelled = false;
    }

    if (interrupt_) std::rethrow_exception(interrupt_);
    // Errors take precedence over cancellation.
    if (cancelled && !any_failed()) throw CancelledError{};
    std::vector<std::exception_ptr> all = errors();
    if (body_error && !is_cancelled(body_error)) all.push_back(std::move(body_error));
    if (all.empty()) co_return;
    // The errors must not hide a cancellation from outside: the parent's next wait throws it again (as in
    // CPython 3.12.3).
    if (parent()->pending_cancel_requests() > 0) {
        parent()->uncancel();
        parent()->cancel();
    }
    throw ExceptionGroup("unhandled errors in a TaskGroup", std::move(all));
}

}  // namespace arun
