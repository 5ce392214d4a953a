/// AsyncGenerator<T>: what `async def` with `yield` gives. It may await between its values.
#pragma once

#include "rt/context_list.hpp"
#include "rt/coro.hpp"

#include <coroutine>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

namespace arun {

template <class T>
class [[nodiscard]] AsyncGenerator;

/// Thrown at the co_yield where a generator waits when it is closed. Not a std::exception. Catch it to
/// clean up, and throw it on or return; a generator that yields again is in error.
struct GeneratorExit final {};

namespace detail {

class AsyncGenerators;
class GeneratorStep;

/// What a generator's handle, and whoever awaits it at the moment, share. It belongs to its loop's thread.
class GeneratorState : public FramePooled {
public:
    enum class Phase : std::uint8_t { created, running, suspended, finished };

    explicit GeneratorState(std::coroutine_handle<> frame) noexcept : frame_(frame) {}
    GeneratorState(const GeneratorState&) = delete;
    GeneratorState& operator=(const GeneratorState&) = delete;

    Phase phase() const noexcept { return phase_; }
    /// It is being closed: what it yields now is nobody's.
    bool exiting() const noexcept { return exiting_; }
    GeneratorStep* step() const noexcept { return step_; }

    /// Throws std::runtime_error if somebody is awaiting it; `what` is for its text.
    void require_idle(const char* what) const;
    /// Before the first step: the running loop will finalise it. Throws std::runtime_error without one.
    void enrol();
    /// `step` waits for the next co_yield or the end.
    void resume(GeneratorStep& step) noexcept;
    /// It stands at a co_yield.
    void yielded() noexcept;
    /// Its body has ended, and the frame frees itself.
    void ended() noexcept;
    /// Destroys the frame where it stands.
    void destroy() noexcept;
    void set_exiting() noexcept { exiting_ = true; }

    void add_ref() noexcept { ++refs_; }
    static void release(GeneratorState* state) noexcept {
        if (--state->refs_ == 0) state->forgotten();
    }

private:
    friend class AsyncGenerators;

    ~GeneratorState() { destroy(); }
    /// Nobody can ask for its next value any more.
    void forgotten() noexcept;
    void give_back() noexcept;

    std::coroutine_handle<> frame_;
    GeneratorStep* step_ = nullptr;
    AsyncGenerators* registry_ = nullptr;
    GeneratorState* next_ = nullptr;
    GeneratorState* previous_ = nullptr;
    std::uint32_t refs_ = 1;
    Phase phase_ = Phase::created;
    bool exiting_ = false;
};

using GeneratorRef = Ref<GeneratorState>;

/// Awaits a generator up to its next co_yield, or its end.
class GeneratorStep : public Slot {
public:
    explicit GeneratorStep(GeneratorRef state) noexcept : state_(std::move(state)) {}
    GeneratorStep(const GeneratorStep&) = delete;
    GeneratorStep& operator=(const GeneratorStep&) = delete;
    ~GeneratorStep() {
        // Whoever awaits it is destroyed in the middle: the generator cannot go on either.
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

/// A value, or the end: a pointer for references.
template <class T>
using GeneratorItem =
    std::conditional_t<std::is_reference_v<T>, std::remove_reference_t<T>*, std::optional<T>>;

template <class T>
class GeneratorNext final : public GeneratorStep {
public:
    using GeneratorStep::GeneratorStep;

    bool await_ready() const {
        state_->require_idle("anext()");
        if (state_->phase() == GeneratorState::Phase::created) state_->enrol();
        return state_->phase() == GeneratorState::Phase::finished;
    }
    GeneratorItem<T> await_resume() {
        GeneratorStep::await_resume();
        return std::move(item);
    }

    GeneratorItem<T> item{};
};

/// What aclose() gives.
Coro<> close_generator(GeneratorRef state);

/// The wait at a co_yield.
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

/// Owns an asynchronous generator; nothing of it runs before the first next().
///
///     while (auto item = co_await numbers.next()) use(*item);
///
/// A generator that is dropped in the middle is closed by its loop, in a task of its own, as asyncio does
/// with what the garbage collector finds; Runner::close() closes those that are left, and what they
/// throw then goes to the exception handler ("an error occurred during closing of asynchronous
/// generator"). So what a generator refers to must outlive it: take parameters by value, or await
/// aclose() first. Where no loop is left for that, its frame is destroyed.
template <class T>
class [[nodiscard]] AsyncGenerator {
public:
    using value_type = T;
    using promise_type = detail::GeneratorPromise<T>;

    AsyncGenerator() noexcept = default;
    explicit AsyncGenerator(detail::GeneratorRef state) noexcept : state_(std::move(state)) {}

    /// False if it is no generator: made by default, or moved from.
    explicit operator bool() const noexcept { return static_cast<bool>(state_); }
    /// It has returned, thrown, or was closed.
    bool finished() const noexcept { return state_->phase() == detail::GeneratorState::Phase::finished; }
    /// Somebody is awaiting it.
    bool running() const noexcept { return state_->phase() == detail::GeneratorState::Phase::running; }

    /// `co_await gen.next()`: the next value as std::optional<T>, for a reference as a pointer; empty at the
    /// end, and ever after. Throws what the generator throws, which ends it. Cancelling the one who awaits
    /// throws CancelledError inside the generator, where it waits. Throws std::runtime_error while
    /// another task awaits it.
    detail::GeneratorNext<T> next() const {
        require();
        return detail::GeneratorNext<T>(state_);
    }
    /// `co_await gen.aclose()`: throws GeneratorExit at its co_yield and awaits its end. One that has not
    /// started never does. Nothing if it has ended. Throws what the generator throws instead, and
    /// std::runtime_error if it yields once more, or while another task awaits it.
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
    return AsyncGenerator<T>(GeneratorRef(state_));
}

}  // namespace arun

template <class T, class... Args>
struct std::coroutine_traits<arun::AsyncGenerator<T>, Args...> {
    static_assert(!(arun::detail::is_fragile_parameter<Args>() || ...),
                  "pass this aggregate by const&, or give it a constructor: g++ 12 would destroy it twice");
    using promise_type = arun::detail::GeneratorPromise<T>;
};
