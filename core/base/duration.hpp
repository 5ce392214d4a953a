/// Lengths of time as scripts write them.
#pragma once

#include "base/result.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace arun {

/// All lengths of time, and all points of time since a Loop was made: signed nanoseconds.
using Duration = std::chrono::nanoseconds;

/// Reads "1.5", "250ms", "1m30s", "2h": a number in seconds, or a sum of numbers with one of the
/// units us, ms, s, m, h, d. Negative, NaN, infinite and more than 100 years are errors.
/// Blanks around the text are allowed; between the parts they are not.
Result<Duration> parse_duration(std::string_view text);

/// The same rules for a number of seconds.
Result<Duration> duration_from_seconds(double seconds);

/// Seconds as a double, for results and expressions.
constexpr double to_seconds(Duration d) noexcept {
    return static_cast<double>(d.count()) / 1e9;
}

/// For messages, with a unit a person would choose and at most three decimals: "250ms", "1.5s",
/// "2m", "1m30s", "1h5m", "0s", "500us". What it prints, parse_duration() reads.
std::string format_duration(Duration d);

}  // namespace arun
