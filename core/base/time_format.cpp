#include "base/time_format.hpp"

#include "base/ascii.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
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

namespace {

constexpr std::array<std::string_view, 7> day_names{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                    "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> month_names{"January",   "February", "March",    "April",
                                                       "May",       "June",     "July",     "August",
                                                       "September", "October",  "November", "December"};

/// Reads a text by the conversions of strftime(3) that format_time() writes in the C locale.
class FormattedTimeReader {
public:
    explicit FormattedTimeReader(std::string_view text) : rest_(text) {}

    /// Empty if the text does not have the format.
    std::optional<TimePoint> read(std::string_view format) {
        if (!read_parts(format) || !rest_.empty()) return std::nullopt;
        const auto seconds = unix_seconds();
        if (!seconds || *seconds > latest || *seconds < -latest) return std::nullopt;
        return TimePoint(std::chrono::duration_cast<TimePoint::duration>(
            std::chrono::seconds(*seconds) + std::chrono::nanoseconds(nanoseconds_)));
    }
    /// A conversion that cannot be read; empty if there was none.
    std::string_view unknown() const { return unknown_; }

private:
    bool read_parts(std::string_view format) {
        while (!format.empty()) {
            if (is_space(format[0])) {
                skip_space();
                format.remove_prefix(1);
            } else if (format[0] != '%' || format.size() == 1) {
                if (!take(format.substr(0, 1))) return false;
                format.remove_prefix(1);
            } else {
                const std::size_t size = format.starts_with("%3f") || format.starts_with("%6f") ? 3 : 2;
                if (!read_conversion(format.substr(0, size))) return false;
                format.remove_prefix(size);
            }
        }
        return true;
    }

    bool read_conversion(std::string_view conversion) {
        switch (conversion.back()) {
            case 'a':
            case 'A':
                return take_name(day_names).has_value();
            case 'b':
            case 'B':
            case 'h': {
                const auto month = take_name(month_names);
                parts_.tm_mon = month.value_or(0);
                return month.has_value();
            }
            case 'c':
                return read_parts("%a %b %e %H:%M:%S %Y");
            case 'D':
            case 'x':
                return read_parts("%m/%d/%y");
            case 'd':
            case 'e':
                skip_space();
                return number(parts_.tm_mday, 2, 1, 31);
            case 'F':
                return read_parts("%Y-%m-%d");
            case 'f':
                return read_fraction(conversion.size() == 3 && conversion[1] == '3' ? 3 : 6);
            case 'H':
            case 'k':
                skip_space();
                return number(parts_.tm_hour, 2, 0, 23);
            case 'I':
            case 'l':
                skip_space();
                return number(hour12_, 2, 1, 12);
            case 'j':
                return number(day_of_year_, 3, 1, 366);
            case 'M':
                return number(parts_.tm_min, 2, 0, 59);
            case 'm':
                if (!number(parts_.tm_mon, 2, 1, 12)) return false;
                --parts_.tm_mon;
                return true;
            case 'n':
            case 't':
                skip_space();
                return true;
            case 'P':
            case 'p':
                return read_half();
            case 'R':
                return read_parts("%H:%M");
            case 'r':
                return read_parts("%I:%M:%S %p");
            case 'S':
                return number(parts_.tm_sec, 2, 0, 60);
            case 's':
                return read_unix_seconds();
            case 'T':
            case 'X':
                return read_parts("%H:%M:%S");
            case 'u':
            case 'w': {
                int ignored = 0;
                return number(ignored, 1, 0, 7);
            }
            case 'Y':
                return number(year_, 4, 1, 9999);
            case 'y':
                if (!number(year_, 2, 0, 99)) return false;
                year_ += year_ < 69 ? 2000 : 1900;
                return true;
            case 'Z':
                return read_zone_name();
            case 'z':
                return read_offset();
            case '%':
                return take("%");
            default:
                unknown_ = conversion;
                return false;
        }
    }

    void skip_space() {
        while (!rest_.empty() && is_space(rest_[0])) rest_.remove_prefix(1);
    }

    bool take(std::string_view piece) {
        if (!rest_.starts_with(piece)) return false;
        rest_.remove_prefix(piece.size());
        return true;
    }

    bool take_word(std::string_view word) {
        if (!equal_ignoring_case(rest_.substr(0, word.size()), word)) return false;
        rest_.remove_prefix(word.size());
        return true;
    }

    /// The index of the name, which may be cut to three letters.
    template <std::size_t N>
    std::optional<int> take_name(const std::array<std::string_view, N>& names) {
        for (std::size_t i = 0; i < N; ++i)
            if (take_word(names[i]) || take_word(names[i].substr(0, 3))) return static_cast<int>(i);
        return std::nullopt;
    }

    bool number(int& out, std::size_t max_digits, int min, int max) {
        std::size_t size = 0;
        out = 0;
        while (size < max_digits && size < rest_.size() && is_digit(rest_[size]))
            out = out * 10 + (rest_[size++] - '0');
        rest_.remove_prefix(size);
        return size > 0 && out >= min && out <= max;
    }

