#include "jobs/time_format.hpp"

#include <cstdint>
#include <ctime>

namespace arun::jobs {

namespace {

std::string padded(std::int64_t n, std::size_t width) {
    auto digits = std::to_string(n);
    return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

/// strftime's own conversions; the text grows until it fits, since 0 means both empty and too small.
std::string strftime_text(const std::string& format, const std::tm& parts) {
    if (format.empty()) return {};
    // A blank more, so that an empty result (of %p, say) is not mistaken for lack of room.
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
    // Ours are put in first; what they print needs no escaping.
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

}  // namespace arun::jobs
