/// Callbacks on a loop: what call_soon() and call_at() make of a function.
#pragma once

#include "rt/context.hpp"
#include "rt/frame_pool.hpp"
#include "rt/ready.hpp"
#include "rt/timer_queue.hpp"

#include <cstdint>
#include <exception>
#include <utility>

namespace arun {

class Loop;

namespace detail {

/// Tells the running loop's exception handler; called in a catch handler.
void report_callback_error() noexcept;

/// The running code is in `slot`'s context.
class ContextSlotScope {
public:
    explicit ContextSlotScope(ContextSlot& slot) noexcept
        : saved_(std::exchange(current_context_slot, &slot)) {}
    ContextSlotScope(const ContextSlotScope&) = delete;
    ContextSlotScope& operator=(const ContextSlotScope&) = delete;
    ~ContextSlotScope() { current_context_slot = saved_; }

private:
    ContextSlot* saved_;
};

template <class F>
void run_callback(F& function, ContextSlot& context) noexcept {
    ContextSlotScope scope(context);
    try {
        function();
    } catch (...) {
        report_callback_error();
    }
}

/// Owns itself: gone when it has run or was dropped.
template <class F>
class SoonCall final : public ReadyNode, public FramePooled {
public:
    explicit SoonCall(F&& function)
        : function_(std::move(function)), context_(ContextSlot::current().snapshot()) {}
    void run() noexcept override {
        run_callback(function_, context_);
        delete this;
    }
    void drop() noexcept override { delete this; }

private:
    F function_;
    ContextSlot context_;
};

/// Counted: by its TimerHandles, and by the loop until it has run or was cancelled.
class TimedCall : public TimerNode, public ReadyNode, public FramePooled {
public:
    explicit TimedCall(Loop& loop) : loop_(loop), context_(ContextSlot::current().snapshot()) {}
    void expire() noexcept final;
    void run() noexcept final;
    void drop() noexcept final;
    void cancel_call() noexcept;
    bool cancelled() const noexcept { return cancelled_; }
    void add_ref() noexcept { ++refs_; }
    void release() noexcept {
        if (--refs_ == 0) delete this;
    }

protected:
    virtual ~TimedCall() = default;
    virtual void call() = 0;

private:
    friend class arun::Loop;
    Loop& loop_;
    ContextSlot context_;
    TimedCall* next_call_ = nullptr;
    TimedCall* previous_call_ = nullptr;
    std::uint32_t refs_ = 0;
    bool pending_ = false;  ///< the loop has yet to run it
    bool cancelled_ = false;
};

template <class F>
class TimedCallOf final : public TimedCall {
public:
    TimedCallOf(Loop& loop, F&& function) : TimedCall(loop), function_(std::move(function)) {}

private:
    void call() override { function_(); }
    F function_;
};

}  // namespace detail

/// The way to take a call_at() or call_later() back. Dropping it changes nothing.
class TimerHandle {
public:
    TimerHandle() noexcept = default;
    explicit TimerHandle(detail::TimedCall& call) noexcept : call_(&call) { call.add_ref(); }
    TimerHandle(const TimerHandle& other) noexcept : call_(other.call_) {
        if (call_ != nullptr) call_->add_ref();
    }
    TimerHandle(TimerHandle&& other) noexcept : call_(std::exchange(other.call_, nullptr)) {}
    TimerHandle& operator=(TimerHandle other) noexcept {
        std::swap(call_, other.call_);
        return *this;
    }
    ~TimerHandle() {
        if (call_ != nullptr) call_->release();
    }

    /// The function will not be called; nothing if it was already. Only while the loop lives.
    void cancel() noexcept {
        if (call_ != nullptr) call_->cancel_call();
    }
    bool cancelled() const noexcept { return call_ != nullptr && call_->cancelled(); }
    /// In loop time.
    Duration when() const noexcept { return call_->deadline(); }

private:
    detail::TimedCall* call_ = nullptr;
};

}  // namespace arun