    bool read_fraction(std::size_t max_digits) {
        std::int64_t unit = 100'000'000;
        std::size_t size = 0;
        nanoseconds_ = 0;
        for (; size < max_digits && size < rest_.size() && is_digit(rest_[size]); ++size, unit /= 10)
            nanoseconds_ += unit * (rest_[size] - '0');
        rest_.remove_prefix(size);
        return size > 0;
    }

    bool read_half() {
        const bool morning = take_word("AM");
        if (!morning && !take_word("PM")) return false;
        afternoon_ = !morning;
        return true;
    }

    bool read_unix_seconds() {
        const bool before = take("-");
        std::int64_t seconds = 0;
        std::size_t size = 0;
        for (; size < rest_.size() && is_digit(rest_[size]); ++size) {
            seconds = seconds * 10 + (rest_[size] - '0');
            if (seconds > latest) return false;
        }
        rest_.remove_prefix(size);
        unix_ = before ? -seconds : seconds;
        return size > 0;
    }

    /// Names of zones are ambiguous, except these and those of the local zone.
    bool read_zone_name() {
        if (take_word("GMT") || take_word("UTC") || take_word("Z")) {
            zone_ = 0;
            return true;
        }
        ::tzset();
        for (int summer = 0; summer < 2; ++summer) {
            const std::string_view name = ::tzname[summer];
            if (name.empty() || !take(name)) continue;
            parts_.tm_isdst = summer;
            zone_.reset();
            return true;
        }
        return false;
    }

    bool read_offset() {
        if (take_word("Z")) {
            zone_ = 0;
            return true;
        }
        const bool west = take("-");
        int hours = 0;
        int minutes = 0;
        if ((!west && !take("+")) || !number(hours, 2, 0, 23)) return false;
        take(":");
        if (!rest_.empty() && is_digit(rest_[0]) && !number(minutes, 2, 0, 59)) return false;
        zone_ = (hours * 3600 + minutes * 60) * (west ? -1 : 1);
        return true;
    }

    std::optional<std::int64_t> unix_seconds() {
        if (unix_) return unix_;
        if (year_ == 0) return std::nullopt;
        parts_.tm_year = year_ - 1900;
        if (hour12_ != 0) parts_.tm_hour = hour12_ % 12 + (afternoon_ ? 12 : 0);
        if (day_of_year_ != 0) {
            // timegm() and mktime() carry the days over to the months.
            parts_.tm_mon = 0;
            parts_.tm_mday = day_of_year_;
        } else if (!is_day(parts_)) {
            return std::nullopt;
        }
        return zone_ ? timegm(&parts_) - *zone_ : std::mktime(&parts_);
    }

    static std::tm first_day() {
        std::tm parts{};
        parts.tm_mday = 1;
        parts.tm_isdst = -1;
        return parts;
    }

    std::string_view rest_;
    std::string_view unknown_;
    std::tm parts_ = first_day();
    int year_ = 0;  ///< 0: none
    int hour12_ = 0;
    int day_of_year_ = 0;
    bool afternoon_ = false;
    std::int64_t nanoseconds_ = 0;
    std::optional<int> zone_;  ///< seconds east of UTC; empty for local time
    std::optional<std::int64_t> unix_;
};

bool has_year(std::string_view format) {
    for (std::size_t i = 0; i + 1 < format.size(); ++i) {
        if (format[i] != '%') continue;
        if (std::string_view("YyFDcxs").find(format[++i]) != std::string_view::npos) return true;
    }
    return false;
}

std::optional<TimePoint> read_unix_ms(std::string_view text) {
    const auto size = text.size();
    if (size < 4) return std::nullopt;
    const auto time = FormattedTimeReader(text.substr(0, size - 3)).read("%s");
    std::int64_t millis = 0;
    for (const char c : text.substr(size - 3)) {
        if (!is_digit(c)) return std::nullopt;
        millis = millis * 10 + (c - '0');
    }
    if (!time) return std::nullopt;
    return *time + std::chrono::milliseconds(text.starts_with('-') ? -millis : millis);
}

}  // namespace

Result<TimePoint> parse_time(std::string_view text, std::string_view format) {
    const Error mismatch{quote(text) + " is not a time in the format " + quote(format)};
    std::optional<TimePoint> time;
    if (format == "iso8601") return parse_time(text);
    if (format == "unix_ms") {
        time = read_unix_ms(text);
    } else {
        if (format == "unix") format = "%s";
        if (!has_year(format)) return Error{"the format " + quote(format) + " has no year"};
        FormattedTimeReader reader(text);
        time = reader.read(format);
        if (!reader.unknown().empty())
            return Error{"times cannot be read with " + quote(reader.unknown()) + " in the format"};
    }
    if (!time) return mismatch;
    return *time;
}

}  // namespace arun
