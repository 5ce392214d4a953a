#include "base/utf8.hpp"

#include <doctest/doctest.h>

using namespace arun;

TEST_CASE("only well-formed UTF-8 is decoded") {
    CHECK(first_code_point("a").value == U'a');
    CHECK(first_code_point("\u00e4x").value == 0xE4);
    CHECK(first_code_point("\u20ac").length == 3);
    CHECK(first_code_point("\U0010FFFF").value == 0x10FFFF);
    for (auto bad :
         {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
          "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xC3", "\xC3(", "\xE2\x82", "\xF0\x9F\x98"}) {
        CHECK_FALSE(first_code_point(bad).valid);
        CHECK(first_code_point(bad).length == 1);
    }
}

TEST_CASE("a prefix ends between code points") {
    CHECK(utf8_prefix("abc", 5) == "abc");
    CHECK(utf8_prefix("abc", 2) == "ab");
    CHECK(utf8_prefix("a\u20acb", 3) == "a");
    CHECK(utf8_prefix("a\u20acb", 4) == "a\u20ac");
    CHECK(utf8_prefix("\u20ac", 2) == "");
}

TEST_CASE("control characters are those of ASCII and Latin-1") {
    for (const char32_t c : {U'\0', U'\n', U'\x1F', U'\x7F', char32_t{0x80}, char32_t{0x9F}})
        CHECK(is_control(c));
    for (const char32_t c : {U' ', U'~', char32_t{0xA0}, char32_t{0x200B}}) CHECK_FALSE(is_control(c));
}
