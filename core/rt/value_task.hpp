/// ValueTask<T>: a result that is there at once, or a coroutine that will produce it.
#pragma once

#include "rt/coro.hpp"

#include <coroutine>
#include <utility>

namespace arun {

template <class T>
class ValueTask;

namespace detail {

/// Does not suspend if the result is ready.
template <class T>
class ValueTaskAwaiter final : public CoroAwaiter<T> {
public:
    explicit ValueTaskAwaiter(ValueTask<T>&& task) : ValueTaskAwaiter(task, task.ready()) {}
    bool await_ready() const noexcept { return ready_; }

private:
    ValueTaskAwaiter(ValueTask<T>& task, bool ready);

    bool ready_;
};

}  // namespace detail

/// What an operation returns that completes without waiting most of the time, as C#'s ValueTask: a coroutine
/// costs a frame and a trip through the scheduler, a result that is ready costs neither.
///
///     Value result = co_await read_cached_or_fetch(key);
///
/// An operation that fails before it has to wait throws from the call, not from the await: keep both in one
/// try block. Await it once.
template <class T>
class [[nodiscard]] ValueTask {
public:
    ValueTask(T value) noexcept : value_(std::move(value)) {}
    ValueTask(Coro<T> coro) noexcept : coro_(std::move(coro)) {}

    /// True if take() gives the result, false if coroutine() will.
    bool ready() const noexcept { return !coro_; }
    /// Precondition: ready().
    T take() noexcept { return std::move(value_); }
    /// Precondition: !ready().
    Coro<T> coroutine() && noexcept { return std::move(coro_); }

    detail::ValueTaskAwaiter<T> operator co_await() && {
        return detail::ValueTaskAwaiter<T>(std::move(*this));
    }

private:
    T value_{};
    Coro<T> coro_;
};

template <class T>
detail::ValueTaskAwaiter<T>::ValueTaskAwaiter(ValueTask<T>& task, bool ready)
    : CoroAwaiter<T>(ready ? typename Coro<T>::Handle() : std::move(task).coroutine().release()),
      ready_(ready) {
    if (ready) this->store.set(task.take());
}

}  // namespace arun
