#include "rt/timeout.hpp"

#include "rt/loop.hpp"

#include <cassert>
#include <string>

namespace arun {

/// Owns itself: gone when it has run or was dropped. The Timeout may be gone before.
class Timeout::Soon final : public ReadyNode, public FramePooled {
public:
    explicit Soon(Timeout& timeout) noexcept : timeout_(&timeout) {}
    void forget() noexcept { timeout_ = nullptr; }
    void run() noexcept override {
        if (timeout_ != nullptr) {
            timeout_->soon_ = nullptr;
            timeout_->on_timeout();
        }
        delete this;
    }
    void drop() noexcept override {
        if (timeout_ != nullptr) timeout_->soon_ = nullptr;
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
    pressing_ = task_->pending_cancel_requests();
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
    const bool ours = state_ == State::expiring;
    leave();
    // Somebody else wants the task to end, too: then it is for them to catch.
    return ours && task_->pending_cancel_requests() <= pressing_;
}

void Timeout::arm() {
    if (!when_) return;
    Loop& loop = task_->loop();
    if (*when_ <= loop.time()) {
        // Not by the timer: the loop looks at the clock now and then only, but at what is ready on each
        // turn, and a body that gives way once must not get past a limit of zero.
        soon_ = new Soon(*this);
        loop.call_soon(*soon_);
    } else {
        loop.arm(*this, *when_);
    }
}

void Timeout::disarm() noexcept {
    if (armed()) task_->loop().disarm(*this);
    if (soon_ != nullptr) std::exchange(soon_, nullptr)->forget();
}

void Timeout::on_timeout() noexcept {
    assert(state_ == State::active);
    state_ = State::expiring;
    task_->cancel_from(shield_depth_);
}

std::optional<Duration> detail::deadline_after(std::optional<Duration> delay) {
    if (!delay) return {};
    const Duration now = Loop::get_running().time();
    return *delay > Duration::max() - now ? Duration::max() : now + *delay;
}

}  // namespace arun
