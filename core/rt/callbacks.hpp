/// Callbacks of a loop: the objects that call_soon() and call_at() make of a function.
#pragma once

#include "rt/context.hpp"
#include "rt/frame_pool.hpp"
#include "rt/intrusive_list.hpp"
#include "rt/ready.hpp"
#include "rt/ref.hpp"
#include "rt/timer_queue.hpp"

#include <exception>
#include <utility>

namespace arun {

class Loop;

namespace detail {

/// Called in a catch handler: passes the exception to the running loop's exception handler.
void report_callback_error() noexcept;

/// A function and the context that it is called in.
template <class F>
class Callback {
public:
    explicit Callback(F&& function)
        : function_(std::move(function)), context_(ContextSlot::current().snapshot()) {}
    void operator()() noexcept {
        ContextSlotScope scope(context_);
        try {
            function_();
        } catch (...) {
            report_callback_error();
        }
    }

private:
    F function_;
    ContextSlot context_;
};

/// Owns itself: deleted once it has run or was dropped.
template <class F>
class SoonCall final : public ReadyNode, public FramePooled {
public:
    explicit SoonCall(F&& function) : callback_(std::move(function)) {}
    void run() noexcept override {
        callback_();
        delete this;
    }
    void drop() noexcept override { delete this; }
    bool from_outside() const noexcept override { return from_outside_; }
    void set_from_outside() noexcept { from_outside_ = true; }

private:
    Callback<F> callback_;
    bool from_outside_ = false;
};

/// Counted by its TimerHandles, and by the loop while it is pending.
class TimedCall : public TimerNode, public ReadyNode, public RefCounted<TimedCall>, public FramePooled {
public:
    explicit TimedCall(Loop& loop) noexcept : loop_(loop) {}
    void expire() noexcept final;
    void run() noexcept final;
    void drop() noexcept final;
    void cancel_call() noexcept;
    bool cancelled() const noexcept { return cancelled_; }

protected:
    friend RefCounted;
    virtual ~TimedCall() = default;
    virtual void call() noexcept = 0;

private:
    friend class arun::Loop;
    bool cancelled_ = false;
    bool pending_ = false;  ///< in the loop's list of calls
    Loop& loop_;
    ListLinks<TimedCall> links_;
};

template <class F>
class TimedCallOf final : public TimedCall {
public:
    TimedCallOf(Loop& loop, F&& function) : TimedCall(loop), callback_(std::move(function)) {}

private:
    void call() noexcept override { callback_(); }
    Callback<F> callback_;
};

}  // namespace detail

/// Cancels a call_at() or call_later(). Dropping the handle has no effect on the call.
class TimerHandle {
public:
    TimerHandle() noexcept = default;
    explicit TimerHandle(detail::Ref<detail::TimedCall> call) noexcept : call_(std::move(call)) {}

    /// The function will not be called. No effect if it was called already. Precondition: the loop is alive.
    void cancel() noexcept {
        if (call_) call_->cancel_call();
    }
    bool cancelled() const noexcept { return call_ && call_->cancelled(); }
    /// In loop time. Precondition: the handle is not empty.
    Duration when() const noexcept { return call_->deadline(); }

private:
    detail::Ref<detail::TimedCall> call_;
};

}  // namespace arun
