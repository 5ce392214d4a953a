/// What can be awaited: coroutines, tasks, futures, sleep(), an event's wait().
#pragma once

#include "rt/coro.hpp"

#include <concepts>
#include <coroutine>
#include <type_traits>
#include <utility>

namespace arun {

namespace detail {

template <class A>
concept Awaiter = requires(A& a, std::coroutine_handle<> frame) {
    { a.await_ready() } -> std::convertible_to<bool>;
    a.await_suspend(frame);
    a.await_resume();
};

template <class T>
inline constexpr bool is_coro = false;
template <class T>
inline constexpr bool is_coro<Coro<T>> = true;

template <class A>
decltype(auto) awaiter_of(A&& awaitable) {
    if constexpr (requires { std::forward<A>(awaitable).operator co_await(); }) {
        return std::forward<A>(awaitable).operator co_await();
    } else {
        return std::forward<A>(awaitable);
    }
}

}  // namespace detail

/// `co_await std::move(a)` is possible.
template <class A>
concept Awaitable = std::move_constructible<A> && (detail::Awaiter<A> || requires(A&& a) {
                        { std::move(a).operator co_await() } -> detail::Awaiter;
                    });

/// An awaitable other than a Coro. What takes a Coro also takes these, and makes one of them with as_coro().
template <class A>
concept OtherAwaitable = Awaitable<A> && !detail::is_coro<A>;

/// What `co_await std::move(a)` gives, without the reference.
template <Awaitable A>
using AwaitResult = std::remove_cvref_t<decltype(detail::awaiter_of(std::declval<A&&>()).await_resume())>;

/// A coroutine that awaits it. Nothing begins before the coroutine is awaited or becomes a task.
template <OtherAwaitable A>
Coro<AwaitResult<A>> as_coro(A awaitable) {
    co_return co_await std::move(awaitable);
}
template <class T>
Coro<T> as_coro(Coro<T> coro) noexcept {
    return coro;
}

}  // namespace arun
