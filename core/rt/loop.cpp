#include "rt/loop.hpp"

#include "rt/backend.hpp"

#include <algorithm>
#include <cassert>
#include <stdexcept>
#include <string>

namespace arun {

namespace {

/// `loop` is this thread's running loop for the length of the scope.
class RunningLoop {
public:
    explicit RunningLoop(Loop& loop) noexcept : saved_(std::exchange(detail::running.loop, &loop)) {}
    RunningLoop(const RunningLoop&) = delete;
    RunningLoop& operator=(const RunningLoop&) = delete;
    ~RunningLoop() { detail::running.loop = saved_; }

private:
    Loop* saved_;
};

}  // namespace

/// Stops the loop one iteration after the task is done, as asyncio's done callback does: what the task made
/// ready in its last step still runs.
class Loop::StopWhenDone final : public WaitNode, public ReadyNode {
public:
    StopWhenDone(Loop& loop, TaskBase& task) noexcept : loop_(loop) {
        if (task.done()) {
            notify();
        } else {
            task.add_waiter(*this);
        }
    }
    ~StopWhenDone() {
        if (queued_) static_cast<void>(loop_.batch_.remove(*this) || loop_.ready_.remove(*this));
    }
    bool done() const noexcept { return done_; }
    void notify() noexcept override {
        queued_ = true;
        loop_.call_soon(static_cast<ReadyNode&>(*this));
    }
    void run() noexcept override {
        queued_ = false;
        done_ = true;
    }

private:
    Loop& loop_;
    bool queued_ = false;
    bool done_ = false;
};

Loop::Loop(LoopOptions options)
    : timers_(&task_before),
      clock_(options.clock, options.start_time),
      journal_(options.journal),
      debug_(options.debug),
      owns_process_(options.owns_process),
      no_outside_(options.no_outside),
      tasks_(*this, nullptr) {}

Loop::~Loop() {
    close();
}

Loop& Loop::get_running() {
    if (detail::running.loop == nullptr) throw std::runtime_error("no running event loop");
    return *detail::running.loop;
}

void Loop::throw_closed() {
    throw std::runtime_error("Event loop is closed");
}

void Loop::check_may_run() const {
    check_open();
    if (is_running()) throw std::runtime_error("This event loop is already running");
    if (running() != nullptr) {
        throw std::runtime_error("Cannot run the event loop while another loop is running");
    }
}

void Loop::run_until_complete(TaskBase& task) {
    check_may_run();
    RunningLoop scope(*this);
    AnyTask keep(task);
    StopWhenDone stop(*this, task);
    stopping_ = false;
    // What happens in the loop and what its caller does have positions of their own.
    if (journal_ != nullptr) journal_->step();
    while (!stop.done()) {
        if (stopping_) throw LoopStopped("Event loop stopped before Future completed.");
        run_once();
    }
    if (journal_ != nullptr) journal_->step();
}

void Loop::run_until_idle() {
    check_may_run();
    RunningLoop scope(*this);
    stopping_ = false;
    while (!tasks_.empty()) {
        if (stopping_) throw LoopStopped("Event loop stopped before its tasks completed.");
        run_once();
    }
}

void Loop::run_until_settled() {
    check_may_run();
    RunningLoop scope(*this);
    stopping_ = false;
    for (std::uint32_t i = 0; i < max_settle_iterations; ++i) {
        if (settling_.empty() && instant_is_over()) return;
        if (stopping_) throw LoopStopped("Event loop stopped before its tasks settled.");
        run_once();
    }
}

void Loop::run_once() {
    if (journal_ != nullptr && journal_->replays()) [[unlikely]]
        return replay_once();
    if (waker_.take()) [[unlikely]]
        drain_wakeups();
    if (!settling_.empty() && (instant_is_over() || ++settle_iterations_ > max_settle_iterations)) {
        if (journal_ != nullptr && settle_iterations_ > max_settle_iterations) journal_->settled_early();
        wake_settled();
    } else if (ready_.empty() && batch_.empty()) {
        wait();
    } else {
        poll_if_due();
    }
    // A stop_after() may have left a part of the last batch: it comes first.
    ready_.prepend(batch_);
    std::swap(batch_, ready_);
    if (journal_ != nullptr) {
        run_batch_journaled();
    } else if (debug_) {
        run_batch_timed();
    } else {
        run_batch();
    }
}

void Loop::run_batch() noexcept {
    while (!batch_.empty()) {
        batch_.pop().run();
        if (count_step()) [[unlikely]]
            return;
    }
}

void Loop::run_batch_timed() noexcept {
    while (!batch_.empty()) {
        const Duration before = Clock::monotonic();
        batch_.pop().run();
        const Duration taken = Clock::monotonic() - before;
        if (taken >= slow_callback_duration) {
            log([&] { return "a step took " + format_duration(taken); });
        }
        if (count_step()) return;
    }
}

void Loop::run_batch_journaled() {
    while (!batch_.empty()) {
        ReadyNode& node = batch_.pop();
        const bool counts = !node.from_outside();
        node.run();
        if (counts) {
            journal_->step();
            if (journal_->replays()) journal_->advance(*this);
        }
        if (count_step()) return;
    }
}

/// In the order of run_once(): what came from outside was there before the loop looked for what is settled.
void Loop::replay_once() {
    journal_->advance(*this);
    if (ready_.empty() && batch_.empty()) {
        if (settling_.empty()) {
            if (before_block) before_block();
            if (ready_.empty()) journal_->wait(*this);
        } else {
            wake_settled();
        }
    }
    ready_.prepend(batch_);
    std::swap(batch_, ready_);
    run_batch_journaled();
}

/// Returns true if that was the last step before the loop has to stop.
inline bool Loop::count_step() noexcept {
    if (--steps_left_ != 0) return false;
    steps_left_ = unlimited;
    out_of_steps_ = true;
    stopping_ = true;
    return true;
}

void Loop::drain_wakeups() {
    std::vector<std::function<void()>> calls;
    {
        const std::lock_guard lock(foreign_mutex_);
        calls.swap(foreign_calls_);
    }
    for (std::function<void()>& call : calls) {
        auto* soon = new detail::SoonCall<std::function<void()>>(std::move(call));
        soon->set_from_outside();
        ready_.push(*soon);
    }
    for (std::size_t i = 0; i < extensions_.size(); ++i) extensions_[i].object->woken();
    if (wake_handler_) wake_handler_();
}

void Loop::call_soon_threadsafe(std::function<void()> function) {
    // Under the lock, close() cannot close the waker's descriptor meanwhile.
    const std::lock_guard lock(foreign_mutex_);
    check_open();
    foreign_calls_.push_back(std::move(function));
    waker_.wake();
}

/// Checks timers and back end while something is ready, but not on every iteration, for that costs more than
/// a step does. A timer may be late by some microseconds, I/O by a millisecond.
void Loop::poll_if_due() noexcept {
    constexpr std::uint64_t timer_ticks = 1u << 15;
    constexpr std::uint64_t backend_ticks = 1u << 21;
    constexpr std::uint32_t backend_iterations = 256;
    if (timers_.empty() && !backend_) return;
    const std::uint64_t ticks = cpu_ticks();
    if (!timers_.empty() && (ticks == 0 || ticks - timers_checked_ >= timer_ticks || !clock_.moving())) {
        timers_checked_ = ticks;
        expire_until(clock_.now());
    }
    if (backend_ &&
        (++iterations_unpolled_ >= backend_iterations || ticks - backend_polled_ >= backend_ticks)) {
        iterations_unpolled_ = 0;
        backend_polled_ = ticks;
        backend_->poll();
    }
}

void Loop::expire_until(Duration now) noexcept {
    if (journal_ != nullptr) [[unlikely]] {
        if (journal_->replays() || timers_.empty() || timers_.next_deadline() > now) return;
        journal_->expiring(now);
    }
    pop_timers(now);
}

void Loop::pop_timers(Duration now) noexcept {
    while (TimerNode* timer = timers_.pop_due(now)) timer->expire();
}

/// Whether nothing is ready and no timer is due.
bool Loop::instant_is_over() noexcept {
    if (!ready_.empty() || !batch_.empty()) return false;
    expire_until(clock_.now());
    return ready_.empty();
}

/// Wakes those tasks in settle() that are deepest in the tree, in its order. What they do may decide what the
/// others see.
void Loop::wake_settled() {
    settle_iterations_ = 0;
    std::uint32_t depth = 0;
    const auto depth_of = [](const WaitNode& node) { return node.task()->owner()->depth_; };
    settling_.for_each([&](const WaitNode& node) { depth = std::max(depth, depth_of(node)); });
    std::vector<WaitNode*> deepest;
    settling_.for_each([&](WaitNode& node) {
        if (depth_of(node) == depth) deepest.push_back(&node);
    });
    std::ranges::sort(
        deepest, [](const WaitNode* a, const WaitNode* b) { return task_before(*a->task(), *b->task()); });
    for (WaitNode* node : deepest) {
        node->unlink();
        node->notify();
    }
}

/// Precondition: nothing is ready.
void Loop::wait() {
    if (clock_.moving()) {
        const Duration now = clock_.now();
        expire_until(now);
        if (ready_.empty()) block(now);
    } else if (!timers_.empty()) {
        if (before_jump && timers_.next_deadline() > clock_.now()) [[unlikely]] {
            before_jump(timers_.next_deadline());
            if (stopping_ || !ready_.empty() || waker_.called() || timers_.empty()) return;
        }
        const Duration next = timers_.next_deadline();
        if (next > clock_.now()) {
            log([&] { return "the clock jumps to " + format_duration(next); });
            clock_.jump_to(next);
        }
        expire_until(next);
    } else {
        block(clock_.now());
    }
}

void Loop::block(Duration now) {
    if (before_block) before_block();
    if (!ready_.empty() || waker_.called()) return;
    std::optional<Duration> deadline;
    const Duration limit = now + std::min(max_block, Duration::max() - now);
    if (max_block < unlimited_block) deadline = clock_.monotonic_at(limit);
    if (!timers_.empty() && clock_.moving()) {
        const Duration next = timers_.next_deadline();
        deadline = clock_.monotonic_at(std::min(next, limit));
        log([&] { return "waiting for " + format_duration(next - now); });
    } else if (pending_io_ == 0) {
        log("deadlock: nothing can wake the tasks that wait");
        if (journal_ != nullptr) journal_->deadlock();
        throw DeadlockError();
    } else {
        log("waiting for I/O");
    }
    backend().wait(deadline);
    iterations_unpolled_ = 0;
    if (!timers_.empty() && clock_.moving()) expire_until(clock_.now());
}

Backend& Loop::backend() {
    check_open();
    if (!backend_) backend_ = std::make_unique<Backend>(waker_, owns_process_);
    return *backend_;
}

uv_loop_s* Loop::uv() {
    return backend().uv();
}

void Loop::hold_io() noexcept {
    if (no_outside_) return;
    if (pending_io_++ == 0) clock_.set_moving(true);
}

void Loop::release_io() noexcept {
    if (no_outside_) return;
    assert(pending_io_ > 0);
    if (--pending_io_ == 0) clock_.set_moving(false);
}

void Loop::delay_next_timer(Duration by) {
    auto* const timer = timers_.pop_due(timers_.next_deadline());
    timers_.insert(*timer,
                   by < Duration::max() - timer->deadline() ? timer->deadline() + by : Duration::max());
}

TimerHandle Loop::arm_call(detail::Ref<detail::TimedCall> call, Duration when) {
    timers_.insert(*call, when);
    call->pending_ = true;
    calls_.push_back(*call);
    call->add_ref();
    return TimerHandle(std::move(call));
}

void Loop::forget_call(detail::TimedCall& call) noexcept {
    call.pending_ = false;
    calls_.remove(call);
    call.release();
}

void Loop::break_shields() noexcept {
    shields_broken_ = true;
    for_each_task([](TaskBase& task) { task.break_shields(); });
}

std::exception_ptr Loop::take_raised() noexcept {
    return std::exchange(raised_, nullptr);
}

void Loop::call_exception_handler(std::string_view message, std::exception_ptr error) noexcept {
    if (!exception_handler_) return;
    try {
        exception_handler_(message, std::move(error));
    } catch (...) {
        // There is no other place to report it to.
    }
}

void Loop::log(std::string_view message) noexcept {
    log([message] { return message; });
}

LoopExtension* Loop::find_extension(const void* key) noexcept {
    for (Extension& extension : extensions_) {
        if (extension.key == key) return extension.object.get();
    }
    return nullptr;
}

LoopExtension& Loop::add_extension(const void* key, std::unique_ptr<LoopExtension> extension) {
    check_open();
    return *extensions_.emplace_back(Extension{key, std::move(extension)}).object;
}

Coro<> Loop::shutdown_extensions() {
    using Phase = LoopExtension::Phase;
    std::exception_ptr first_error;
    if (journal_ != nullptr) journal_->pause();
    for (const Phase phase : {Phase::asyncgens, Phase::executor, Phase::io}) {
        // By index: a shutdown may add extensions.
        for (std::size_t i = 0; i < extensions_.size(); ++i) {
            LoopExtension& extension = *extensions_[i].object;
            if (extension.phase() != phase) continue;
            try {
                co_await extension.shutdown();
            } catch (...) {
                if (!first_error) first_error = std::current_exception();
            }
        }
    }
    if (journal_ != nullptr) journal_->resume();
    if (first_error) std::rethrow_exception(first_error);
}

void Loop::close() {
    if (closed_) return;
    if (is_running()) throw std::runtime_error("Cannot close a running event loop");
    {
        const std::lock_guard lock(foreign_mutex_);
        closed_ = true;
    }
    RunningLoop scope(*this);
    // A group's children go with the frame that holds the group. Only the extensions' own tasks remain.
    tasks_.abandon_all();
    for (TaskOwner* owner = owners_.first(); owner != nullptr;) {
        if (owner->empty()) {
            owner = owners_.next(*owner);
        } else {
            owner->abandon_all();
            owner = owners_.first();  // the list may have changed
        }
    }
    for (ReadyQueue* queue : {&batch_, &ready_}) {
        while (!queue->empty()) queue->pop().drop();
    }
    while (detail::TimedCall* call = calls_.first()) call->cancel_call();
    extensions_.clear();
    foreign_calls_.clear();
    backend_.reset();
}

}  // namespace arun
