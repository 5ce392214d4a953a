/// A time of day as text.
#pragma once

#include "base/error.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace arun {

/// strftime(3)'s conversions in the C locale, %f (microseconds, six digits) and %3f (milliseconds), or one of
/// the words "iso8601", "unix", "unix_ms".
std::string format_time(std::chrono::system_clock::time_point time, std::string_view format, bool utc);

/// A point in time as people write it: "2024-01-01T12:00:00Z", "2024-01-01 12:00+02:00", "2024-01-01"
/// (midnight), with a fraction of a second or without; without a zone it is local time. Or "@1704110400", in
/// Unix seconds.
Result<std::chrono::system_clock::time_point> parse_time(std::string_view text);
/// The inverse of format_time(): the point in time whose text in that format is `text`. Without a zone it is
/// local time. As with strptime(3), leading zeros may be missing, blanks in the format match any white space,
/// and names match in upper and lower case. Fails if the format has no year.
Result<std::chrono::system_clock::time_point> parse_time(std::string_view text, std::string_view format);

}  // namespace arun
