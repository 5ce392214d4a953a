#include "rt/clock.hpp"

#include <ctime>

namespace arun {

Clock::Clock(ClockMode mode, std::optional<WallTime> start_time)
    : origin_(monotonic()),
      wall_start_(start_time ? *start_time : std::chrono::system_clock::now()),
      mode_(mode),
      moving_(mode == ClockMode::real) {}

Duration Clock::monotonic() noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

Clock::WallTime Clock::wall_time() const noexcept {
    if (mode_ == ClockMode::real) return std::chrono::system_clock::now();
    return wall_time_at(now());
}

Clock::WallTime Clock::wall_time_at(Duration time) const noexcept {
    const auto passed = std::chrono::duration_cast<WallTime::duration>(time);
    return wall_start_ + std::min(passed, WallTime::max() - std::max(wall_start_, WallTime()));
}

void Clock::set_moving(bool moving) noexcept {
    if (mode_ == ClockMode::real || moving == moving_) return;
    if (moving) {
        origin_ = monotonic();
    } else {
        offset_ = now();
    }
    moving_ = moving;
}

}  // namespace arun
