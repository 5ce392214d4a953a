#include "base/arithmetic.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>

using namespace arun;

namespace {

std::string text_of(const Result<Number>& result) {
    if (!result) return result.error().message;
    std::string out;
    result->append_to(out);
    return out;
}

constexpr auto largest = std::numeric_limits<std::uint64_t>::max();
constexpr auto smallest = std::numeric_limits<std::int64_t>::min();
constexpr const char* too_large = "the result has more than 64 bits";

}  // namespace

TEST_CASE("integers are added, subtracted and multiplied exactly, or not at all") {
    CHECK(text_of(add(9007199254740993, 1)) == "9007199254740994");
    CHECK(text_of(add(std::numeric_limits<std::int64_t>::max(), 1)) == "9223372036854775808");
    CHECK(text_of(add(largest, -1)) == "18446744073709551614");
    CHECK(text_of(add(largest, smallest)) == "9223372036854775807");
    CHECK(text_of(add(largest, 1)) == too_large);
    CHECK(text_of(add(smallest, -1)) == too_large);
    CHECK(text_of(subtract(1, largest)) == too_large);
    CHECK(text_of(subtract(0, std::uint64_t{1} << 63)) == "-9223372036854775808");
    CHECK(text_of(subtract(smallest, smallest)) == "0");
    CHECK(text_of(multiply(4294967296, 4294967295)) == "18446744069414584320");
    CHECK(text_of(multiply(4294967296, 4294967296)) == too_large);
    CHECK(text_of(multiply(smallest, -1)) == "9223372036854775808");
    CHECK(text_of(multiply(0, smallest)) == "0");
    CHECK(text_of(negate(smallest)) == "9223372036854775808");
    CHECK(text_of(negate(largest)) == too_large);
    CHECK(text_of(absolute(smallest)) == "9223372036854775808");
    CHECK(text_of(absolute(-2.5)) == "2.5");
}

TEST_CASE("a division gives an integer if nothing remains") {
    CHECK(text_of(divide(9223372036854775807, 7)) == "1317624576693539401");
    CHECK(text_of(divide(-6, 3)) == "-2");
    CHECK(text_of(divide(7, 2)) == "3.5");
    CHECK(text_of(divide(7, 0)) == "division by zero");
    CHECK(text_of(divide(7, 0.0)) == "division by zero");
    CHECK(text_of(arun::remainder(7, 3)) == "1");
    CHECK(text_of(arun::remainder(-7, 3)) == "-1");
    CHECK(text_of(arun::remainder(7, -3)) == "1");
    CHECK(text_of(arun::remainder(5.5, 2)) == "1.5");
    CHECK(text_of(arun::remainder(largest, 10)) == "5");
    CHECK(text_of(arun::remainder(1, 0)) == "division by zero");
}

TEST_CASE("doubles make doubles, which are finite") {
    CHECK(text_of(add(0.5, 1)) == "1.5");
    CHECK(text_of(multiply(1e308, 10.0)) == "the result is too large");
    CHECK(text_of(add(*Number::parse("123456789012345678901234567890"), 1)) ==
          "an integer of more than 64 bits cannot be computed with");
    CHECK(text_of(multiply(*Number::parse("1e20"), 2)) == "2e+20");
    CHECK(text_of(add(*Number::parse("1.5e300"), 0.5)) == "1.5e+300");
}

TEST_CASE("numbers are rounded to integers, and halves away from zero") {
    CHECK(text_of(floor_of(-0.5)) == "-1");
    CHECK(floor_of(-0.5).to_int64() == -1);
    CHECK_FALSE(floor_of(2.5).is_double());
    CHECK(text_of(ceil_of(2.1)) == "3");
    CHECK(text_of(floor_of(largest)) == "18446744073709551615");
    CHECK(text_of(floor_of(1e300)) == "1e+300");
    CHECK(text_of(rounded(2.5, 0)) == "3");
    CHECK(text_of(rounded(-2.5, 0)) == "-3");
    CHECK(text_of(rounded(3.14159, 2)) == "3.14");
    CHECK(text_of(rounded(1e15 + 0.5, 2)) == "1000000000000000.5");
    CHECK(text_of(rounded(9007199254740993, 2)) == "9007199254740993");
}
