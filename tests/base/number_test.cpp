#include "base/number.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

using arun::is_lossless;
using arun::Number;

namespace {

std::string text_of(Number n) {
    std::string out;
    n.append_to(out);
    return out;
}
/// The text of the number that a text spells, or "none".
std::string through(std::string_view text) {
    const auto n = Number::parse(text);
    return n ? text_of(*n) : "none";
}

}  // namespace

TEST_CASE("integers of 64 bits are kept as they are") {
    CHECK(through("0") == "0");
    CHECK(through("-0") == "0");
    CHECK(through("403263854001401857") == "403263854001401857");
    CHECK(through("9223372036854775807") == "9223372036854775807");
    CHECK(through("9223372036854775808") == "9223372036854775808");
    CHECK(through("18446744073709551615") == "18446744073709551615");
    CHECK(through("-9223372036854775808") == "-9223372036854775808");
    CHECK(through("+7") == "7");
    CHECK(through("007") == "7");
    CHECK(text_of(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
    CHECK(text_of(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
}

TEST_CASE("whole numbers are integers however they are written") {
    CHECK(through("2e3") == "2000");
    CHECK(through("9007199254740993.0") == "9007199254740993");
    CHECK(through("9.007199254740993e15") == "9007199254740993");
    CHECK(through("900719925474099300e-2") == "9007199254740993");
    CHECK(through("5.") == "5");
    CHECK(through("0e999999999999999999") == "0");
    CHECK(through("0x1F") == "31");
    CHECK(through("0o17") == "15");
    CHECK(through("-0x10") == "-16");
    CHECK(through("0xffffffffffffffff") == "18446744073709551615");
}

TEST_CASE("other numbers are doubles") {
    CHECK(Number::parse("2.5")->to_double() == 2.5);
    CHECK(Number::parse(".5")->to_double() == 0.5);
    CHECK(Number::parse("+1.5e1")->to_double() == 15);
    CHECK(Number::parse("1e-999")->to_double() == 0);
    CHECK(std::signbit(Number::parse("-1e-999")->to_double()));
    CHECK(through("0.1") == "0.1");
    CHECK(through("1e-7") == "1e-07");
}

TEST_CASE("larger integers refer to their text") {
    for (const auto* text : {"18446744073709551616", "-9223372036854775809", "100000000000000000000"}) {
        REQUIRE(Number::parse(text));
        CHECK(Number::parse(text)->is_text());
        CHECK(Number::parse(text)->is_whole());
        CHECK(through(text) == text);
    }
    CHECK(through("+1.50e25") == "15000000000000000000000000");
    CHECK(through("1e400") == "1e+400");
    CHECK(std::isinf(Number::parse("1e400")->to_double()));
    CHECK(Number::parse("1e400")->is_finite());
    CHECK_FALSE(Number::parse("1e400")->is_zero());
}

TEST_CASE("what is no number is none") {
    for (const auto* text : {"",
                             " ",
                             " 1",
                             "1 ",
                             "a",
                             "1a",
                             "--1",
                             "+-1",
                             "-",
                             "+",
                             ".",
                             "e3",
                             "1e",
                             "1e+",
                             "0x",
                             "0xg",
                             "0o8",
                             "0x-1",
                             "1,5",
                             "1_000",
                             "nan",
                             "inf",
                             "0x10000000000000000"}) {
        CAPTURE(text);
        CHECK_FALSE(Number::parse(text));
    }
}

TEST_CASE("numbers of all kinds are compared exactly") {
    // In ascending order.
    const auto infinity = std::numeric_limits<double>::infinity();
    const std::array numbers{Number(-infinity),
                             *Number::parse("-1e400"),
                             *Number::parse("-9223372036854775809"),
                             Number(std::numeric_limits<std::int64_t>::min()),
                             Number(-2.5),
                             Number(-2),
                             Number(0),
                             Number(0.5),
                             Number(9007199254740992.0),
                             Number(9007199254740993),
                             Number(9223372036854775807),
                             Number(9223372036854775808.0),
                             Number(9223372036854775809U),
                             Number(18446744073709551615U),
                             Number(18446744073709551616.0),
                             *Number::parse("18446744073709551617"),
                             Number(1e30),
                             *Number::parse("1000000000000000000000000000001"),
                             *Number::parse("1e400"),
                             Number(infinity)};
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        for (std::size_t j = 0; j < numbers.size(); ++j) {
            CAPTURE(i);
            CAPTURE(j);
            CHECK((numbers[i] <=> numbers[j]) == (i <=> j));
            CHECK((numbers[i] == numbers[j]) == (i == j));
        }
    }
    CHECK(Number(3) == Number(3.0));
    CHECK(Number(1e30) == *Number::parse("1000000000000000000000000000000"));
    CHECK(Number(0) == Number(-0.0));
}

TEST_CASE("NaN equals nothing and has no order") {
    const Number nan = std::numeric_limits<double>::quiet_NaN();
    for (const auto& other :
         {nan, Number(0), Number(1.5), Number(~std::uint64_t{}), *Number::parse("1e30")}) {
        CHECK_FALSE(nan == other);
        CHECK_FALSE(other == nan);
        CHECK((nan <=> other) == std::partial_ordering::unordered);
        CHECK((other <=> nan) == std::partial_ordering::unordered);
    }
}

TEST_CASE("a number becomes an integer of 64 bits only if it is one") {
    CHECK(Number(2.0).to_int64() == 2);
    CHECK_FALSE(Number(2.5).to_int64());
    CHECK_FALSE(Number(0x1p63).to_int64());
    CHECK(Number(0x1p63).to_uint64() == std::uint64_t{1} << 63);
    CHECK(Number(-0x1p63).to_int64() == std::numeric_limits<std::int64_t>::min());
    CHECK_FALSE(Number(-1).to_uint64());
    CHECK_FALSE(Number(0x1p64).to_uint64());
    CHECK_FALSE(Number(~std::uint64_t{}).to_int64());
    CHECK_FALSE(Number(std::numeric_limits<double>::quiet_NaN()).to_int64());
    CHECK_FALSE(Number::parse("1e30")->to_uint64());
}

TEST_CASE("a spelling is lossless if the shortest one of the double is the same number") {
    CHECK_FALSE(is_lossless("1e999", std::numeric_limits<double>::infinity()));
    CHECK(is_lossless("0.1", 0.1));
    CHECK(is_lossless("0.10", 0.1));
    CHECK(is_lossless("1e-1", 0.1));
    CHECK_FALSE(is_lossless("0.1000000000000000055", 0.1));
    CHECK_FALSE(is_lossless("1e-999", 0));
}
