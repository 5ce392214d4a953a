/// What makes one run of a program differ from the next: what its loop reads from the clock, and what comes
/// from outside between two steps.
#pragma once

#include "base/duration.hpp"
#include "rt/clock.hpp"

#include <cstdint>

namespace arun {

class Loop;

/// Writes that down while the loop runs, or gives it back to a loop that runs again.
///
/// The tasks of a program are deterministic. They take the same steps in the same order if, at each position,
/// the clock shows the same time, the same timers expire, and the same things happen. So the position of an
/// event is the number of steps before it. Steps that only serve to bring something in from outside (see
/// ReadyNode::from_outside) do not count, for they do not exist when the loop runs again.
class Journal {
public:
    Journal() = default;
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;
    virtual ~Journal() = default;

    std::uint64_t position() const noexcept { return position_; }
    /// A step has ended.
    void step() noexcept {
        if (!paused_ && !observing_) ++position_;
    }
    /// Code that only describes the run is at work, such as a report. What it reads decides nothing.
    bool observing() const noexcept { return observing_; }
    void set_observing(bool on) noexcept { observing_ = on; }
    /// Steps do not count, and nothing is written, until resume(): while a loop closes what is outside.
    void pause() noexcept { paused_ = true; }
    void resume() noexcept { paused_ = false; }
    bool paused() const noexcept { return paused_; }

    /// What Loop::time() returns: the same throughout a step.
    virtual Duration now(const Clock& clock) noexcept = 0;
    /// Timers that are due by `now` are about to expire.
    virtual void expiring(Duration now) noexcept = 0;
    /// Tasks in settle() go on although something is ready.
    virtual void settled_early() noexcept = 0;
    /// A signal has been seen that is to interrupt what runs.
    virtual void signalled(int signo) noexcept = 0;
    /// Nothing can wake the tasks that wait.
    virtual void deadlock() noexcept = 0;

    /// The loop runs again: nothing happens but in advance() and wait(), and it never blocks.
    virtual bool replays() const noexcept = 0;
    /// Lets happen what happened at this position.
    virtual void advance(Loop& loop) = 0;
    /// Nothing is ready: lets happen what happened next. Throws DeadlockError if nothing could.
    virtual void wait(Loop& loop) = 0;

private:
    std::uint64_t position_ = 0;
    bool paused_ = false;
    bool observing_ = false;
};

/// The code of this scope only describes the run. `journal` may be null.
class ObservingScope {
public:
    explicit ObservingScope(Journal* journal) noexcept
        : journal_(journal), before_(journal != nullptr && journal->observing()) {
        if (journal_ != nullptr) journal_->set_observing(true);
    }
    ObservingScope(const ObservingScope&) = delete;
    ObservingScope& operator=(const ObservingScope&) = delete;
    ~ObservingScope() {
        if (journal_ != nullptr) journal_->set_observing(before_);
    }

private:
    Journal* journal_;
    bool before_;
};

}  // namespace arun
