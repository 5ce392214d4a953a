/// Future<T>: a result that will be set later, as asyncio.Future.
#pragma once

#include "rt/errors.hpp"
#include "rt/frame_pool.hpp"
#include "rt/ref.hpp"
#include "rt/task_base.hpp"
#include "rt/wait_list.hpp"

#include <coroutine>
#include <cstdint>
#include <exception>
#include <type_traits>
#include <utility>

namespace arun {

namespace detail {

/// The state that the handles of one future share.
class FutureState : public RefCounted<FutureState>, public FramePooled {
public:
    enum class State : std::uint8_t { pending, result, error, cancelled };

    bool done() const noexcept { return state_ != State::pending; }
    bool cancelled() const noexcept { return state_ == State::cancelled; }
    bool cancel() noexcept;
    void set_exception(std::exception_ptr error);
    std::exception_ptr exception() const;
    /// Throws unless there is a result.
    void require_result() const;
    WaitList& waiters() noexcept { return waiters_; }

protected:
    friend RefCounted;
    FutureState() noexcept = default;
    virtual ~FutureState();
    void require_pending() const;
    void finish(State state) noexcept;

private:
    State state_ = State::pending;
    mutable bool retrieved_ = false;  ///< the outcome was retrieved
    WaitList waiters_;
    std::exception_ptr error_;
};

template <class T>
class FutureStateOf final : public FutureState {
public:
    template <class... U>
    void set_result(U&&... value) {
        require_pending();
        if constexpr (!std::is_void_v<T>) store_.set(std::forward<U>(value)...);
        finish(State::result);
    }
    decltype(auto) result() {
        require_result();
        if constexpr (!std::is_void_v<T>) return store_.get();
    }

private:
    [[no_unique_address]] ResultStore<T> store_;
};

/// Cancelling the wait cancels the future.
template <class T>
class FutureAwaiter final : public WaitNode {
public:
    explicit FutureAwaiter(Ref<FutureStateOf<T>> state) noexcept : state_(std::move(state)) {}
    ~FutureAwaiter() { unlink(); }
    bool await_ready() const noexcept { return state_->done(); }
    void await_suspend(std::coroutine_handle<> frame) noexcept { suspend(frame, state_->waiters()); }
    decltype(auto) await_resume() {
        check_cancelled();
        return state_->result();
    }
    bool cancel() noexcept override { return state_->cancel(); }

private:
    Ref<FutureStateOf<T>> state_;
};

}  // namespace detail

/// Copies are handles to the same future. It belongs to one thread; another thread sets it through
/// Loop::call_soon_threadsafe(). `co_await future` gives a reference to the result, or throws the error or
/// CancelledError. Cancelling a task that awaits the future cancels the future for every other one, too.
template <class T = void>
class Future {
public:
    Future() : state_(detail::make_ref<detail::FutureStateOf<T>>()) {}
    Future(const Future&) noexcept = default;
    Future& operator=(const Future&) noexcept = default;

    bool done() const noexcept { return state_->done(); }
    bool cancelled() const noexcept { return state_->cancelled(); }
    /// Returns false if the future is done.
    bool cancel() const noexcept { return state_->cancel(); }
    /// Throws InvalidStateError if the future is done.
    template <class U = T>
        requires(!std::is_void_v<T> && std::is_convertible_v<U &&, T>)
    void set_result(U&& value) const {
        state_->set_result(std::forward<U>(value));
    }
    void set_result() const
        requires(std::is_void_v<T>)
    {
        state_->set_result();
    }
    /// Throws InvalidStateError if the future is done, std::invalid_argument if `error` is null.
    void set_exception(std::exception_ptr error) const { state_->set_exception(std::move(error)); }
    /// A reference to the result. Throws the error, CancelledError, or InvalidStateError if not done.
    decltype(auto) result() const { return state_->result(); }
    /// The error, or null. Throws CancelledError, or InvalidStateError if not done.
    std::exception_ptr exception() const { return state_->exception(); }

    /// `node` is notified when the future is done. Precondition: !done().
    void add_waiter(WaitNode& node) const noexcept { state_->waiters().add(node); }

    detail::FutureAwaiter<T> operator co_await() const noexcept { return detail::FutureAwaiter<T>(state_); }

private:
    detail::Ref<detail::FutureStateOf<T>> state_;
};

}  // namespace arun
