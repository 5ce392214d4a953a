/// Lengths of time as scripts write them.
#pragma once

#include "base/error.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace arun {

/// All lengths of time, and all points of time since a Loop was made. Units: ns.
using Duration = std::chrono::nanoseconds;

/// Reads "1.5", "250ms", "1m30s", "2h": a number of seconds, or a sum of numbers with the units us, ms, s, m,
/// h and d. Negative, NaN, infinite and more than 100 years are errors. White space may surround the text,
/// but not separate its parts.
Result<Duration> parse_duration(std::string_view text);

/// The same rules for a number of seconds.
Result<Duration> duration_from_seconds(double seconds);

constexpr double to_seconds(Duration d) noexcept {
    return static_cast<double>(d.count()) / 1e9;
}

/// For messages, in the unit that a person would choose and with at most three decimals: "250ms", "1.5s",
/// "2m", "1m30s", "1h5m", "0s", "500us". parse_duration() reads it back.
std::string format_duration(Duration d);

/// For pictures and tables, rounded to three digits, with a blank before the unit: "0.3 ms", "1.25 s",
/// "12 min 5 s", "2 h 5 min", "3 d 4 h"; "<0.01 ms" for less than that, and "0 s". Precondition: not
/// negative.
std::string rounded_duration(Duration d);

}  // namespace arun
