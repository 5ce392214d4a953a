#include "base/suggestion.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace arun;

TEST_CASE("closest() finds the nearest name, or none if none is near") {
    const std::vector<std::string_view> kinds{"sleep", "print", "tick", "timestamp",
                                              "if",    "in",    "run",  "wait_for"};
    CHECK(closest("slep", kinds) == "sleep");
    CHECK(closest("Print", kinds) == "print");
    CHECK(closest("prnit", kinds) == "print");
    CHECK(closest("tik", kinds) == "tick");
    CHECK(closest("timestmap", kinds) == "timestamp");
    CHECK(closest("waitfor", kinds) == "wait_for");
    CHECK(closest("of", kinds) == "");
    CHECK(closest("IF", kinds) == "if");
    CHECK(closest("ran", kinds) == "run");
    CHECK(closest("xyz", kinds) == "");
    CHECK(closest("", kinds) == "");
    CHECK(closest(std::string(1000, 'x'), kinds) == "");
    CHECK(closest("x", {}) == "");
}

TEST_CASE("did_you_mean() falls back to another hint") {
    CHECK(did_you_mean("slep", {"sleep", "print"}) == "did you mean 'sleep'?");
    CHECK(did_you_mean("xyz", {"sleep", "print"}) == "");
    CHECK(did_you_mean("xyz", {"sleep", "print"}, "there are two") == "there are two");
}
