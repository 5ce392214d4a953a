/// AsyncGenerator<T>: a coroutine that yields values and may await between them, as Python's.
#pragma once

#include "rt/coro.hpp"
#include "rt/frame_pool.hpp"
#include "rt/intrusive_list.hpp"
#include "rt/ref.hpp"

#include <coroutine>
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace arun {

template <class T>
class [[nodiscard]] AsyncGenerator;

/// Thrown at the co_yield where a generator is suspended when it is closed. Not a std::exception. Catch it to
/// clean up, and rethrow it or return; yielding again is an error.
struct GeneratorExit final {};

namespace detail {

class AsyncGenerators;
class GeneratorStep;

/// The state shared by a generator's handle and its awaiters. Belongs to the loop's thread.
class GeneratorState : public RefCounted<GeneratorState>, public FramePooled {
public:
    enum class Phase : std::uint8_t { created, running, suspended, finished };

    explicit GeneratorState(std::coroutine_handle<> frame) noexcept : frame_(frame) {}

    Phase phase() const noexcept { return phase_; }
    /// The generator is being closed: the values it yields are discarded.
    bool exiting() const noexcept { return exiting_; }
    GeneratorStep* step() const noexcept { return step_; }

    /// Throws std::runtime_error if the generator is running; `caller` begins the message.
    void require_idle(const char* caller) const;
    /// Called before the first step: the running loop will close the generator. Throws std::runtime_error
    /// without a loop.
    void register_with_loop();
    /// Resumes the body; `step` waits for the next co_yield or the end.
    void resume(GeneratorStep& step) noexcept;
    /// The body has reached a co_yield.
    void yielded() noexcept;
    /// The body has ended, and the frame frees itself.
    void ended() noexcept;
    /// Destroys the frame of an unfinished generator.
    void destroy() noexcept;
    void set_exiting() noexcept { exiting_ = true; }

private:
    friend RefCounted;
    friend class AsyncGenerators;

    ~GeneratorState() { destroy(); }
    /// No handle is left: closes a suspended generator in a task of its own, if the loop still can.
    void dispose() noexcept;
    void unregister() noexcept;

    Phase phase_ = Phase::created;
    bool exiting_ = false;
    std::coroutine_handle<> frame_;
    GeneratorStep* step_ = nullptr;
    AsyncGenerators* registry_ = nullptr;
    ListLinks<GeneratorState> links_;
};

using GeneratorRef = Ref<GeneratorState>;

/// Awaits a generator's next co_yield, or its end.
class GeneratorStep : public Slot {
public:
    explicit GeneratorStep(GeneratorRef state) noexcept : state_(std::move(state)) {}
    GeneratorStep(const GeneratorStep&) = delete;
    GeneratorStep& operator=(const GeneratorStep&) = delete;
    ~GeneratorStep() {
        // The awaiting frame is destroyed during the wait: the generator cannot go on either.
        if (state_->step() == this) state_->destroy();
    }

    void await_suspend(std::coroutine_handle<> parent) noexcept {
        continuation = parent;
        state_->resume(*this);
    }
    void await_resume() const {
        if (running.raised) [[unlikely]]
            throw_stored_exception();
    }
    bool await_ready() const noexcept { return false; }

protected:
    GeneratorRef state_;
};

/// The next value, or empty at the end; a pointer if T is a reference.
template <class T>
using GeneratorItem =
    std::conditional_t<std::is_reference_v<T>, std::remove_reference_t<T>*, std::optional<T>>;

template <class T>
class GeneratorNext final : public GeneratorStep {
public:
    using GeneratorStep::GeneratorStep;

    bool await_ready() const {
        state_->require_idle("anext()");
        if (state_->phase() == GeneratorState::Phase::created) state_->register_with_loop();
        return state_->phase() == GeneratorState::Phase::finished;
    }
    GeneratorItem<T> await_resume() {
        GeneratorStep::await_resume();
        return std::move(item);
    }

    GeneratorItem<T> item{};
};

/// The coroutine behind aclose().
Coro<> close_generator(GeneratorRef state);

/// The suspension at a co_yield.
class GeneratorYield {
public:
    explicit GeneratorYield(GeneratorState& state) noexcept : state_(state) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<>) const noexcept { state_.yielded(); }
    void await_resume() const {
        if (state_.exiting()) throw GeneratorExit{};
    }

private:
    GeneratorState& state_;
};

template <class T>
class GeneratorPromise final : public PromiseBase {
public:
    AsyncGenerator<T> get_return_object();
    std::suspend_never final_suspend() const noexcept {
        state_->ended();
        return {};
    }
    void return_void() const noexcept {}

    template <class U = T>
        requires std::is_convertible_v<U&&, T>
    GeneratorYield yield_value(U&& value) {
        static_assert(std::is_lvalue_reference_v<U> || !is_fragile<U>,
                      "name this aggregate before co_yield: g++ 12 would destroy it twice");
        if (!state_->exiting()) {
            auto& next = static_cast<GeneratorNext<T>&>(*state_->step());
            if constexpr (std::is_reference_v<T>) {
                next.item = std::addressof(value);
            } else {
                next.item.emplace(std::forward<U>(value));
            }
        }
        return GeneratorYield(*state_);
    }

private:
    GeneratorState* state_ = nullptr;
};

[[noreturn]] void throw_no_generator();

}  // namespace detail

