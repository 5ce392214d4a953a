/// The loop's callbacks, its debug mode and its extensions: what is not the turn itself.
#include "rt/loop.hpp"

#include <algorithm>
#include <string>

namespace arun {

namespace detail {

void report_callback_error() noexcept {
    running.loop->call_exception_handler("Exception in callback", std::current_exception());
}

void TimedCall::expire() noexcept {
    loop_.call_soon(static_cast<ReadyNode&>(*this));
}

void TimedCall::run() noexcept {
    if (!cancelled_) {
        ContextSlotScope scope(context_);
        try {
            call();
        } catch (...) {
            report_callback_error();
        }
    }
    loop_.forget_call(*this);
}

void TimedCall::drop() noexcept {
    loop_.forget_call(*this);
}

void TimedCall::cancel_call() noexcept {
    if (!pending_) return;
    cancelled_ = true;
    // Expired, it is in the ready queue, and goes when its turn comes.
    if (!armed()) return;
    loop_.disarm(*this);
    loop_.forget_call(*this);
}

}  // namespace detail

TimerHandle Loop::arm_call(detail::TimedCall& call, Duration when) {
    TimerHandle handle(call);
    timers_.insert(call, when);
    call.add_ref();
    call.pending_ = true;
    call.next_call_ = calls_;
    if (calls_ != nullptr) calls_->previous_call_ = &call;
    calls_ = &call;
    return handle;
}

void Loop::forget_call(detail::TimedCall& call) noexcept {
    call.pending_ = false;
    (call.previous_call_ != nullptr ? call.previous_call_->next_call_ : calls_) = call.next_call_;
    if (call.next_call_ != nullptr) call.next_call_->previous_call_ = call.previous_call_;
    call.next_call_ = call.previous_call_ = nullptr;
    call.release();
}

void Loop::drop_calls() noexcept {
    while (calls_ != nullptr) calls_->cancel_call();
}

void Loop::run_batch_watched() noexcept {
    while (!batch_.empty()) {
        const Duration before = Clock::monotonic();
        batch_.pop().run();
        const Duration taken = Clock::monotonic() - before;
        if (taken >= slow_callback_duration) log("a step took " + format_duration(taken));
        if (--steps_left_ == 0) {
            steps_left_ = unlimited;
            out_of_steps_ = true;
            stopping_ = true;
            return;
        }
    }
}

void Loop::log(std::string_view message) noexcept {
    if (!debug_ || !debug_log) return;
    try {
        debug_log(message);
    } catch (...) {
        // A log that fails must not fail what is logged.
    }
}

LoopExtension* Loop::find_extension(const void* key) noexcept {
    for (Extension& extension : extensions_) {
        if (extension.key == key) return extension.object.get();
    }
    return nullptr;
}

LoopExtension& Loop::add_extension(const void* key, std::unique_ptr<LoopExtension> extension) {
    check_open();
    return *extensions_.emplace_back(Extension{key, std::move(extension)}).object;
}

Coro<> Loop::shutdown_extensions() {
    using Phase = LoopExtension::Phase;
    std::exception_ptr first_error;
    for (const Phase phase : {Phase::asyncgens, Phase::executor, Phase::io}) {
        // By index: a shutdown may bring new ones.
        for (std::size_t i = 0; i < extensions_.size(); ++i) {
            LoopExtension& extension = *extensions_[i].object;
            if (extension.phase() != phase) continue;
            try {
                co_await extension.shutdown();
            } catch (...) {
                if (!first_error) first_error = std::current_exception();
            }
        }
    }
    if (first_error) std::rethrow_exception(first_error);
}

}  // namespace arun
