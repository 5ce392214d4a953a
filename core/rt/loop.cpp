#include "rt/loop.hpp"

#include "rt/backend.hpp"

#include <cassert>
#include <stdexcept>
#include <string>

namespace arun {

namespace {

/// This thread's running loop is `loop`, as long as the scope lasts.
class RunningLoop {
public:
    explicit RunningLoop(Loop& loop) noexcept : saved_(std::exchange(detail::running.loop, &loop)) {}
    RunningLoop(const RunningLoop&) = delete;
    RunningLoop& operator=(const RunningLoop&) = delete;
    ~RunningLoop() { detail::running.loop = saved_; }

private:
    Loop* saved_;
};

/// Stops the loop one turn after the task is done, as asyncio's done callback does: what the task made
/// ready in its last step gets its turn.
class StopWhenDone final : public WaitNode, public ReadyNode {
public:
    StopWhenDone(Loop& loop, TaskBase& task) noexcept : loop_(loop) {
        if (task.done()) {
            notify();
        } else {
            task.add_waiter(*this);
        }
    }
    ~StopWhenDone() {
        if (queued_) loop_.forget(*this);
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

}  // namespace

Loop::Loop(LoopOptions options)
    : timers_(&task_before),
      clock_(options.clock, options.start_time),
      debug_(options.debug),
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
    while (!stop.done()) {
        if (stopping_) throw LoopStopped("Event loop stopped before Future completed.");
        run_once();
    }
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

void Loop::run_once() {
    if (waker_.take()) [[unlikely]]
        drain_wakeups();
    if (ready_.empty() && batch_.empty()) {
        wait();
    } else {
        poll_if_due();
    }
    // What a stop_after() left of the last batch comes first.
    ready_.prepend(batch_);
    std::swap(batch_, ready_);
    if (debug_) {
        run_batch_watched();
    } else {
        run_batch();
    }
}

void Loop::run_batch() noexcept {
    while (!batch_.empty()) {
        batch_.pop().run();
        if (--steps_left_ == 0) [[unlikely]] {
            steps_left_ = unlimited;
            out_of_steps_ = true;
            stopping_ = true;
            return;
        }
    }
}

void Loop::drain_wakeups() {
    std::vector<std::function<void()>> calls;
    {
        const std::lock_guard lock(foreign_mutex_);
        calls.swap(foreign_calls_);
    }
    for (std::function<void()>& call : calls) call_soon(std::move(call));
    if (wake_handler_) wake_handler_();
}

void Loop::call_soon_threadsafe(std::function<void()> function) {
    // The lock keeps close() from taking the descriptor away meanwhile.
    const std::lock_guard lock(foreign_mutex_);
    check_open();
    foreign_calls_.push_back(std::move(function));
    waker_.wake();
}

/// Something is ready: look at the clock and at the back end, but not every time, for that costs more
/// than a step does. A timer may be late by some microseconds, I/O by a millisecond.
void Loop::poll_if_due() noexcept {
    constexpr std::uint64_t timer_ticks = 1u << 15;
    constexpr std::uint64_t poll_ticks = 1u << 21;
    constexpr std::uint32_t poll_turns = 256;
    if (timers_.empty() && !backend_) return;
    const std::uint64_t ticks = cpu_ticks();
    if (!timers_.empty() && (ticks == 0 || ticks - timers_checked_ >= timer_ticks || !clock_.moving())) {
        timers_checked_ = ticks;
        expire_until(time());
    }
    if (backend_ && (++turns_since_poll_ >= poll_turns || ticks - polled_ >= poll_ticks)) {
        turns_since_poll_ = 0;
        polled_ = ticks;
        backend_->poll();
    }
}

void Loop::expire_until(Duration now) noexcept {
    while (TimerNode* timer = timers_.pop_due(now)) timer->expire();
}

/// Nothing is ready.
void Loop::wait() {
    if (clock_.moving()) {
        const Duration now = time();
        expire_until(now);
        if (ready_.empty()) block(now);
    } else if (!timers_.empty()) {
        const Duration next = timers_.next_deadline();
        if (next > time()) {
            if (debug_) log("the clock jumps to " + format_duration(next));
            clock_.jump_to(next);
        }
        expire_until(next);
    } else {
        block(time());
    }
}

void Loop::block(Duration now) {
    flush();
    if (!ready_.empty() || waker_.called()) return;
    std::optional<Duration> deadline;
    if (longest_block < a_day) deadline = clock_.monotonic_at(now + longest_block);
    if (!timers_.empty() && clock_.moving()) {
        const Duration next = timers_.next_deadline();
        deadline = clock_.monotonic_at(std::min(next, now + longest_block));
        if (debug_) log("waiting for " + format_duration(next - now));
    } else if (holds_ == 0) {
        if (debug_) log("nothing can wake what waits");
        throw DeadlockError();
    } else if (debug_) {
        log("waiting for I/O");
    }
    backend().wait(deadline);
    turns_since_poll_ = 0;
    if (!timers_.empty() && clock_.moving()) expire_until(time());
}

void Loop::flush() {
    if (before_block) before_block();
}

Backend& Loop::backend() {
    check_open();
    if (!backend_) backend_ = std::make_unique<Backend>(waker_);
    return *backend_;
}

uv_loop_s* Loop::uv() {
    return backend().uv();
}

void Loop::hold_io() noexcept {
    if (holds_++ == 0) clock_.set_moving(true);
}

void Loop::release_io() noexcept {
    assert(holds_ > 0);
    if (--holds_ == 0) clock_.set_moving(false);
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
        // Nobody is left to tell.
    }
}

void Loop::close() {
    if (closed_) return;
    if (is_running()) throw std::runtime_error("Cannot close a running event loop");
    {
        const std::lock_guard lock(foreign_mutex_);
        closed_ = true;
    }
    RunningLoop scope(*this);
    // Those of groups go with the frames that hold the groups; what is left then are the extensions' own.
    tasks_.abandon_all();
    for (TaskOwner* owner = first_owner_; owner != nullptr;) {
        if (owner->empty()) {
            owner = owner->next_owner_;
        } else {
            owner->abandon_all();
            owner = first_owner_;  // the list may have changed
        }
    }
    for (ReadyQueue* queue : {&batch_, &ready_}) {
        while (!queue->empty()) queue->pop().drop();
    }
    drop_calls();
    extensions_.clear();
    foreign_calls_.clear();
    backend_.reset();
}

}  // namespace arun
