#include "base/time_format.hpp"

#include "base/text.hpp"

#include <cstdint>
#include <ctime>
#include <optional>

namespace arun {

namespace {

static_assert(sizeof(std::time_t) == 8,
              "a time_t of 32 bits ends in 2038: see _TIME_BITS in cmake/Options.cmake");

std::string padded(std::int64_t n, std::size_t width) {
    auto digits = std::to_string(n);
    return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

/// strftime(3), in a buffer that grows until the text fits.
std::string strftime_text(const std::string& format, const std::tm& parts) {
    if (format.empty()) return {};
    // strftime() returns 0 both for an empty text (%p in some locales) and for a small buffer: the blank
    // tells them apart.
    auto guarded = format + ' ';
    std::string out(64, '\0');
    for (;;) {
        auto size = std::strftime(out.data(), out.size(), guarded.c_str(), &parts);
        if (size > 0) {
            out.resize(size - 1);
            return out;
        }
        out.resize(out.size() * 2);
    }
}

}  // namespace

std::string format_time(std::chrono::system_clock::time_point time, std::string_view format, bool utc) {
    using std::chrono::duration_cast;
    using std::chrono::microseconds;
    auto since = duration_cast<microseconds>(time.time_since_epoch()).count();
    auto seconds = since / 1'000'000;
    auto micros = since % 1'000'000;
    if (micros < 0) {
        micros += 1'000'000;
        --seconds;
    }
    if (format == "unix") return std::to_string(seconds);
    if (format == "unix_ms") return std::to_string(seconds * 1000 + micros / 1000);

    auto clock = static_cast<std::time_t>(seconds);
    std::tm parts{};
    if (utc) {
        gmtime_r(&clock, &parts);
    } else {
        localtime_r(&clock, &parts);
    }
    if (format == "iso8601") {
        auto zone = strftime_text("%z", parts);  // +hhmm
        return strftime_text("%Y-%m-%dT%H:%M:%S", parts) + '.' + padded(micros / 1000, 3) +
               zone.substr(0, 3) + ':' + zone.substr(3);
    }
    // arun's own conversions come first; their text needs no escaping.
    std::string prepared;
    for (std::size_t i = 0; i < format.size(); ++i) {
        auto rest = format.substr(i);
        if (rest.starts_with("%%")) {
            prepared += "%%";
            ++i;
        } else if (rest.starts_with("%3f")) {
            prepared += padded(micros / 1000, 3);
            i += 2;
        } else if (rest.starts_with("%f") || rest.starts_with("%6f")) {
            prepared += padded(micros, 6);
            i += rest[1] == '6' ? 2 : 1;
        } else if (format[i] != '\0') {
            prepared += format[i];
        }
    }
    return strftime_text(prepared, parts);
}

namespace {

using TimePoint = std::chrono::system_clock::time_point;

/// Largest time that 64 bits of nanoseconds can hold, in Unix seconds: in the year 2262. The unit of some
/// system clocks is larger.
constexpr std::int64_t latest =
    std::chrono::duration_cast<std::chrono::seconds>(std::chrono::nanoseconds::max()).count() - 1;

/// Consumes characters from the front of a text; after the first mismatch, everything fails.
class TimeReader {
public:
    explicit TimeReader(std::string_view text) : rest_(text) {}

    bool take(char c) {
        if (!rest_.starts_with(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }
    void expect(char c) { ok_ = take(c) && ok_; }
    int digits(std::size_t count, int min, int max) {
        int value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (rest_.empty() || rest_[0] < '0' || rest_[0] > '9') ok_ = false;
            if (!ok_) return min;
            value = value * 10 + (rest_[0] - '0');
            rest_.remove_prefix(1);
        }
        ok_ = ok_ && value >= min && value <= max;
        return value;
    }
    /// The digits of a fraction of a second, in nanoseconds.
    std::int64_t fraction() {
        std::int64_t value = 0;
        std::int64_t unit = 100'000'000;
        bool any = false;
        for (; !rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9'; rest_.remove_prefix(1), unit /= 10) {
            value += unit * (rest_[0] - '0');
            any = true;
        }
        ok_ = ok_ && any;
        return value;
    }
    bool at_end() const { return rest_.empty(); }
    bool ok() const { return ok_; }

private:
    std::string_view rest_;
    bool ok_ = true;
};

bool is_day(const std::tm& parts) {
    constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const int year = parts.tm_year + 1900;
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return parts.tm_mday <= days[parts.tm_mon] + (leap && parts.tm_mon == 1 ? 1 : 0);
}

/// Seconds east of UTC; empty for local time.
std::optional<int> read_zone(TimeReader& reader) {
    if (reader.take('Z') || reader.take('z')) return 0;
    const bool west = reader.take('-');
    if (!west && !reader.take('+')) return std::nullopt;
    const int hours = reader.digits(2, 0, 23);
    const bool colon = reader.take(':');
    const int minutes = reader.at_end() && !colon ? 0 : reader.digits(2, 0, 59);
    const int seconds = hours * 3600 + minutes * 60;
    return west ? -seconds : seconds;
}

std::optional<TimePoint> read_unix(TimeReader reader) {
    const bool before = reader.take('-');
    std::int64_t seconds = 0;
    do {
        seconds = seconds * 10 + reader.digits(1, 0, 9);
        if (seconds > latest) return std::nullopt;
    } while (reader.ok() && !reader.at_end());
    if (!reader.ok()) return std::nullopt;
    return TimePoint(std::chrono::seconds(before ? -seconds : seconds));
}

std::optional<TimePoint> read_calendar(TimeReader reader) {
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
    if (!reader.ok() || !reader.at_end() || !is_day(parts)) return std::nullopt;
    parts.tm_isdst = -1;
    const std::time_t seconds = zone ? timegm(&parts) - *zone : std::mktime(&parts);
    return TimePoint(std::chrono::duration_cast<TimePoint::duration>(std::chrono::seconds(seconds) +
                                                                     std::chrono::nanoseconds(nanoseconds)));
}

}  // namespace

Result<TimePoint> parse_time(std::string_view text) {
    const auto time =
        text.starts_with('@') ? read_unix(TimeReader(text.substr(1))) : read_calendar(TimeReader(text));
    if (!time) return Error{quote(text) + " is not a time; write 2024-01-01T12:00:00Z or @1704110400"};
    return *time;
}

}  // namespace arun
