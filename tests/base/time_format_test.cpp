// Times as text, and texts as times.
#include "base/time_format.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

using namespace arun;
using namespace std::chrono_literals;

namespace {

using Time = std::chrono::system_clock::time_point;

/// The process lives in this zone for a while.
class Zone {
public:
    explicit Zone(const char* name) {
        if (const char* old = std::getenv("TZ")) saved_ = old;
        ::setenv("TZ", name, 1);
        ::tzset();
    }
    Zone(const Zone&) = delete;
    Zone& operator=(const Zone&) = delete;
    ~Zone() {
        if (saved_) {
            ::setenv("TZ", saved_->c_str(), 1);
        } else {
            ::unsetenv("TZ");
        }
        ::tzset();
    }

private:
    std::optional<std::string> saved_;
};

Time unix_time(std::int64_t seconds, std::chrono::nanoseconds more = 0ns) {
    return Time(std::chrono::duration_cast<Time::duration>(std::chrono::seconds(seconds) + more));
}
/// 2024-02-29T12:34:56.789012Z
const Time leap_day = unix_time(1709210096, 789012us);

std::string utc(std::string_view format, Time time = leap_day) {
    return format_time(time, format, true);
}
/// Nanoseconds since the epoch; -1 if the text is no time.
std::int64_t parsed(std::string_view text) {
    const auto time = parse_time(text);
    return time ? std::chrono::duration_cast<std::chrono::nanoseconds>(time->time_since_epoch()).count() : -1;
}
/// As much of it as the system clock can hold, whose unit is a microsecond in libc++.
constexpr std::int64_t representable(std::int64_t nanoseconds) {
    constexpr std::int64_t unit = std::chrono::nanoseconds(Time::duration(1)).count();
    return nanoseconds / unit * unit;
}
constexpr std::int64_t second = 1'000'000'000;

}  // namespace

TEST_CASE("a format is strftime's, in the C locale") {
    CHECK(utc("%X") == "12:34:56");
    CHECK(utc("%Y-%m-%d %H:%M:%S") == "2024-02-29 12:34:56");
    CHECK(utc("%A, %d %B, day %j, %p") == "Thursday, 29 February, day 060, PM");
    CHECK(utc("%c") == "Thu Feb 29 12:34:56 2024");
    CHECK(utc("%s") == std::to_string(1709210096));
    CHECK(utc("plain") == "plain");
    CHECK(utc("") == "");
    CHECK(utc("äöü %M") == "äöü 34");
    CHECK(utc("%%") == "%");
    CHECK(utc("%z %Z").starts_with("+0000 "));
    CHECK(utc("%n%t") == "\n\t");
}

TEST_CASE("%f is microseconds and %3f milliseconds, cut and not rounded") {
    CHECK(utc("%f") == "789012");
    CHECK(utc("%6f") == "789012");
    CHECK(utc("%3f") == "789");
    CHECK(utc("%S.%f %S.%3f") == "56.789012 56.789");
    CHECK(utc("%%f %%3f") == "%f %3f");
    CHECK(utc("%f", unix_time(0, 7us)) == "000007");
    CHECK(utc("%3f", unix_time(0, 999999us)) == "999");
    CHECK(utc("%f", unix_time(0)) == "000000");
}

TEST_CASE("three words stand for formats of their own") {
    CHECK(utc("iso8601") == "2024-02-29T12:34:56.789+00:00");
    CHECK(utc("unix") == "1709210096");
    CHECK(utc("unix_ms") == "1709210096789");
    CHECK(utc("iso8601", unix_time(0)) == "1970-01-01T00:00:00.000+00:00");
    CHECK(utc("unix", unix_time(0)) == "0");
    CHECK(utc("unixx") == "unixx");
}

TEST_CASE("times before 1970 count down to the second before") {
    const auto before = unix_time(-2, 250ms);
    CHECK(utc("iso8601", before) == "1969-12-31T23:59:58.250+00:00");
    CHECK(utc("%f", before) == "250000");
    CHECK(utc("unix", before) == "-2");
    CHECK(utc("unix_ms", before) == "-1750");
}

