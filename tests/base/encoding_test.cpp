#include "base/encoding.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace arun;

TEST_CASE("base64 has padding") {
    CHECK(base64("").empty());
    CHECK(base64("f") == "Zg==");
    CHECK(base64("fo") == "Zm8=");
    CHECK(base64("foo") == "Zm9v");
    CHECK(base64("foobar") == "Zm9vYmFy");
    CHECK(base64("\xFF\xFE\xFD") == "//79");
}

TEST_CASE("only unreserved characters are left as they are") {
    CHECK(percent_encoded("aZ09-._~") == "aZ09-._~");
    CHECK(percent_encoded("a b&c=d/ä+") == "a%20b%26c%3Dd%2F%C3%A4%2B");
    CHECK(percent_encoded(std::string(1, '\0')) == "%00");
}

TEST_CASE("no two boundaries are the same") {
    CHECK(random_boundary() != random_boundary());
    CHECK(random_boundary().starts_with("arun-"));
}
