#include "rt/sleep.hpp"

namespace arun::detail {

SleepTimer::~SleepTimer() {
    // Its frame is destroyed while it sleeps.
    if (armed()) task_->loop().disarm(*this);
}

void SleepTimer::start(std::coroutine_handle<> frame, Duration deadline) {
    // The queue asks for the task when it compares.
    task_ = running.task;
    running.loop->arm(*this, deadline);
    task_->suspend(frame, *this);
}

bool SleepTimer::cancel() noexcept {
    if (!armed()) return false;
    task_->loop().disarm(*this);
    task_->wake_cancelled();
    return true;
}

void SleepFor::await_suspend(std::coroutine_handle<> frame) {
    if (time_ <= 0) return running.task->requeue(frame);
    const Duration now = running.loop->time();
    const Duration delay{time_};
    // A very long sleep must not wrap around into the past.
    start(frame, delay < Duration::max() - now ? now + delay : Duration::max() - Duration{1});
}

}  // namespace arun::detail

namespace arun {

Coro<> settle() {
    Loop& loop = Loop::get_running();
    for (int turn = 0; turn < 10'000 && loop.has_ready(); ++turn) co_await yield();
}

}  // namespace arun
