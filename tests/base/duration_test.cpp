#include "base/duration.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <limits>
#include <string>

using namespace arun;
using namespace std::chrono_literals;

namespace {

Duration read(std::string_view text) {
    auto d = parse_duration(text);
    INFO(std::string(text), ": ", d ? std::string() : d.error().message);
    REQUIRE(d);
    return *d;
}

std::string refusal(std::string_view text) {
    auto d = parse_duration(text);
    INFO(std::string(text));
    REQUIRE_FALSE(d);
    return d.error().message;
}

}  // namespace

TEST_CASE("a number alone is seconds") {
    CHECK(read("0") == 0ns);
    CHECK(read("1") == 1s);
    CHECK(read("1.5") == 1500ms);
    CHECK(read(".5") == 500ms);
    CHECK(read("5.") == 5s);
    CHECK(read("+2") == 2s);
    CHECK(read("-0") == 0s);
    CHECK(read("1e-3") == 1ms);
    CHECK(read("1E3") == 1000s);
    CHECK(read("1e+1") == 10s);
    CHECK(read(" 3\n") == 3s);
}

TEST_CASE("every unit is known, and so are their sums") {
    CHECK(read("500us") == 500us);
    CHECK(read("250ms") == 250ms);
    CHECK(read("1.5s") == 1500ms);
    CHECK(read("2m") == 2min);
    CHECK(read("2h") == 2h);
    CHECK(read("1d") == 24h);
    CHECK(read("1m30s") == 90s);
    CHECK(read("1h5m") == 65min);
    CHECK(read("1d2h3m4s5ms6us") == 24h + 2h + 3min + 4s + 5ms + 6us);
    CHECK(read("0s1m") == 1min);
    CHECK(read("1.5m0.5s") == 90500ms);
}

TEST_CASE("decimals are exact to the nanosecond") {
    CHECK(read("0.1s0.2s") == 300ms);
    CHECK(read("0.000000001") == 1ns);
    CHECK(read("0.0000000004") == 0ns);
    CHECK(read("0.0000000005") == 1ns);
    CHECK(read("0.3333333333333333333333333333333333333333333333333333333") == 333333333ns);
    CHECK(read("0." + std::string(500, '0') + "1") == 0ns);
    CHECK(read("1" + std::string(40, '0') + "e-40") == 1s);
    CHECK(read("1e-999999999999") == 0ns);
    CHECK(read("0e999999999999") == 0ns);
    CHECK(read("0.00000000049999999999999999999999999999999999999999999999999999") == 0ns);
    CHECK(read("59.99999999949999999999999999999999999999") == 59999999999ns);
    CHECK(read("59.9999999995") == 1min);
    CHECK(read("0.0005us") == 1ns);
    CHECK(read("4.9e-4us") == 0ns);
    CHECK(read("36524.99999999999999999d") == 36525 * 24h);
    CHECK(read("000000000000000000000000000000000000000001.50h") == 90min);
    CHECK(read("0.000015e5s") == 1500ms);
    CHECK(read("315576e4") == 36525 * 24h);
    CHECK(read("36525d") == 36525 * 24h);
}

TEST_CASE("invalid durations are refused with a reason") {
    CHECK(refusal("") == "an empty text is not a duration; write 1.5, 250ms or 1m30s");
    CHECK(refusal("soon") == "'soon' is not a duration; write 1.5, 250ms or 1m30s");
    CHECK(refusal("-") == "'-' is not a duration; write 1.5, 250ms or 1m30s");
    CHECK(refusal(".") == "'.' is not a duration; write 1.5, 250ms or 1m30s");
    CHECK(refusal("--1") == "'--1' is not a duration; write 1.5, 250ms or 1m30s");
    CHECK(refusal("-1") == "a duration cannot be negative");
    CHECK(refusal("-1ms") == "a duration cannot be negative");
    for (auto text : {"inf", "-inf", ".inf", "-.INF", "nan", ".NaN", "Infinity"})
        CHECK(refusal(text) == "a duration must be finite");
    CHECK(refusal("36525d1us") == "a duration cannot be more than 100 years");
    CHECK(refusal("1e400") == "a duration cannot be more than 100 years");
    CHECK(refusal("99999999999999999999999999999999999999999999d") ==
          "a duration cannot be more than 100 years");
    CHECK(refusal("5min") == "unknown unit 'min'; the units are us, ms, s, m, h and d");
    CHECK(refusal("5S") == "unknown unit 'S'; the units are us, ms, s, m, h and d");
    CHECK(refusal("5 s") == "a duration has no blanks inside: '5 s'");
    CHECK(refusal("1m 30s") == "a duration has no blanks inside: '1m 30s'");
    CHECK(refusal("1m30") == "a unit is missing after '30' in the duration '1m30'");
    CHECK(refusal("1.2.3") == "a unit is missing after '1.2' in the duration '1.2.3'");
    CHECK(refusal("1s-2s") == "'-2s' does not belong in the duration '1s-2s'");
    CHECK(refusal("1:30") == "':' does not belong in the duration '1:30'");
    CHECK(refusal("0x10") == "unknown unit 'x'; the units are us, ms, s, m, h and d");
    CHECK(refusal(std::string(100, 'x')).find("...'") != std::string::npos);
}

