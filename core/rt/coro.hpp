/// Coro<T>: a coroutine, as Python's `async def` returns. Lazy: it starts when it is awaited or made a task.
#pragma once

#include "rt/frame_pool.hpp"
#include "rt/task_base.hpp"

#include <coroutine>
#include <type_traits>
#include <utility>

namespace arun {

template <class T = void>
class Coro;

/// `co_return none` returns a default-constructed result, as Python's None.
struct None {
    explicit constexpr None(int) noexcept {}
};
inline constexpr None none{0};

namespace detail {

/// Logs in debug mode that a Coro is destroyed unstarted.
void coro_never_awaited() noexcept;

/// An aggregate with a destructor: g++ 12 destroys its members twice if it is built beside a co_await.
template <class T>
inline constexpr bool is_fragile = std::is_aggregate_v<std::remove_reference_t<T>> &&
                                   !std::is_trivially_destructible_v<std::remove_reference_t<T>>;

/// True for a coroutine's parameter that is fragile and passed by value or by &&. Whether a const& is bound
/// to a temporary is for the lint to find. (A lambda that is a coroutine has itself as a parameter, by
/// reference, and is incomplete here: its type must not be examined.)
template <class T>
consteval bool is_fragile_parameter() {
    if constexpr (std::is_lvalue_reference_v<T> || std::is_array_v<std::remove_reference_t<T>>) {
        return false;
    } else {
        return is_fragile<T>;
    }
}

/// Base of the promises of all coroutines that run in a task.
class PromiseBase {
public:
    static void* operator new(std::size_t size) { return frame_allocate(size); }
    static void operator delete(void* frame, std::size_t size) noexcept { frame_deallocate(frame, size); }

    std::suspend_always initial_suspend() const noexcept { return {}; }
    /// Never throws: an exception from here would leave the frame neither suspended nor done.
    void unhandled_exception() const noexcept { store_exception(); }

    /// The coroutine has ended, and the awaiting one is next. Does not suspend at the end: the frame is freed
    /// before the parent goes on, and needs no owner.
    static std::suspend_never end(Slot& slot) noexcept {
        running.next = slot.continuation;
        if (!slot.continuation) running.finished = true;
        return {};
    }
};

template <class T>
class CoroAwaiter;

template <class T>
class CoroPromiseBase : public PromiseBase {
public:
    Coro<T> get_return_object() noexcept;
    std::suspend_never final_suspend() const noexcept { return end(*slot); }

    /// A CoroAwaiter<T> or a TaskState<T>, set before the coroutine starts.
    Slot* slot = nullptr;
};

template <class T>
class CoroPromise final : public CoroPromiseBase<T> {
public:
    template <class U = T>
        requires std::is_convertible_v<U&&, T>
    void return_value(U&& value) {
        // Only a task's slot has no continuation while the coroutine runs.
        if (this->slot->continuation) {
            static_cast<CoroAwaiter<T>*>(this->slot)->store.set(std::forward<U>(value));
        } else if (auto* task = static_cast<TaskBase*>(this->slot); !task->discards_result()) {
            static_cast<TaskState<T>*>(task)->store.set(std::forward<U>(value));
        }
    }
    /// `co_return none`: a T() without a temporary in the frame.
    void return_value(None)
        requires std::is_default_constructible_v<T>
    {
        return_value(T());
    }
};

template <>
class CoroPromise<void> final : public CoroPromiseBase<void> {
public:
    void return_void() const noexcept {}
};

}  // namespace detail

/// Owns a coroutine that has not started. Await it once (`co_await f()`, `co_await std::move(c)`), or pass it
/// to create_task(), a group or Runner::run().
template <class T>
class [[nodiscard]] Coro {
public:
    using value_type = T;
    using promise_type = detail::CoroPromise<T>;
    using Handle = std::coroutine_handle<promise_type>;

    Coro() noexcept = default;
    explicit Coro(Handle handle) noexcept : handle_(handle) {}
    Coro(Coro&& other) noexcept : handle_(other.release()) {}
    Coro& operator=(Coro&& other) noexcept {
        Coro old(std::move(other));
        std::swap(handle_, old.handle_);
        return *this;
    }
    ~Coro() {
        if (handle_) {
            detail::coro_never_awaited();
            handle_.destroy();
        }
    }

    /// False if it was awaited, made a task, moved from or closed.
    explicit operator bool() const noexcept { return static_cast<bool>(handle_); }
    /// Destroys it unstarted on purpose: not logged as never awaited.
    void close() noexcept {
        if (Handle handle = release()) handle.destroy();
    }
    Handle release() noexcept { return std::exchange(handle_, {}); }

    /// Throws std::invalid_argument if there is no coroutine.
    detail::CoroAwaiter<T> operator co_await() &&;

private:
    Handle handle_;
};

namespace detail {

[[noreturn]] void throw_no_coroutine();

/// The wait for a coroutine and the slot for its result, in the parent's frame.
template <class T>
class CoroAwaiter : public Slot {
public:
    explicit CoroAwaiter(typename Coro<T>::Handle child) noexcept : child_(child) {}
    CoroAwaiter(const CoroAwaiter&) = delete;
    CoroAwaiter& operator=(const CoroAwaiter&) = delete;
    ~CoroAwaiter() {
        if (child_) child_.destroy();
    }

    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> parent) noexcept {
        continuation = parent;
        child_.promise().slot = this;
        running.next = child_;
    }
    T await_resume() {
        child_ = nullptr;
        if (running.raised) [[unlikely]]
            throw_stored_exception();
        if constexpr (std::is_reference_v<T>) {
            return store.get();
        } else if constexpr (!std::is_void_v<T>) {
            return std::move(store.get());
        }
    }

    [[no_unique_address]] ResultStore<T> store;

private:
    typename Coro<T>::Handle child_;
};

template <class T>
Coro<T> CoroPromiseBase<T>::get_return_object() noexcept {
    return Coro<T>(Coro<T>::Handle::from_promise(static_cast<CoroPromise<T>&>(*this)));
}

}  // namespace detail

template <class T>
detail::CoroAwaiter<T> Coro<T>::operator co_await() && {
    if (!handle_) detail::throw_no_coroutine();
    return detail::CoroAwaiter<T>(release());
}

}  // namespace arun

/// Checks the parameters as they are declared, which the promise's constructor cannot.
template <class T, class... Args>
struct std::coroutine_traits<arun::Coro<T>, Args...> {
    static_assert(!(arun::detail::is_fragile_parameter<Args>() || ...),
                  "pass this aggregate by const&, or give it a constructor: g++ 12 would destroy it twice");
    using promise_type = arun::detail::CoroPromise<T>;
};
