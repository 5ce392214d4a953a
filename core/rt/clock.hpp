/// The time that a loop lives by: real, or virtual.
#pragma once

#include "base/duration.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace arun {

enum class ClockMode : std::uint8_t { real, virtual_ };

/// Time since the clock was made. The real one follows CLOCK_MONOTONIC. The virtual one stands still
/// but for jump_to(), and for as long as real I/O is pending: then it moves at real speed.
class Clock {
public:
    using WallTime = std::chrono::system_clock::time_point;

    /// `start_time`: what wall_time() of a virtual clock begins with; now, if there is none.
    explicit Clock(ClockMode mode, std::optional<WallTime> start_time = {});

    Duration now() const noexcept { return moving_ ? offset_ + (monotonic() - origin_) : offset_; }
    /// The time of day: of the machine, or on the virtual clock the start time plus now().
    WallTime wall_time() const noexcept;

    ClockMode mode() const noexcept { return mode_; }
    /// The clock follows real time at the moment.
    bool moving() const noexcept { return moving_; }
    /// Virtual clocks only: whether to follow real time from here on.
    void set_moving(bool moving) noexcept;
    /// Forwards to `time`, which must not be in the past; the clock must stand still.
    void jump_to(Duration time) noexcept { offset_ = time; }
    /// The CLOCK_MONOTONIC time at which a moving clock will show `time`.
    Duration monotonic_at(Duration time) const noexcept { return origin_ + (time - offset_); }

    /// CLOCK_MONOTONIC.
    static Duration monotonic() noexcept;

private:
    Duration origin_;     ///< CLOCK_MONOTONIC when it showed offset_
    Duration offset_{0};  ///< the time shown at the origin, or while it stands still
    WallTime wall_start_;
    ClockMode mode_;
    bool moving_;
};

/// A counter that is cheap to read and runs at some GHz; zero where there is none.
inline std::uint64_t cpu_ticks() noexcept {
#if defined(__x86_64__) || defined(__i386__)
    return __builtin_ia32_rdtsc();
#else
    return 0;
#endif
}

}  // namespace arun
