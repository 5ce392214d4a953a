/// Future<T>: a result that somebody will set, as asyncio.Future.
#pragma once

#include "rt/errors.hpp"
#include "rt/frame_pool.hpp"
#include "rt/task_base.hpp"
#include "rt/wait_list.hpp"

#include <coroutine>
#include <cstdint>
#include <exception>
#include <type_traits>
#include <utility>

namespace arun {

namespace detail {

/// What the handles of one future share.
class FutureState : public FramePooled {
public:
    enum class State : std::uint8_t { pending, result, error, cancelled };

    bool done() const noexcept { return state_ != State::pending; }
    bool cancelled() const noexcept { return state_ == State::cancelled; }
    bool cancel() noexcept;
    void set_exception(std::exception_ptr error);
    std::exception_ptr exception() const;
    /// Throws what there is instead of a result.
    void require_result() const;
    void add_waiter(WaitNode& node) noexcept { waiters_.add(node); }
    WaitList& waiters() noexcept { return waiters_; }

    void add_ref() noexcept { ++refs_; }
    void release() noexcept {
        if (--refs_ == 0) delete this;
    }

protected:
    FutureState() noexcept = default;
    virtual ~FutureState();
    void require_pending() const;
    void finish(State state) noexcept;

private:
    WaitList waiters_;
    std::exception_ptr error_;
    std::uint32_t refs_ = 0;
    State state_ = State::pending;
    mutable bool seen_ = false;  ///< somebody has asked for the outcome
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

/// Cancelling the one who waits cancels the future, for everybody.
template <class T>
class FutureAwaiter final : public WaitNode {
public:
    explicit FutureAwaiter(FutureStateOf<T>& state) noexcept : state_(state) { state_.add_ref(); }
    ~FutureAwaiter() {
        unlink();
        state_.release();
    }
    bool await_ready() const noexcept { return state_.done(); }
    void await_suspend(std::coroutine_handle<> frame) noexcept { suspend(frame, state_.waiters()); }
    decltype(auto) await_resume() {
        if (task_ != nullptr) task_->check_cancelled();
        return state_.result();
    }
    bool cancel() noexcept override { return state_.cancel(); }

private:
    FutureStateOf<T>& state_;
};

}  // namespace detail

/// Handles are copied freely and mean the same future. It belongs to one thread: set it from another
/// through Loop::call_soon_threadsafe(). `co_await future` gives a reference into it, or throws its
/// error, or CancelledError.
template <class T = void>
class Future {
public:
    Future() : state_(new detail::FutureStateOf<T>) { state_->add_ref(); }
    Future(const Future& other) noexcept : state_(other.state_) { state_->add_ref(); }
    Future& operator=(const Future& other) noexcept {
        other.state_->add_ref();
        std::exchange(state_, other.state_)->release();
        return *this;
    }
    ~Future() { state_->release(); }

    bool done() const noexcept { return state_->done(); }
    bool cancelled() const noexcept { return state_->cancelled(); }
    /// False if it is done.
    bool cancel() const noexcept { return state_->cancel(); }
    /// Both throw InvalidStateError if it is done.
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
    void set_exception(std::exception_ptr error) const { state_->set_exception(std::move(error)); }
    /// Both throw InvalidStateError if it is not done, and CancelledError if it was cancelled; result()
    /// throws the error, exception() gives it, or null.
    decltype(auto) result() const { return state_->result(); }
    std::exception_ptr exception() const { return state_->exception(); }

    /// `node` is notified when the future is done. It must not be.
    void add_waiter(WaitNode& node) const noexcept { state_->add_waiter(node); }

    detail::FutureAwaiter<T> operator co_await() const noexcept { return detail::FutureAwaiter<T>(*state_); }

private:
    detail::FutureStateOf<T>* state_;
};

}  // namespace arun
