#include "rt/task_base.hpp"

#include "rt/loop.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <stdexcept>

namespace arun {

namespace detail {

constinit thread_local Running running;

void store_exception() noexcept {
    running.loop->raised_ = std::current_exception();
    running.raised = true;
}

void throw_stored_exception() {
    running.raised = false;
    std::rethrow_exception(running.loop->take_raised());
}

}  // namespace detail

TaskBase::~TaskBase() {
    // The owner's reference keeps a task until it is done.
    assert(done());
    if (state_ == State::failed && !retrieved_) {
        if (Loop* loop = Loop::running()) {
            loop->call_exception_handler("Task exception was never retrieved", error_);
        }
    }
    std::destroy_at(&error_);
}

Loop& TaskBase::loop() const noexcept {
    return owner_->loop();
}

TaskBase* TaskBase::parent() const noexcept {
    return owner_ != nullptr ? owner_->parent() : nullptr;
}

bool TaskBase::inside_shield() const noexcept {
    for (const TaskBase* task = parent(); task != nullptr; task = task->parent()) {
        if (task->shields_ > 0) return true;
    }
    return false;
}

void TaskBase::run() noexcept {
    if (abandoned_) return release();
    if (done()) return leave_owner();
    if (must_cancel_ && !started_) {
        must_cancel_ = false;
        state_ = State::running;
        root_.destroy();
        return finish(State::cancelled, nullptr);
    }
    // Not through a reference to detail::running: in UBSan builds g++ 12 tests that for null with flags that
    // the calls in between have changed.
    started_ = true;
    state_ = State::running;
    detail::running.task = this;
    ContextSlot* const outer_context = std::exchange(detail::current_context_slot, &context_);
    std::coroutine_handle<> frame = std::exchange(continuation, nullptr);
    do {
        detail::running.next = nullptr;
        frame.resume();
        frame = detail::running.next;
    } while (frame);
    detail::current_context_slot = outer_context;
    detail::running.task = nullptr;
    if (detail::running.finished) [[unlikely]] {
        detail::running.finished = false;
        return coroutine_ended();
    }
    assert(state_ != State::running);  // otherwise it awaits something that is not of this runtime
    if (must_cancel_ && state_ == State::waiting) [[unlikely]] {
        // Cancelled while it ran: only now is there a wait to cancel. The flag is cleared before, because a
        // wait that ends here sets it again.
        must_cancel_ = false;
        if (!waiting_->cancel()) must_cancel_ = true;
    }
}

void TaskBase::drop() noexcept {
    if (abandoned_) release();
}

void TaskBase::coroutine_ended() noexcept {
    if (detail::running.raised) {
        detail::running.raised = false;
        std::exception_ptr error = loop().take_raised();
        if (is_cancelled(error)) return finish(State::cancelled, nullptr);
        return finish(State::failed, std::move(error));
    }
    // Cancelled right before the body returned: the request counts, not the result.
    finish(must_cancel_ ? State::cancelled : State::returned, nullptr);
}

void TaskBase::set_outcome(State end, std::exception_ptr error) noexcept {
    state_ = end;
    must_cancel_ = false;
    std::construct_at(&error_, std::move(error));
}

void TaskBase::finish(State end, std::exception_ptr error) noexcept {
    set_outcome(end, std::move(error));
    // As asyncio's done callbacks: a group is notified on the next iteration, before the tasks that await
    // this one. A sibling that is ready as well takes its step first, whatever this task ended with.
    const bool notify_later = owner_->notified_on_completion();
    if (notify_later) loop().call_soon(*this);
    waiters_.notify_all();
    if (!notify_later) leave_owner();
}

void TaskBase::leave_owner() noexcept {
    TaskOwner& owner = *std::exchange(owner_, nullptr);
    owner.remove(*this);
    owner.child_done(*this);
    release();  // the owner's reference
}

void TaskBase::abandon() noexcept {
    if (done()) {
        // In the ready queue, which takes the owner's reference over.
        std::exchange(owner_, nullptr)->remove(*this);
        abandoned_ = true;
        return;
    }
    assert(state_ != State::running);
    if (state_ == State::ready) {
        abandoned_ = true;
        add_ref();
    }
    // In this state nothing can wake the task, nor cancel its wait, while its frames are destroyed.
    state_ = State::running;
    root_.destroy();
    set_outcome(State::cancelled, nullptr);
    waiters_.notify_all();
    leave_owner();
}

void TaskBase::wake() noexcept {
    if (state_ != State::waiting) return;
    state_ = State::ready;
    loop().call_soon(*this);
}

bool TaskBase::shielded_from(unsigned depth) const noexcept {
    return shields_ > depth && !loop().shields_broken();
}

bool TaskBase::cancel_from(unsigned depth) noexcept {
    if (done()) return false;
    if (cancel_requests_ < std::numeric_limits<decltype(cancel_requests_)>::max()) ++cancel_requests_;
    if (shielded_from(depth)) {
        defer_cancel(depth);
    } else {
        deliver_cancel();
    }
    return true;
}

int TaskBase::uncancel() noexcept {
    if (cancel_requests_ == 0 || --cancel_requests_ > 0) return cancel_requests_;
    deferred_cancels_ = 0;
    // A ready task keeps the flag: it may be ready because its wait was cancelled.
    if (state_ != State::ready) must_cancel_ = false;
    return 0;
}

void TaskBase::deliver_cancel() noexcept {
    if (state_ == State::waiting && waiting_->cancel()) return;
    must_cancel_ = true;
}

namespace {
constexpr unsigned count_bits = 4;
constexpr unsigned max_count = (1u << count_bits) - 1;

/// The position of a depth's count. Depths beyond the last count share it.
unsigned count_shift(unsigned depth) noexcept {
    return count_bits * std::min(depth, 3u);
}
}  // namespace

void TaskBase::defer_cancel(unsigned depth) noexcept {
    const unsigned shift = count_shift(depth);
    if ((deferred_cancels_ >> shift & max_count) == max_count) return;
    deferred_cancels_ = static_cast<std::uint16_t>(deferred_cancels_ + (1u << shift));
}

int TaskBase::pending_cancel_requests() const noexcept {
    int deferred = 0;
    for (unsigned counts = deferred_cancels_; counts != 0; counts >>= count_bits) {
        deferred += static_cast<int>(counts & max_count);
    }
    return std::max(0, cancel_requests_ - deferred);
}

void TaskBase::leave_shield() noexcept {
    --shields_;
    const unsigned still_shielded = (1u << count_shift(shields_)) - 1;
    if ((deferred_cancels_ & ~still_shielded) == 0) return;
    deferred_cancels_ = static_cast<std::uint16_t>(deferred_cancels_ & still_shielded);
    deliver_cancel();
}

void TaskBase::break_shields() noexcept {
    if (shields_ == 0) return;
    if (deferred_cancels_ == 0) {
        cancel();
    } else {
        deferred_cancels_ = 0;
        deliver_cancel();
    }
}

void TaskBase::throw_cancelled() {
    must_cancel_ = false;
    throw CancelledError();
}

void TaskBase::require_result() {
    if (!done()) throw InvalidStateError("Result is not ready.");
    if (cancelled()) throw CancelledError();
    retrieved_ = true;
    if (state_ == State::failed) std::rethrow_exception(error_);
}

std::exception_ptr TaskBase::exception() {
    if (!done()) throw InvalidStateError("Exception is not set.");
    if (cancelled()) throw CancelledError();
    return error();
}

std::exception_ptr TaskBase::error() noexcept {
    if (state_ != State::failed) return nullptr;
    retrieved_ = true;
    return error_;
}

bool task_before(const TaskBase& a, const TaskBase& b) noexcept {
    const TaskBase* x = &a;
    const TaskBase* y = &b;
    while (x->owner_->depth_ > y->owner_->depth_) x = x->owner_->parent_;
    if (x == &b) return false;  // they are the same, or b is an ancestor
    while (y->owner_->depth_ > x->owner_->depth_) y = y->owner_->parent_;
    if (y == &a) return true;
    while (x->owner_ != y->owner_) {
        const TaskOwner* p = x->owner_;
        const TaskOwner* q = y->owner_;
        if (p->parent_ == q->parent_) return p->number_ < q->number_;
        x = p->parent_;
        y = q->parent_;
    }
    // Indices wrap around after four billion tasks, but siblings are never that far apart.
    return static_cast<std::int32_t>(x->index_ - y->index_) < 0;
}

TaskBase& current_task() {
    if (detail::running.task == nullptr) throw std::runtime_error("no running task");
    return *detail::running.task;
}

}  // namespace arun
