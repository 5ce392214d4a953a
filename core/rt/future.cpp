#include "rt/future.hpp"

#include "rt/loop.hpp"

#include <stdexcept>

namespace arun::detail {

FutureState::~FutureState() {
    if (state_ != State::error || retrieved_) return;
    if (Loop* loop = Loop::running()) {
        loop->call_exception_handler("Future exception was never retrieved", error_);
    }
}

bool FutureState::cancel() noexcept {
    if (done()) return false;
    finish(State::cancelled);
    return true;
}

void FutureState::set_exception(std::exception_ptr error) {
    require_pending();
    if (!error) throw std::invalid_argument("an exception was expected");
    error_ = std::move(error);
    finish(State::error);
}

std::exception_ptr FutureState::exception() const {
    if (cancelled()) throw CancelledError();
    if (!done()) throw InvalidStateError("Exception is not set.");
    retrieved_ = true;
    return error_;
}

void FutureState::require_result() const {
    if (cancelled()) throw CancelledError();
    if (!done()) throw InvalidStateError("Result is not ready.");
    retrieved_ = true;
    if (state_ == State::error) std::rethrow_exception(error_);
}

void FutureState::require_pending() const {
    if (done()) throw InvalidStateError("invalid state");
}

void FutureState::finish(State state) noexcept {
    state_ = state;
    waiters_.notify_all();
}

}  // namespace arun::detail
