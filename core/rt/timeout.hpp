/// Time limits, as asyncio.timeout().
#pragma once

#include "base/duration.hpp"
#include "rt/awaitable.hpp"
#include "rt/coro.hpp"
#include "rt/errors.hpp"
#include "rt/timer_queue.hpp"

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace arun {

/// A time limit was exceeded.
class TimeoutError : public std::runtime_error {
public:
    TimeoutError() : std::runtime_error("timed out") {}
};

/// A time limit on a part of a task's code. At the deadline the task is cancelled; if the code ends by this
/// cancellation and no other, TimeoutError is thrown instead.
///
///     Timeout limit(when);
///     co_await limit.run(f());
///
/// The task that entered it must destroy it.
class Timeout final : private TimerNode {
public:
    enum class State : std::uint8_t { created, active, expiring, expired, finished };

    /// `when`: loop time, or no limit. If it has passed, the limit is reached on the next iteration.
    explicit Timeout(std::optional<Duration> when) noexcept : when_(when) {}
    /// The limit is reached `delay` after enter().
    static Timeout after(std::optional<Duration> delay) noexcept {
        Timeout timeout(delay);
        timeout.relative_ = true;
        return timeout;
    }
    /// Precondition: `other` was not entered. A coroutine may take a Timeout as its parameter.
    Timeout(Timeout&& other) noexcept : TimerNode(), when_(other.when_), relative_(other.relative_) {}
    ~Timeout() { leave(); }

    std::optional<Duration> when() const noexcept { return when_; }
    /// Moves the limit. Any task may call it. Throws std::runtime_error unless the state is active.
    void reschedule(std::optional<Duration> when);
    /// The limit was reached before the code ended.
    bool expired() const noexcept { return state_ == State::expiring || state_ == State::expired; }
    State state() const noexcept { return state_; }

    /// The two ends of `async with`, for code that is not a coroutine. enter() throws std::runtime_error
    /// outside of a task, and when called again.
    void enter();
    /// Called if the code ended with CancelledError. Returns true if that must become a TimeoutError.
    bool leave_cancelled() noexcept;
    /// Called if the code ended otherwise. Idempotent; the destructor calls it too.
    void leave() noexcept;

    /// Enters, awaits `body`, leaves. Throws TimeoutError if the limit ended the body.
    template <class T>
    Coro<T> run(Coro<T> body) {
        return run_within<Timeout&>(*this, std::move(body));
    }
    template <OtherAwaitable A>
    Coro<AwaitResult<A>> run(A body) {
        return run(as_coro(std::move(body)));
    }

private:
    template <class T>
    friend Coro<T> timeout_at(std::optional<Duration> when, Coro<T> body);
    template <class T>
    friend Coro<T> timeout(std::optional<Duration> delay, Coro<T> body);

    class SoonCall;
    class LeaveGuard {
    public:
        explicit LeaveGuard(Timeout& timeout) noexcept : timeout_(timeout) {}
        LeaveGuard(const LeaveGuard&) = delete;
        LeaveGuard& operator=(const LeaveGuard&) = delete;
        ~LeaveGuard() { timeout_.leave(); }

    private:
        Timeout& timeout_;
    };

    /// The coroutine behind run(), timeout() and timeout_at(). Limit is Timeout or Timeout&.
    template <class Limit, class T>
    static Coro<T> run_within(Limit limit, Coro<T> body) {
        limit.enter();
        LeaveGuard guard(limit);
        try {
            co_return co_await std::move(body);
        } catch (const CancelledError&) {
            if (!limit.leave_cancelled()) throw;
        }
        throw TimeoutError();
    }

    void arm();
    void disarm() noexcept;
    void on_timeout() noexcept;
    void expire() noexcept override { on_timeout(); }
    const TaskBase* task() const noexcept override { return task_; }

    std::optional<Duration> when_;
    TaskBase* task_ = nullptr;
    SoonCall* soon_call_ = nullptr;
    int initial_cancel_requests_ = 0;  ///< made before enter(), by others
    std::uint16_t shield_depth_ = 0;
    bool relative_ = false;  ///< when_ is a delay until enter()
    State state_ = State::created;
};

/// "active", "expired"...
std::string_view to_string(Timeout::State state) noexcept;

/// `co_await timeout_at(t, f())` gives f()'s result, or throws TimeoutError if f() is not done at loop time
/// `t`; f() was then cancelled, and has ended. Without `t` there is no limit.
template <class T>
Coro<T> timeout_at(std::optional<Duration> when, Coro<T> body) {
    return Timeout::run_within<Timeout>(Timeout(when), std::move(body));
}

template <OtherAwaitable A>
Coro<AwaitResult<A>> timeout_at(std::optional<Duration> when, A body) {
    return timeout_at(when, as_coro(std::move(body)));
}

/// The same for a deadline `delay` after it is awaited, as asyncio.wait_for().
template <class T>
Coro<T> timeout(std::optional<Duration> delay, Coro<T> body) {
    return Timeout::run_within<Timeout>(Timeout::after(delay), std::move(body));
}

template <OtherAwaitable A>
Coro<AwaitResult<A>> timeout(std::optional<Duration> delay, A body) {
    return timeout(delay, as_coro(std::move(body)));
}

}  // namespace arun
