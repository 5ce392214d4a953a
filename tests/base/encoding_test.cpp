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

TEST_CASE("base64_decode takes both alphabets, white space and missing padding") {
    for (const std::string text : {"", "f", "fo", "foo", "foobar", "\xFF\xFE\xFD", "\xFB\xEF"}) {
        CAPTURE(text);
        CHECK(*base64_decode(base64(text)) == text);
    }
    CHECK(*base64_decode("Zg") == "f");
    CHECK(*base64_decode("Zm8") == "fo");
    CHECK(*base64_decode("Zm9v\nYmFy\n") == "foobar");
    CHECK(*base64_decode("-_-_") == *base64_decode("+/+/"));
    for (const char* text :
         {"Z", "Zg=", "Zg===", "Zg==Zg==", "=", "Zm9v=", "Zm9v====", "Zm9!", "Zm9vY", "ä"}) {
        CAPTURE(text);
        CHECK_FALSE(base64_decode(text));
    }
    CHECK(base64_decode("a b!").error().message == "'a b!' is not Base64");
}

TEST_CASE("only unreserved characters are left as they are") {
    CHECK(percent_encoded("aZ09-._~") == "aZ09-._~");
    CHECK(percent_encoded("a b&c=d/ä+") == "a%20b%26c%3Dd%2F%C3%A4%2B");
    CHECK(percent_encoded(std::string(1, '\0')) == "%00");
}

TEST_CASE("no two boundaries are the same") {
    CHECK(make_boundary(0) == make_boundary(0));
    CHECK(make_boundary(0) != make_boundary(1));
    CHECK(make_boundary(0).starts_with("arun-"));
    CHECK(make_boundary(0).size() == 29);
}
