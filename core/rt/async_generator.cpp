#include "rt/async_generator.hpp"

#include "rt/loop.hpp"
#include "rt/wait.hpp"

#include <stdexcept>
#include <string>
#include <vector>

namespace arun::detail {

/// The generators of a loop that have begun and not ended: asyncio's `loop._asyncgens` and its hooks.
class AsyncGenerators final : public LoopExtension {
public:
    explicit AsyncGenerators(Loop& loop) noexcept : loop_(loop), closers_(loop, nullptr) {}
    ~AsyncGenerators() override {
        shut_down_ = true;
        closers_.abandon_all();
        while (first_ != nullptr) first_->destroy();
    }

    Phase phase() const noexcept override { return Phase::asyncgens; }
    Coro<> shutdown() override;

    void add(GeneratorState& state) noexcept;
    void remove(GeneratorState& state) noexcept;
    /// Takes over one that nobody holds any more; false if it is too late for that.
    bool adopt(GeneratorState& state) noexcept;

private:
    Coro<> close(GeneratorRef state);

    Loop& loop_;
    /// The tasks that close generators. They are not the loop's own: the cancellation of all tasks at
    /// the end must not keep generators from cleaning up.
    TaskOwner closers_;
    GeneratorState* first_ = nullptr;
    GeneratorState* last_ = nullptr;
    bool shut_down_ = false;
};

void AsyncGenerators::add(GeneratorState& state) noexcept {
    if (shut_down_) loop_.log("an asynchronous generator was started after the loop had shut them down");
    state.registry_ = this;
    state.previous_ = last_;
    (last_ != nullptr ? last_->next_ : first_) = &state;
    last_ = &state;
}

void AsyncGenerators::remove(GeneratorState& state) noexcept {
    (state.previous_ != nullptr ? state.previous_->next_ : first_) = state.next_;
    (state.next_ != nullptr ? state.next_->previous_ : last_) = state.previous_;
    state.next_ = state.previous_ = nullptr;
    state.registry_ = nullptr;
}

bool AsyncGenerators::adopt(GeneratorState& state) noexcept {
    if (shut_down_ || loop_.closed()) return false;
    state.add_ref();
    GeneratorRef ref(&state);
    try {
        static_cast<void>(closers_.spawn(close(ref)));
        return true;
    } catch (...) {
        // No memory for a task: then it goes as everything goes in C++. The reference is given back by
        // hand, for it must not bring us here again.
        ref.detach();
        --state.refs_;
        return false;
    }
}

Coro<> AsyncGenerators::close(GeneratorRef state) {
    try {
        co_await close_generator(state);
    } catch (const CancelledError&) {
        throw;
    } catch (...) {
        loop_.call_exception_handler("an error occurred during closing of asynchronous generator",
                                     std::current_exception());
    }
}

Coro<> AsyncGenerators::shutdown() {
    shut_down_ = true;
    std::vector<GeneratorRef> left;
    for (GeneratorState* state = first_; state != nullptr; state = state->next_) {
        // Those that are being closed have their task already.
        if (state->exiting()) continue;
        state->add_ref();
        left.emplace_back(state);
    }
    for (GeneratorRef& state : left) static_cast<void>(closers_.spawn(close(std::move(state))));
    while (!closers_.empty()) {
        AnyTask last;
        closers_.for_each([&](TaskBase& task) { last = AnyTask(task); });
        co_await wait_done(std::move(last));
    }
}

void GeneratorState::require_idle(const char* what) const {
    if (phase_ != Phase::running) return;
    throw std::runtime_error(std::string(what) + ": asynchronous generator is already running");
}

void GeneratorState::enrol() {
    Loop::get_running().extension<AsyncGenerators>().add(*this);
}

void GeneratorState::resume(GeneratorStep& step) noexcept {
    phase_ = Phase::running;
    step_ = &step;
    detail::running.next = frame_;
}

void GeneratorState::yielded() noexcept {
    phase_ = Phase::suspended;
    detail::running.next = std::exchange(step_, nullptr)->continuation;
}

void GeneratorState::ended() noexcept {
    give_back();
    phase_ = Phase::finished;
    frame_ = nullptr;
    detail::running.next = std::exchange(step_, nullptr)->continuation;
}

void GeneratorState::destroy() noexcept {
    if (phase_ == Phase::finished) return;
    give_back();
    phase_ = Phase::finished;
    step_ = nullptr;
    std::exchange(frame_, nullptr).destroy();
}

void GeneratorState::give_back() noexcept {
    if (registry_ != nullptr) registry_->remove(*this);
}

void GeneratorState::forgotten() noexcept {
    const bool unfinished = phase_ == Phase::suspended && !exiting_;
    if (unfinished && registry_ != nullptr && registry_->adopt(*this)) return;
    delete this;
}

Coro<> close_generator(GeneratorRef state) {
    state->require_idle("aclose()");
    if (state->phase() == GeneratorState::Phase::finished) co_return;
    if (state->phase() == GeneratorState::Phase::created) {
        state->destroy();
        co_return;
    }
    state->set_exiting();
    try {
        co_await GeneratorStep(state);
    } catch (const GeneratorExit&) {
        co_return;
    }
    if (state->phase() == GeneratorState::Phase::finished) co_return;
    // It cannot be asked for more: asyncio's is closed at this point, too.
    state->destroy();
    throw std::runtime_error("async generator ignored GeneratorExit");
}

void throw_no_generator() {
    throw std::invalid_argument("an asynchronous generator was expected");
}

}  // namespace arun::detail
