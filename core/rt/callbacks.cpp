#include "rt/callbacks.hpp"

#include "rt/loop.hpp"

namespace arun::detail {

void report_callback_error() noexcept {
    running.loop->call_exception_handler("Exception in callback", std::current_exception());
}

void TimedCall::expire() noexcept {
    loop_.call_soon(static_cast<ReadyNode&>(*this));
}

void TimedCall::run() noexcept {
    if (!cancelled_) call();
    loop_.forget_call(*this);
}

void TimedCall::drop() noexcept {
    loop_.forget_call(*this);
}

void TimedCall::cancel_call() noexcept {
    if (!pending_) return;
    cancelled_ = true;
    // An expired call is in the ready queue, and is forgotten when it runs.
    if (!armed()) return;
    loop_.disarm(*this);
    loop_.forget_call(*this);
}

}  // namespace arun::detail