TEST_CASE("times after January 2038 need more than 32 bits") {
    constexpr std::int64_t in_2040 = 2208988800;
    CHECK(utc("iso8601", unix_time(in_2040)) == "2040-01-01T00:00:00.000+00:00");
    CHECK(utc("%Y %s", unix_time(in_2040)) == "2040 2208988800");
    CHECK(utc("unix", unix_time(in_2040)) == "2208988800");
    CHECK(parsed("2040-01-01T00:00:00Z") == in_2040 * second);
    CHECK(parsed("@2208988800") == in_2040 * second);
    const Zone zone("CET-1CEST,M3.5.0,M10.5.0/3");
    CHECK(format_time(unix_time(in_2040), "iso8601", false) == "2040-01-01T01:00:00.000+01:00");
    CHECK(parsed("2040-07-01T02:00:00") == parsed("2040-07-01T00:00:00Z"));
}

TEST_CASE("a text may be long, and empty where its conversions are") {
    const std::string many(5000, 'x');
    CHECK(utc(many) == many);
    std::string dates;
    for (int i = 0; i < 500; ++i) dates += "%Y-";
    CHECK(utc(dates).size() == 2500);
    CHECK(utc("%%%%") == "%%");
}

TEST_CASE("local time is that of the zone, with its summer") {
    const Zone zone("CET-1CEST,M3.5.0,M10.5.0/3");
    CHECK(format_time(leap_day, "%H:%M", false) == "13:34");
    CHECK(format_time(leap_day, "%H:%M", true) == "12:34");
    CHECK(format_time(leap_day, "iso8601", false) == "2024-02-29T13:34:56.789+01:00");
    CHECK(format_time(unix_time(1719835200), "iso8601", false) == "2024-07-01T14:00:00.000+02:00");
    CHECK(format_time(unix_time(1719835200), "unix", false) == "1719835200");
}

TEST_CASE("a zone west of Greenwich, and one of half an hour") {
    {
        const Zone zone("NST3:30");
        CHECK(format_time(unix_time(0), "iso8601", false) == "1969-12-31T20:30:00.000-03:30");
    }
    const Zone zone("IST-5:30");
    CHECK(format_time(unix_time(0), "iso8601", false) == "1970-01-01T05:30:00.000+05:30");
}

TEST_CASE("a time is ISO 8601's, with Z or an offset") {
    CHECK(parsed("2024-01-01T12:00:00Z") == 1704110400 * second);
    CHECK(parsed("2024-01-01t12:00:00z") == 1704110400 * second);
    CHECK(parsed("2024-01-01 12:00:00Z") == 1704110400 * second);
    CHECK(parsed("2024-01-01T12:00Z") == 1704110400 * second);
    CHECK(parsed("2024-01-01T14:00+02:00") == 1704110400 * second);
    CHECK(parsed("2024-01-01T14:00:00+0200") == 1704110400 * second);
    CHECK(parsed("2024-01-01T14:00:00+02") == 1704110400 * second);
    CHECK(parsed("2024-01-01T08:30:00-03:30") == 1704110400 * second);
    CHECK(parsed("2024-01-02T00:30:00+12:30") == 1704110400 * second);
    CHECK(parsed("1970-01-01T00:00:00Z") == 0);
    CHECK(parsed("1969-12-31T23:59:58Z") == -2 * second);
    CHECK(parsed("1900-01-01T00:00:00Z") == -2208988800 * second);
}

