#include "rt/timeout.hpp"

#include "rt/loop.hpp"

#include <cassert>
#include <string>

namespace arun {

/// The callback for a limit that has passed when it is set. Owns itself: deleted once it has run or was
/// dropped, maybe after the Timeout is gone.
class Timeout::SoonCall final : public ReadyNode, public FramePooled {
public:
    explicit SoonCall(Timeout& timeout) noexcept : timeout_(&timeout) {}
    void cancel() noexcept { timeout_ = nullptr; }
    void run() noexcept override {
        if (timeout_ != nullptr) {
            timeout_->soon_call_ = nullptr;
            timeout_->on_timeout();
        }
        delete this;
    }
    void drop() noexcept override {
        if (timeout_ != nullptr) timeout_->soon_call_ = nullptr;
        delete this;
    }

private:
    Timeout* timeout_;
};

std::string_view to_string(Timeout::State state) noexcept {
    switch (state) {
        case Timeout::State::created:
            return "created";
        case Timeout::State::active:
            return "active";
        case Timeout::State::expiring:
            return "expiring";
        case Timeout::State::expired:
            return "expired";
        case Timeout::State::finished:
            return "finished";
    }
    return {};
}

void Timeout::reschedule(std::optional<Duration> when) {
    if (state_ != State::active) {
        if (state_ == State::created) throw std::runtime_error("Timeout has not been entered");
        throw std::runtime_error("Cannot change state of " + std::string(to_string(state_)) + " Timeout");
    }
    when_ = when;
    disarm();
    arm();
}

void Timeout::enter() {
    if (state_ != State::created) throw std::runtime_error("Timeout has already been entered");
    if (detail::running.task == nullptr) throw std::runtime_error("Timeout should be used inside a task");
    task_ = detail::running.task;
    if (relative_ && when_) when_ = task_->loop().time_after(*when_);
    relative_ = false;
    initial_cancel_requests_ = task_->pending_cancel_requests();
    shield_depth_ = static_cast<std::uint16_t>(task_->shield_depth());
    arm();
    state_ = State::active;
}

void Timeout::leave() noexcept {
    disarm();
    if (state_ == State::expiring) {
        state_ = State::expired;
        task_->uncancel();
    } else if (state_ == State::active) {
        state_ = State::finished;
    }
}

bool Timeout::leave_cancelled() noexcept {
    const bool expiring = state_ == State::expiring;
    leave();
    // With another request pending, the CancelledError is for the party that made it.
    return expiring && task_->pending_cancel_requests() <= initial_cancel_requests_;
}

void Timeout::arm() {
    if (!when_) return;
    Loop& loop = task_->loop();
    if (*when_ <= loop.time()) {
        // Not by a timer: the loop does not check timers on every iteration, and a body that yields once must
        // not outlast a limit of zero.
        soon_call_ = new SoonCall(*this);
        loop.call_soon(*soon_call_);
    } else {
        loop.arm(*this, *when_);
    }
}

void Timeout::disarm() noexcept {
    if (armed()) task_->loop().disarm(*this);
    if (soon_call_ != nullptr) std::exchange(soon_call_, nullptr)->cancel();
}

void Timeout::on_timeout() noexcept {
    assert(state_ == State::active);
    state_ = State::expiring;
    task_->cancel_from(shield_depth_);
}

}  // namespace arun