/// Owns an asynchronous generator. The body starts with the first next().
///
///     while (auto item = co_await numbers.next()) use(*item);
///
/// If the handle is dropped while the generator is suspended, the loop closes the generator in a task of its
/// own, as asyncio does with generators that the garbage collector finds. Runner::close() closes the
/// remaining ones. Errors of these go to the exception handler ("an error occurred during closing of
/// asynchronous generator"). So whatever a generator refers to must outlive it: take parameters by value, or
/// await aclose() first. Without a loop that can close it, the generator's frame is destroyed.
template <class T>
class [[nodiscard]] AsyncGenerator {
public:
    using value_type = T;
    using promise_type = detail::GeneratorPromise<T>;

    AsyncGenerator() noexcept = default;
    explicit AsyncGenerator(detail::GeneratorRef state) noexcept : state_(std::move(state)) {}

    /// False if default-constructed or moved from.
    explicit operator bool() const noexcept { return static_cast<bool>(state_); }
    /// The generator has returned, thrown, or was closed.
    bool finished() const noexcept { return state_->phase() == detail::GeneratorState::Phase::finished; }
    /// A task awaits its next step.
    bool running() const noexcept { return state_->phase() == detail::GeneratorState::Phase::running; }

    /// `co_await gen.next()` gives the next value as std::optional<T>, or as a pointer if T is a reference;
    /// empty at the end, and ever after. An exception of the generator is thrown here, and ends it.
    /// Cancelling the awaiting task throws CancelledError inside the generator, where it waits. Throws
    /// std::runtime_error while another task awaits it.
    detail::GeneratorNext<T> next() const {
        require();
        return detail::GeneratorNext<T>(state_);
    }
    /// `co_await gen.aclose()` throws GeneratorExit at the generator's co_yield and awaits its end. A
    /// generator that has not started never does. No effect if it has ended. Throws the generator's error,
    /// and std::runtime_error if it yields again, or while another task awaits it.
    Coro<> aclose() const {
        require();
        return detail::close_generator(state_);
    }

private:
    void require() const {
        if (!state_) detail::throw_no_generator();
    }

    detail::GeneratorRef state_;
};

template <class T>
AsyncGenerator<T> detail::GeneratorPromise<T>::get_return_object() {
    state_ = new GeneratorState(std::coroutine_handle<GeneratorPromise>::from_promise(*this));
    return AsyncGenerator<T>(GeneratorRef::adopt(state_));
}

}  // namespace arun

template <class T, class... Args>
struct std::coroutine_traits<arun::AsyncGenerator<T>, Args...> {
    static_assert(!(arun::detail::is_fragile_parameter<Args>() || ...),
                  "pass this aggregate by const&, or give it a constructor: g++ 12 would destroy it twice");
    using promise_type = arun::detail::GeneratorPromise<T>;
};
