#include "jobs/items.hpp"

#include "support/expressions.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

using namespace arun;
using namespace arun::jobs;
using namespace arun::test;

namespace {

/// The numbers of a range, or why there is none.
std::string range(std::string_view json) {
    const auto items = Items::of_range(from_json(json));
    if (!items) return items.error().message;
    std::string out;
    for (std::uint64_t i = 0; i < items->size(); ++i) out += (i == 0 ? "" : " ") + items->at(i).to_text();
    return out;
}

std::uint64_t size(std::string_view json) {
    const auto items = Items::of_range(from_json(json));
    REQUIRE(items);
    return items->size();
}

/// range() of Python, from its definition.
std::string python(std::int64_t start, std::int64_t stop, std::int64_t step) {
    std::string out;
    for (auto i = start; step > 0 ? i < stop : i > stop; i += step)
        out += (out.empty() ? "" : " ") + std::to_string(i);
    return out;
}

constexpr auto wanted = "expected a whole number, [start, stop] or [start, stop, step]";

}  // namespace

TEST_CASE("a list's items are its own, in order") {
    const auto items = Items::of_list(from_json(R"([1, "a", [2], null])"));
    REQUIRE(items);
    REQUIRE(items->size() == 4);
    CHECK(json_of(items->at(0)) == "1");
    CHECK(json_of(items->at(2)) == "[2]");
    CHECK(items->at(3).is_null());
    CHECK(Items::of_list(from_json("[]"))->size() == 0);
}

TEST_CASE("only a list is a list") {
    CHECK(Items::of_list(from_json("5")).error().message == "expected a list, not a number");
    CHECK(Items::of_list(from_json("\"[1]\"")).error().message == "expected a list, not text");
    CHECK(Items::of_list(from_json("{}")).error().message == "expected a list, not a mapping");
    CHECK(Items::of_list(script::Value()).error().message == "expected a list, not null");
}

TEST_CASE("N stands for the numbers from 0 to N-1") {
    CHECK(range("5") == "0 1 2 3 4");
    CHECK(range("1") == "0");
    CHECK(range("0") == "");
    CHECK(range("-3") == "");
    CHECK(range("\"3\"") == "0 1 2");
}

TEST_CASE("a range is Python's") {
    CHECK(range("[1, 4]") == "1 2 3");
    CHECK(range("[1, 10, 3]") == "1 4 7");
    CHECK(range("[1, 11, 3]") == "1 4 7 10");
    CHECK(range("[5, 0, -2]") == "5 3 1");
    CHECK(range("[5, 0]") == "");
    CHECK(range("[0, 5, -1]") == "");
    CHECK(range("[\"1\", \"3\"]") == "1 2");
    for (int start = -4; start <= 4; ++start) {
        for (int stop = -4; stop <= 4; ++stop) {
            for (int step = -4; step <= 4; ++step) {
                if (step == 0) continue;
                const auto json = "[" + std::to_string(start) + "," + std::to_string(stop) + "," +
                                  std::to_string(step) + "]";
                CAPTURE(json);
                CHECK(range(json) == python(start, stop, step));
            }
        }
    }
}

TEST_CASE("a huge range is never written out") {
    CHECK(size("9007199254740992") == 9007199254740992);
    CHECK(size("[-9007199254740992, 9007199254740992]") == 18014398509481984);
    CHECK(size("[0, 9007199254740992, 9007199254740992]") == 1);
    CHECK(size("[9007199254740992, -9007199254740992, -9007199254740992]") == 2);
    CHECK(size("[-9007199254740992, 9007199254740992, 9007199254740991]") == 3);
    const auto items = Items::of_range(from_json("[-9007199254740992, 9007199254740992]"));
    CHECK(items->at(0).to_text() == "-9007199254740992");
    CHECK(items->at(items->size() - 1).to_text() == "9007199254740991");
    const auto all = Items::of_range(from_json("[-9223372036854775808, 18446744073709551615]"));
    CHECK(all->size() == std::numeric_limits<std::uint64_t>::max());  // as far as anything can count
    CHECK(all->at(0).to_text() == "-9223372036854775808");
    CHECK(range("[18446744073709551613, 18446744073709551615]") ==
          "18446744073709551613 18446744073709551614");
    CHECK(range("[9223372036854775807, -9223372036854775808, -9223372036854775807]") ==
          "9223372036854775807 0 -9223372036854775807");
    CHECK(size("[18446744073709551615, -9223372036854775808, -1]") ==
          std::numeric_limits<std::uint64_t>::max());
    CHECK(size("18446744073709551615") == std::numeric_limits<std::uint64_t>::max());
    CHECK(size("[-1, 18446744073709551615]") == std::numeric_limits<std::uint64_t>::max());
    CHECK(size("[-9223372036854775808, 18446744073709551615, 2]") == 13835058055282163712U);
    CHECK(size("[-9223372036854775808, 18446744073709551615, 3]") == 9223372036854775808U);
    CHECK(range("[-9223372036854775808, 18446744073709551615, 9223372036854775808]") ==
          "-9223372036854775808 0 9223372036854775808");
    CHECK(range("[-9223372036854775808, 18446744073709551615, 9223372036854775807]") ==
          "-9223372036854775808 -1 9223372036854775806 18446744073709551613");
    CHECK(range("[-9223372036854775808, 18446744073709551615, 18446744073709551615]") ==
          "-9223372036854775808 9223372036854775807");
    CHECK(range("[18446744073709551615, -9223372036854775808, -9223372036854775808]") ==
          "18446744073709551615 9223372036854775807 -1");
    const auto odd = Items::of_range(from_json("[-9223372036854775807, 18446744073709551615, 2]"));
    CHECK(odd->at(odd->size() - 1).to_text() == "18446744073709551613");
    CHECK(odd->at(4611686018427387903).to_text() == "-1");
    CHECK(odd->at(4611686018427387904).to_text() == "1");
}

TEST_CASE("anything else is no range") {
    for (const std::string_view json :
         {"1.5", "\"\"", "\"a\"", "null", "true", "{}", "[]", "[1]", "[1, 2, 3, 4]", "[1, 2.5]", "[1, \"a\"]",
          "[1, null]", "[[1], 2]", "1e300", "18446744073709551616", "[0, 18446744073709551616]",
          "[-9223372036854775809, 0]", "\"1.5\""}) {
        CAPTURE(json);
        CHECK(range(json) == wanted);
    }
    CHECK(range("[1, 2, 0]") == "the step of a range cannot be 0");
    CHECK_FALSE(Items::of_range(script::Value::number(std::numeric_limits<double>::quiet_NaN())));
    CHECK_FALSE(Items::of_range(script::Value::number(std::numeric_limits<double>::infinity())));
}
