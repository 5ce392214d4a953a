#include "rt/sleep.hpp"

#include <algorithm>

namespace arun::detail {

SleepTimer::~SleepTimer() {
    // Armed if its frame is destroyed during the sleep.
    if (armed()) task_->loop().disarm(*this);
}

void SleepTimer::start(std::coroutine_handle<> frame, Duration deadline) {
    // Before arm(), which compares tasks.
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
    // Not at the end of time itself: an endless sleep ends before an endless timeout.
    const Duration deadline = running.loop->time_after(Duration{time_});
    start(frame, std::min(deadline, Duration::max() - Duration{1}));
}

}  // namespace arun::detail
