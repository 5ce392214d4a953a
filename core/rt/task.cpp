#include "rt/task.hpp"

#include "rt/loop.hpp"
#include "rt/shield_scope.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <new>
#include <stdexcept>

namespace arun {

TaskBase::~TaskBase() {
    // The owner's reference keeps a task until it is done.
    assert(done());
    if (state_ == State::failed && !seen_) {
        if (Loop* loop = Loop::running()) {
            loop->call_exception_handler("Task exception was never retrieved", core_.error);
        }
    }
    core_.error.~exception_ptr();
}

Loop& TaskBase::loop() const noexcept {
    return owner_->loop();
}

bool TaskBase::inside_shield() const noexcept {
    for (const TaskBase* task = owner_ != nullptr ? owner_->parent() : nullptr; task != nullptr;
         task = task->owner_ != nullptr ? task->owner_->parent() : nullptr) {
        if (task->shields_ > 0) return true;
    }
    return false;
}

void TaskBase::run() noexcept {
    if (abandoned_) return release();
    if (done()) return settle();
    if (must_cancel_ && !started_) {
        must_cancel_ = false;
        state_ = State::running;
        core_.root.destroy();
        return finish(State::cancelled, nullptr);
    }
    // Not through a reference: g++ 12 takes the flags of its address's computation for UBSan's test of it,
    // after a call.
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
        return end();
    }
    assert(state_ != State::running);  // it awaits something that is not of this runtime
    if (must_cancel_ && state_ == State::waiting) [[unlikely]] {
        // Cancelled while it ran; there is something to cancel only now. (A wait that ends by that sets the
        // flag again, so it is not to be cleared afterwards.)
        must_cancel_ = false;
        if (!waiting_->cancel()) must_cancel_ = true;
    }
}

void TaskBase::drop() noexcept {
    if (abandoned_) release();
}

void TaskBase::end() noexcept {
    if (detail::running.raised) {
        detail::running.raised = false;
        std::exception_ptr error = loop().take_raised();
        if (is_cancelled(error)) return finish(State::cancelled, nullptr);
        return finish(State::failed, std::move(error));
    }
    // Cancelled right before the body returned: the request counts, not the result.
    finish(must_cancel_ ? State::cancelled : State::returned, nullptr);
}

void TaskBase::conclude(State end, std::exception_ptr error) noexcept {
    state_ = end;
    must_cancel_ = false;
    std::construct_at(&core_.error, std::move(error));
}

void TaskBase::finish(State end, std::exception_ptr error) noexcept {
    conclude(end, std::move(error));
    // As asyncio's done callbacks: a group hears of it on the next turn, before those who await the task. So
    // a sibling that is ready as well takes its step, whatever this one ended with.
    const bool group = owner_->notified_on_completion();
    if (group) loop().call_soon(*this);
    waiters_.notify_all();
    if (!group) settle();
}

void TaskBase::settle() noexcept {
    TaskOwner& owner = *std::exchange(owner_, nullptr);
    owner.remove(*this);
    owner.child_done(*this);
    release();  // the owner's reference
}

void TaskBase::abandon() noexcept {
    if (done()) {
        // In the ready queue, which takes over the owner's reference.
        std::exchange(owner_, nullptr)->remove(*this);
        abandoned_ = true;
        return;
    }
    assert(state_ != State::running);
    if (state_ == State::ready) {
        abandoned_ = true;
        add_ref();
    }
    // Nobody may wake it, or cancel what it waits on, while that is being destroyed.
    state_ = State::running;
    core_.root.destroy();
    conclude(State::cancelled, nullptr);
    waiters_.notify_all();
    settle();
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
    if (cancels_ < std::numeric_limits<decltype(cancels_)>::max()) ++cancels_;
    if (shielded_from(depth)) {
        keep_cancel(depth);
    } else {
        deliver_cancel();
    }
    return true;
}

int TaskBase::uncancel() noexcept {
    if (cancels_ == 0 || --cancels_ > 0) return cancels_;
    kept_cancels_ = 0;
    // In the ready queue it may be for the very reason that its wait was cut short.
    if (state_ != State::ready) must_cancel_ = false;
    return 0;
}

void TaskBase::deliver_cancel() noexcept {
    if (state_ == State::waiting && waiting_->cancel()) return;
    must_cancel_ = true;
}

namespace {
constexpr unsigned count_bits = 4;
constexpr unsigned count_max = (1u << count_bits) - 1;

/// Where the count of a depth begins. Shields nested deeper than the bits last share the last count.
unsigned kept_shift(unsigned depth) noexcept {
    return count_bits * std::min(depth, 3u);
}
}  // namespace

void TaskBase::keep_cancel(unsigned depth) noexcept {
    const unsigned shift = kept_shift(depth);
    if ((kept_cancels_ >> shift & count_max) == count_max) return;
    kept_cancels_ = static_cast<std::uint16_t>(kept_cancels_ + (1u << shift));
}

int TaskBase::pending_cancel_requests() const noexcept {
    int kept = 0;
    for (unsigned counts = kept_cancels_; counts != 0; counts >>= count_bits) {
        kept += static_cast<int>(counts & count_max);
    }
    return std::max(0, cancels_ - kept);
}

void TaskBase::leave_shield() noexcept {
    --shields_;
    const unsigned within = (1u << kept_shift(shields_)) - 1;
    if ((kept_cancels_ & ~within) == 0) return;
    kept_cancels_ = static_cast<std::uint16_t>(kept_cancels_ & within);
    deliver_cancel();
}

void TaskBase::break_shields() noexcept {
    if (shields_ == 0) return;
    if (kept_cancels_ == 0) {
        cancel();
    } else {
        kept_cancels_ = 0;
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
    seen_ = true;
    if (state_ == State::failed) std::rethrow_exception(core_.error);
}

std::exception_ptr TaskBase::exception() {
    if (!done()) throw InvalidStateError("Exception is not set.");
    if (cancelled()) throw CancelledError();
    return error();
}

std::exception_ptr TaskBase::error() noexcept {
    if (state_ != State::failed) return nullptr;
    seen_ = true;
    return core_.error;
}

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

void detail::TaskWait::await_suspend(std::coroutine_handle<> frame) {
    task_ = running.task;
    if (task_ == target_.get()) {
        task_ = nullptr;
        throw std::runtime_error("Task cannot await on itself");
    }
    target_->add_waiter(*this);
    task_->suspend(frame, *this);
}

TaskBase& current_task() {
    if (detail::running.task == nullptr) throw std::runtime_error("no running task");
    return *detail::running.task;
}

TaskOwner& running_loop_tasks() {
    return Loop::get_running().tasks();
}

ShieldScope::ShieldScope() : task_(current_task()) {
    // A request that came while the task ran, and was to interrupt its next wait.
    if (task_.must_cancel_ && !task_.loop().shields_broken()) {
        task_.must_cancel_ = false;
        task_.keep_cancel(task_.shields_);
    }
    ++task_.shields_;
    // Too late for a shield: what is done in here is cut short at its first wait.
    if (task_.loop().shields_broken()) task_.cancel();
}

ShieldScope::~ShieldScope() {
    task_.leave_shield();
}

}  // namespace arun