TEST_CASE("a number of seconds follows the same rules") {
    CHECK(*duration_from_seconds(0) == 0ns);
    CHECK(*duration_from_seconds(0.1) == 100ms);
    CHECK(*duration_from_seconds(1.000000001) == 1000000001ns);
    CHECK(*duration_from_seconds(36525.0 * 86400) == 36525 * 24h);
    CHECK(duration_from_seconds(-0.001).error().message == "a duration cannot be negative");
    CHECK(duration_from_seconds(std::numeric_limits<double>::quiet_NaN()).error().message ==
          "a duration must be finite");
    CHECK(duration_from_seconds(-std::numeric_limits<double>::infinity()).error().message ==
          "a duration must be finite");
    CHECK(duration_from_seconds(1e30).error().message == "a duration cannot be more than 100 years");
    CHECK(duration_from_seconds(36525.0 * 86400 + 1).error().message ==
          "a duration cannot be more than 100 years");
}

TEST_CASE("durations are printed in the unit that a person would choose") {
    CHECK(format_duration(0ns) == "0s");
    CHECK(format_duration(1ns) == "0.001us");
    CHECK(format_duration(500us) == "500us");
    CHECK(format_duration(1500ns) == "1.5us");
    CHECK(format_duration(250ms) == "250ms");
    CHECK(format_duration(1234567ns) == "1.235ms");
    CHECK(format_duration(999999999ns) == "1s");
    CHECK(format_duration(1500ms) == "1.5s");
    CHECK(format_duration(59999600us) == "1m");
    CHECK(format_duration(2min) == "2m");
    CHECK(format_duration(90s) == "1m30s");
    CHECK(format_duration(90500ms) == "1m30.5s");
    CHECK(format_duration(65min) == "1h5m");
    CHECK(format_duration(59min + 59s + 999600us) == "1h");
    CHECK(format_duration(1h + 250ms) == "1h");
    CHECK(format_duration(1h + 3s) == "1h3s");
    CHECK(format_duration(24h) == "1d");
    CHECK(format_duration(25h + 1min) == "1d1h1m");
    CHECK(format_duration(-1500ms) == "-1.5s");
    CHECK(format_duration(Duration::max()).starts_with("106751d23h47m16"));
    CHECK(format_duration(Duration::min()).starts_with("-106751d23h47m16"));
}

TEST_CASE("printed durations can be read back") {
    for (auto d = 1ns; d < 40000h; d = d * 7 / 3 + 1ns) {
        auto text = format_duration(d);
        INFO(text);
        auto off = read(text) - d;
        CHECK((off < 0ns ? -off : off) * 1000 <= d);
        CHECK(format_duration(read(text)) == text);
    }
}

TEST_CASE("durations in pictures have three digits") {
    CHECK(rounded_duration(0ns) == "0 s");
    CHECK(rounded_duration(1ns) == "<0.01 ms");
    CHECK(rounded_duration(9999ns) == "<0.01 ms");
    CHECK(rounded_duration(10us) == "0.01 ms");
    CHECK(rounded_duration(300us) == "0.3 ms");
    CHECK(rounded_duration(1234us) == "1.23 ms");
    CHECK(rounded_duration(9996us) == "10 ms");
    CHECK(rounded_duration(12345us) == "12.3 ms");
    CHECK(rounded_duration(250ms) == "250 ms");
    CHECK(rounded_duration(999499us) == "999 ms");
    CHECK(rounded_duration(999500us) == "1 s");
    CHECK(rounded_duration(1250ms) == "1.25 s");
    CHECK(rounded_duration(59949ms) == "59.9 s");
    CHECK(rounded_duration(59950ms) == "1 min");
    CHECK(rounded_duration(12min + 5s) == "12 min 5 s");
    CHECK(rounded_duration(59min + 59600ms) == "1 h");
    CHECK(rounded_duration(125min) == "2 h 5 min");
    CHECK(rounded_duration(24h) == "1 d");
    CHECK(rounded_duration(76h) == "3 d 4 h");
}
