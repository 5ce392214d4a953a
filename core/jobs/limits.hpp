/// What cuts several jobs short: time limits, and the grace period that begins with the first of them.
#pragma once

#include "base/duration.hpp"
#include "jobs/engine.hpp"
#include "rt/coro.hpp"

namespace arun::jobs {

/// A limit that covers several jobs: a script's `timeout`, or --timeout.
struct Limit {
    Duration length{};
    Duration end{};  ///< by Engine::elapsed()
    bool passed = false;
    explicit operator bool() const noexcept { return length != Duration::zero(); }
};

/// The time for clean-up, from the first thing that cuts the run short.
class Grace {
public:
    Grace(Engine& engine, Duration length) noexcept : engine_(engine), length_(length) {}

    /// For another Runner.
    void renew() noexcept { started_ = over_ = false; }
    /// The first call counts. At the end of the period what still runs is named, and all shields break.
    void start();
    bool over() const noexcept { return over_; }
    Duration length() const noexcept { return length_; }

private:
    Engine& engine_;
    Duration length_;
    bool started_ = false;
    bool over_ = false;
};

/// Runs `inner` under the limit. When that has passed, the clean-up begins, and with it the grace period.
Coro<> limited(Engine& engine, Limit& limit, Grace& grace, Coro<> inner);

}  // namespace arun::jobs
