/// A loop's clock: real, or virtual.
#pragma once

#include "base/duration.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace arun {

enum class ClockMode : std::uint8_t { real, virtual_ };

/// Shows the time since its creation. The real clock follows CLOCK_MONOTONIC. The virtual clock stands still
/// except for jump_to(), and while real I/O is pending: then it moves at real speed.
class Clock {
public:
    using WallTime = std::chrono::system_clock::time_point;

    /// `start_time`: the first wall_time() of a virtual clock, by default the present.
    explicit Clock(ClockMode mode, std::optional<WallTime> start_time = {});

    /// At most Duration::max(), about 292 years.
    Duration now() const noexcept {
        return moving_ ? offset_ + std::min(monotonic() - origin_, Duration::max() - offset_) : offset_;
    }
    /// The machine's time of day; on the virtual clock the start time plus now().
    WallTime wall_time() const noexcept;
    /// The start time plus `time`, on the real clock too: that does not follow changes of the machine's. At
    /// most WallTime::max(), in the year 2262.
    WallTime wall_time_at(Duration time) const noexcept;

    ClockMode mode() const noexcept { return mode_; }
    /// The clock follows real time at present.
    bool moving() const noexcept { return moving_; }
    /// Starts or stops a virtual clock. No effect on a real one.
    void set_moving(bool moving) noexcept;
    /// Precondition: the clock stands still, and `time` is not in the past.
    void jump_to(Duration time) noexcept { offset_ = time; }
    /// The CLOCK_MONOTONIC time at which a moving clock will show `time`.
    Duration monotonic_at(Duration time) const noexcept { return origin_ + (time - offset_); }

    /// CLOCK_MONOTONIC.
    static Duration monotonic() noexcept;

private:
    Duration origin_;     ///< CLOCK_MONOTONIC when the clock showed offset_
    Duration offset_{0};  ///< the time shown at origin_, or while the clock stands still
    WallTime wall_start_;
    ClockMode mode_;
    bool moving_;
};

/// A counter that is cheap to read and runs at several GHz; always zero where there is none.
inline std::uint64_t cpu_ticks() noexcept {
#if defined(__x86_64__) || defined(__i386__)
    return __builtin_ia32_rdtsc();
#else
    return 0;
#endif
}

}  // namespace arun