TEST_CASE("a fraction of a second may have any number of digits") {
    CHECK(parsed("1970-01-01T00:00:01.5Z") == 1'500'000'000);
    CHECK(parsed("1970-01-01T00:00:01.000000001Z") == representable(1'000'000'001));
    CHECK(parsed("1970-01-01T00:00:01.123456789Z") == representable(1'123'456'789));
    CHECK(parsed("1970-01-01T00:00:01.1234567899999Z") == representable(1'123'456'789));
    CHECK(parsed("1970-01-01T00:00:01.0Z") == second);
    CHECK(parsed("1970-01-01T00:00:01.250+00:00") == 1'250'000'000);
    CHECK(parsed("1970-01-01T00:00:01.Z") == -1);
}

TEST_CASE("leap years have a 29th of February, and others have not") {
    CHECK(parsed("2024-02-29T00:00:00Z") == 1709164800 * second);
    CHECK(parsed("2000-02-29T00:00:00Z") == 951782400 * second);
    CHECK(parsed("2023-02-29T00:00:00Z") == -1);
    CHECK(parsed("2100-02-29T00:00:00Z") == -1);
    CHECK(parsed("2024-02-30T00:00:00Z") == -1);
    CHECK(parsed("2024-04-31T00:00:00Z") == -1);
    CHECK(parsed("2024-12-31T23:59:59Z") == 1735689599 * second);
    CHECK(parsed("2016-12-31T23:59:60Z") == 1483228800 * second);
}

TEST_CASE("without a zone it is local time, and without a time midnight") {
    const Zone zone("CET-1CEST,M3.5.0,M10.5.0/3");
    CHECK(parsed("2024-01-01T13:00:00") == 1704110400 * second);
    CHECK(parsed("2024-01-01 13:00") == 1704110400 * second);
    CHECK(parsed("2024-07-01T14:00:00") == 1719835200 * second);
    CHECK(parsed("2024-01-01") == 1704063600 * second);
    CHECK(parsed("2024-01-01T12:00:00Z") == 1704110400 * second);
    CHECK(parsed("2024-01-01T13:00:00.5") == 1704110400 * second + second / 2);
}

TEST_CASE("an at sign stands before Unix seconds") {
    CHECK(parsed("@0") == 0);
    CHECK(parsed("@1704110400") == 1704110400 * second);
    CHECK(parsed("@-2") == -2 * second);
    CHECK(parsed("@") == -1);
    CHECK(parsed("@-") == -1);
    CHECK(parsed("@1x") == -1);
    CHECK(parsed("@ 1") == -1);
    CHECK(parsed("@1.5") == -1);
}

TEST_CASE("a time too far away for the clock is refused, and never wraps around") {
    // The clock counts nanoseconds in 64 bits: from 1677 to 2262.
    CHECK_FALSE(parse_time("@99999999999999999999"));
    CHECK_FALSE(parse_time("@100000000001"));
    for (const std::string_view text : {"@99999999999", "@10000000000", "@-99999999999"}) {
        CAPTURE(text);
        const auto time = parse_time(text);
        const auto seconds = std::stoll(std::string(text.substr(1)));
        if (time)
            CHECK(std::chrono::duration_cast<std::chrono::seconds>(time->time_since_epoch()).count() ==
                  seconds);
    }
    CHECK(parse_time("2200-12-31T23:59:59Z"));
}

TEST_CASE("what is no time says how to write one") {
    const auto error = parse_time("noon").error().message;
    CHECK(error == "'noon' is not a time; write 2024-01-01T12:00:00Z or @1704110400");
    for (const std::string_view text : {"",
                                        " ",
                                        "2024",
                                        "2024-1-1",
                                        "2024-01",
                                        "2024-01-01T",
                                        "2024-01-01T12",
                                        "2024-01-01T12:",
                                        "2024-01-01T12:0",
                                        "2024-13-01",
                                        "2024-00-01",
                                        "2024-01-00",
                                        "2024-01-32",
                                        "2024-01-01T24:00:00Z",
                                        "2024-01-01T12:60:00Z",
                                        "2024-01-01T12:00:61Z",
                                        "2024-01-01T12:00:00ZZ",
                                        "2024-01-01T12:00:00+",
                                        "2024-01-01T12:00:00+2",
                                        "2024-01-01T12:00:00+24:00",
                                        "2024-01-01T12:00:00+02:60",
                                        "2024-01-01T12:00:00+02:",
                                        "2024-01-01Z",
                                        " 2024-01-01",
                                        "2024-01-01 ",
                                        "2024-01-01  12:00",
                                        "20240101",
                                        "12:00",
                                        "1899-12-31",
                                        "2201-01-01",
                                        "2024-01-01T12:00:00 Z",
                                        "-2024-01-01",
                                        "2024-01-01T-1:00:00Z"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_time(text));
    }
}

TEST_CASE("what is written as ISO 8601 is read again") {
    const Zone zone("EST5EDT,M3.2.0,M11.1.0");
    for (const std::int64_t seconds : {0L, 1704110400L, 1719835200L, -86400L, 951782399L}) {
        const auto time = unix_time(seconds, 123ms);
        CHECK(parsed(format_time(time, "iso8601", false)) == seconds * second + 123'000'000);
        CHECK(parsed(format_time(time, "iso8601", true)) == seconds * second + 123'000'000);
    }
}

TEST_CASE("what a format writes, it reads again") {
    for (const char* name : {"UTC0", "EST5EDT,M3.2.0,M11.1.0", "<+0530>-5:30"}) {
        const Zone zone(name);
        CAPTURE(name);
        for (const std::string_view format :
             {"%Y-%m-%d %H:%M:%S.%f", "%c.%f", "%F %T.%6f %z", "%d %b %Y, %I:%M:%S.%f %p",
              "%A, %B %e %Y %r.%f", "%s.%f", "%j %Y %k:%M:%S.%f", "%y/%m/%d%%%n%X.%f", "%D%t%R:%S.%f %Z",
              "%u %w %x %l:%M:%S.%f %P"}) {
            CAPTURE(format);
            for (const std::int64_t seconds :
                 {0L, 1704110400L, 1719835200L, -86400L, 951782399L, 946684799L}) {
                CAPTURE(seconds);
                const auto time = unix_time(seconds, 123456us);
                const auto text = format_time(time, format, false);
                CAPTURE(text);
                const auto read = parse_time(text, format);
                REQUIRE(read);
                CHECK(*read == time);
            }
        }
        for (const std::string_view format : {"iso8601", "unix_ms", "%F %T.%3f"}) {
            CAPTURE(format);
            const auto time = unix_time(1719835200, 123ms);
            CHECK(*parse_time(format_time(time, format, false), format) == time);
        }
        CHECK(*parse_time("1719835200", "unix") == unix_time(1719835200, 0us));
        CHECK(*parse_time("-1500", "unix_ms") == unix_time(-2, 500ms));
    }
}

TEST_CASE("a zone in the text wins over the local one") {
    const Zone zone("EST5EDT,M3.2.0,M11.1.0");
    const auto seconds = [](std::string_view text, std::string_view format) {
        const auto time = parse_time(text, format);
        REQUIRE(time);
        return std::chrono::duration_cast<std::chrono::seconds>(time->time_since_epoch()).count();
    };
    CHECK(seconds("Jun  1 12:00:00 2027 GMT", "%b %e %H:%M:%S %Y %Z") == 1811851200);
    CHECK(seconds("2027-06-01 12:00 utc", "%F %R %Z") == 1811851200);
    CHECK(seconds("2027-06-01 12:00Z", "%F %R%z") == 1811851200);
    CHECK(seconds("2027-06-01 14:00 +02:00", "%F %R %z") == 1811851200);
    CHECK(seconds("2027-06-01 14:00 +02", "%F %R %z") == 1811851200);
    CHECK(seconds("2027-06-01 08:00 EDT", "%F %R %Z") == 1811851200);
    CHECK(seconds("2027-6-1 8:0", "%Y-%m-%d %H:%M") == 1811851200);
    CHECK(seconds("JUNE 1 2027", "%b %d %Y") == seconds("2027-06-01", "%F"));
    CHECK(seconds("2027", "%Y") == seconds("2027-01-01", "%F"));
}

TEST_CASE("what does not have the format is no time") {
    const auto error = [](std::string_view text, std::string_view format) {
        const auto time = parse_time(text, format);
        return time ? std::string() : time.error().message;
    };
    CHECK(error("x", "%Y") == "'x' is not a time in the format '%Y'");
    CHECK(error("12:00", "%H:%M") == "the format '%H:%M' has no year");
    CHECK(error("x", "") == "the format '' has no year");
    CHECK(error("2027 22", "%Y %U") == "times cannot be read with '%U' in the format");
    for (const auto& [text, format] :
         std::initializer_list<std::pair<std::string_view, std::string_view>>{{"", "%Y"},
                                                                              {"2027-13", "%Y-%m"},
                                                                              {"2027-02-29", "%F"},
                                                                              {"2027-06-31", "%F"},
                                                                              {"2027-06-01 ", "%F"},
                                                                              {"2027-06-01x", "%F"},
                                                                              {"2027-06-01",
                                                                               "%F "
                                                                               "x"},
                                                                              {"9999", "%Y"},
                                                                              {"1600", "%Y"},
                                                                              {"0", "%Y"},
                                                                              {"2027 24", "%Y %H"},
                                                                              {"2027 13", "%Y %I"},
                                                                              {"2027 0", "%Y %j"},
                                                                              {"2027 xm", "%Y %p"},
                                                                              {"2027 Foo", "%Y %b"},
                                                                              {"2027 Foo", "%Y %a"},
                                                                              {"2027 CEST", "%Y %Z"},
                                                                              {"2027 2", "%Y %z"},
                                                                              {"2027 +24", "%Y %z"},
                                                                              {"2027 +02:60", "%Y %z"},
                                                                              {"2027 .", "%Y .%f"},
                                                                              {"99999999999999999999", "%s"},
                                                                              {"-", "%s"},
                                                                              {"5x", "unix"},
                                                                              {"12", "unix_ms"},
                                                                              {"1x34", "unix_ms"},
                                                                              {"123x", "unix_ms"},
                                                                              {"noon", "iso8601"}}) {
        CAPTURE(text);
        CAPTURE(format);
        CHECK(error(text, format) != "");
    }
}
