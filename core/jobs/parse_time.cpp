/// Points in time as people write them (ISO 8601, the parts of it that are in use).
#include "base/ascii.hpp"
#include "base/text.hpp"
#include "jobs/time_format.hpp"

#include <cstdint>
#include <ctime>
#include <optional>

namespace arun::jobs {
namespace {

using TimePoint = std::chrono::system_clock::time_point;

/// What the system's clock can hold, in Unix seconds: up to the year 2262.
constexpr std::int64_t latest =
    std::chrono::duration_cast<std::chrono::seconds>(TimePoint::max().time_since_epoch()).count() - 1;

/// Takes characters off the front of a text; once one is missing, all that follows fails.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    bool take(char c) {
        if (!rest_.starts_with(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }
    void expect(char c) { good_ = take(c) && good_; }
    int digits(std::size_t count, int least, int most) {
        int value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (rest_.empty() || !is_digit(rest_[0])) good_ = false;
            if (!good_) return least;
            value = value * 10 + (rest_[0] - '0');
            rest_.remove_prefix(1);
        }
        good_ = good_ && value >= least && value <= most;
        return value;
    }
    /// After the point: as many digits as there are, in nanoseconds.
    std::int64_t fraction() {
        std::int64_t value = 0;
        std::int64_t unit = 100'000'000;
        bool any = false;
        for (; !rest_.empty() && is_digit(rest_[0]); rest_.remove_prefix(1), unit /= 10) {
            value += unit * (rest_[0] - '0');
            any = true;
        }
        good_ = good_ && any;
        return value;
    }
    bool at_end() const { return rest_.empty(); }
    bool good() const { return good_; }

private:
    std::string_view rest_;
    bool good_ = true;
};

bool is_day(const std::tm& parts) {
    constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const int year = parts.tm_year + 1900;
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return parts.tm_mday <= days[parts.tm_mon] + (leap && parts.tm_mon == 1 ? 1 : 0);
}

/// Seconds east of UTC; none for local time.
std::optional<int> read_zone(Reader& reader) {
    if (reader.take('Z') || reader.take('z')) return 0;
    const bool west = reader.take('-');
    if (!west && !reader.take('+')) return std::nullopt;
    const int hours = reader.digits(2, 0, 23);
    const bool colon = reader.take(':');
    const int minutes = reader.at_end() && !colon ? 0 : reader.digits(2, 0, 59);
    const int seconds = hours * 3600 + minutes * 60;
    return west ? -seconds : seconds;
}

std::optional<TimePoint> read_unix(Reader reader) {
    const bool before = reader.take('-');
    std::int64_t seconds = 0;
    do {
        seconds = seconds * 10 + reader.digits(1, 0, 9);
        if (seconds > latest) return std::nullopt;
    } while (reader.good() && !reader.at_end());
    if (!reader.good()) return std::nullopt;
    return TimePoint(std::chrono::seconds(before ? -seconds : seconds));
}

std::optional<TimePoint> read_calendar(Reader reader) {
    std::tm parts{};
    parts.tm_year = reader.digits(4, 1900, 2200) - 1900;
    reader.expect('-');
    parts.tm_mon = reader.digits(2, 1, 12) - 1;
    reader.expect('-');
    parts.tm_mday = reader.digits(2, 1, 31);
    std::int64_t nanoseconds = 0;
    std::optional<int> zone;
    if (!reader.at_end()) {
        if (!reader.take('T') && !reader.take('t')) reader.expect(' ');
        parts.tm_hour = reader.digits(2, 0, 23);
        reader.expect(':');
        parts.tm_min = reader.digits(2, 0, 59);
        if (reader.take(':')) {
            parts.tm_sec = reader.digits(2, 0, 60);
            if (reader.take('.')) nanoseconds = reader.fraction();
        }
        zone = read_zone(reader);
    }
    if (!reader.good() || !reader.at_end() || !is_day(parts)) return std::nullopt;
    parts.tm_isdst = -1;
    const std::time_t seconds = zone ? timegm(&parts) - *zone : std::mktime(&parts);
    return TimePoint(std::chrono::duration_cast<TimePoint::duration>(std::chrono::seconds(seconds) +
                                                                     std::chrono::nanoseconds(nanoseconds)));
}

}  // namespace

Result<TimePoint> parse_time(std::string_view text) {
    const auto time = text.starts_with('@') ? read_unix(Reader(text.substr(1))) : read_calendar(Reader(text));
    if (!time) return Error{quote(text) + " is not a time; write 2024-01-01T12:00:00Z or @1704110400"};
    return *time;
}

}  // namespace arun::jobs
