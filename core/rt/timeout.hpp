/// Time limits, as asyncio.timeout().
#pragma once

#include "base/duration.hpp"
#include "rt/coro.hpp"
#include "rt/errors.hpp"
#include "rt/timer_queue.hpp"

#include <cstdint>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace arun {

/// The time was up.
class TimeoutError : public std::runtime_error {
public:
    TimeoutError() : std::runtime_error("timed out") {}
};

/// A time limit on a part of a task's code. When the time is up the task is cancelled; when it has come
/// out of that code by this cancellation, and nobody else's, TimeoutError is thrown instead.
///
///     Timeout limit(when);
///     co_await limit.run(f());
///
/// It must be destroyed by the task that entered it.
class Timeout final : private TimerNode {
public:
    enum class State : std::uint8_t { created, active, expiring, expired, finished };

    /// `when` in loop time; none: no limit; one that is past: the limit is reached on the next turn.
    explicit Timeout(std::optional<Duration> when) noexcept : when_(when) {}
    ~Timeout() { leave(); }

    std::optional<Duration> when() const noexcept { return when_; }
    /// Moves the limit; other tasks may. Throws std::runtime_error unless it is active.
    void reschedule(std::optional<Duration> when);
    /// The limit was reached before the code was done.
    bool expired() const noexcept { return state_ == State::expiring || state_ == State::expired; }
    State state() const noexcept { return state_; }

    /// `async with`'s two ends, for code that is not a coroutine of its own. enter() throws
    /// std::runtime_error outside of a task and the second time.
    void enter();
    /// The code was left by a CancelledError: true if it has to be a TimeoutError.
    bool leave_cancelled() noexcept;
    /// The code was left otherwise. The destructor does it too.
    void leave() noexcept;

    /// Enters, awaits `body`, leaves; throws TimeoutError if that is what became of it.
    template <class T>
    Coro<T> run(Coro<T> body) {
        enter();
        Leave leaving(*this);
        try {
            co_return co_await std::move(body);
        } catch (const CancelledError&) {
            if (!leave_cancelled()) throw;
        }
        throw TimeoutError();
    }

private:
    /// The call_soon() of a limit that was past when it was set.
    class Soon;
    class Leave {
    public:
        explicit Leave(Timeout& timeout) noexcept : timeout_(timeout) {}
        Leave(const Leave&) = delete;
        Leave& operator=(const Leave&) = delete;
        ~Leave() { timeout_.leave(); }

    private:
        Timeout& timeout_;
    };

    void arm();
    void disarm() noexcept;
    void on_timeout() noexcept;
    void expire() noexcept override { on_timeout(); }
    const TaskBase* task() const noexcept override { return task_; }

    std::optional<Duration> when_;
    TaskBase* task_ = nullptr;
    Soon* soon_ = nullptr;
    int pressing_ = 0;  ///< requests when it was entered: those are not ours to take back
    std::uint16_t shield_depth_ = 0;
    State state_ = State::created;
};

/// "active", "expired"...
std::string_view to_string(Timeout::State state) noexcept;

namespace detail {
/// Loop time, `delay` from now; the end of time if that is too far away.
std::optional<Duration> deadline_after(std::optional<Duration> delay);
}  // namespace detail

/// `co_await timeout_at(t, f())`: what f() gives, or TimeoutError if it is not done at loop time `t`; f()
/// was cancelled then, and has ended. Without `t` there is no limit.
template <class T>
Coro<T> timeout_at(std::optional<Duration> when, Coro<T> body) {
    Timeout limit(when);
    limit.enter();
    try {
        co_return co_await std::move(body);
    } catch (const CancelledError&) {
        if (!limit.leave_cancelled()) throw;
    }
    throw TimeoutError();
}

/// The same, `delay` from when it is awaited. asyncio's wait_for() is this, too.
template <class T>
Coro<T> timeout(std::optional<Duration> delay, Coro<T> body) {
    Timeout limit(detail::deadline_after(delay));
    limit.enter();
    try {
        co_return co_await std::move(body);
    } catch (const CancelledError&) {
        if (!limit.leave_cancelled()) throw;
    }
    throw TimeoutError();
}

}  // namespace arun
