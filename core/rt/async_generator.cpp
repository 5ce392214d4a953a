#include "rt/async_generator.hpp"

#include "rt/loop.hpp"

#include <stdexcept>
#include <string>
#include <vector>

namespace arun::detail {

/// The generators of a loop that have started and not finished: asyncio's `loop._asyncgens` and its hooks.
class AsyncGenerators final : public LoopExtension {
public:
    explicit AsyncGenerators(Loop& loop) noexcept : loop_(loop), closers_(loop, nullptr) {}
    ~AsyncGenerators() override {
        shut_down_ = true;
        closers_.abandon_all();
        while (GeneratorState* state = generators_.first()) state->destroy();
    }

    Phase phase() const noexcept override { return Phase::asyncgens; }
    Coro<> shutdown() override;

    void add(GeneratorState& state) noexcept;
    void remove(GeneratorState& state) noexcept;
    /// Closes a generator without a handle in a new task. Returns false if that is not possible any more.
    bool close_in_task(GeneratorState& state) noexcept;

private:
    Coro<> close(GeneratorRef state);

    Loop& loop_;
    /// The tasks that close generators. They are not among the loop's own, for Runner::close() cancels those,
    /// and a generator has to clean up all the same.
    TaskOwner closers_;
    IntrusiveList<GeneratorState, &GeneratorState::links_> generators_;
    bool shut_down_ = false;
};

void AsyncGenerators::add(GeneratorState& state) noexcept {
    if (shut_down_) loop_.log("an asynchronous generator was started after the loop had shut them down");
    state.registry_ = this;
    generators_.push_back(state);
}

void AsyncGenerators::remove(GeneratorState& state) noexcept {
    generators_.remove(state);
    state.registry_ = nullptr;
}

bool AsyncGenerators::close_in_task(GeneratorState& state) noexcept {
    if (shut_down_ || loop_.closed()) return false;
    GeneratorRef reference(state);
    try {
        closers_.spawn(close(reference));
        return true;
    } catch (...) {
        // No memory for a task. The count is decremented without dispose(), which has called this function.
        reference.detach()->drop_ref();
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
    std::vector<GeneratorRef> remaining;
    for (GeneratorState* state = generators_.first(); state != nullptr; state = generators_.next(*state)) {
        // One that is being closed has its task already.
        if (!state->exiting()) remaining.emplace_back(*state);
    }
    for (GeneratorRef& state : remaining) closers_.spawn(close(std::move(state)));
    while (!closers_.empty()) {
        AnyTask last;
        closers_.for_each([&](TaskBase& task) { last = AnyTask(task); });
        co_await wait_done(std::move(last));
    }
}

void GeneratorState::require_idle(const char* caller) const {
    if (phase_ != Phase::running) return;
    throw std::runtime_error(std::string(caller) + ": asynchronous generator is already running");
}

void GeneratorState::register_with_loop() {
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
    unregister();
    phase_ = Phase::finished;
    frame_ = nullptr;
    detail::running.next = std::exchange(step_, nullptr)->continuation;
}

void GeneratorState::destroy() noexcept {
    if (phase_ == Phase::finished) return;
    unregister();
    phase_ = Phase::finished;
    step_ = nullptr;
    std::exchange(frame_, nullptr).destroy();
}

void GeneratorState::unregister() noexcept {
    if (registry_ != nullptr) registry_->remove(*this);
}

void GeneratorState::dispose() noexcept {
    const bool unfinished = phase_ == Phase::suspended && !exiting_;
    if (unfinished && registry_ != nullptr && registry_->close_in_task(*this)) return;
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
    // It has yielded again and cannot be resumed: asyncio's generator is closed at this point, too.
    state->destroy();
    throw std::runtime_error("async generator ignored GeneratorExit");
}

void throw_no_generator() {
    throw std::invalid_argument("an asynchronous generator was expected");
}

}  // namespace arun::detail
