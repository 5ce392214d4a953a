#include "base/ascii.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace arun;

TEST_CASE("character classes do not depend on the locale") {
    std::string digits, letters, spaces, hex;
    for (int c = 0; c < 256; ++c) {
        const auto character = static_cast<char>(c);
        if (is_digit(character)) digits += character;
        if (is_letter(character)) letters += character;
        if (is_space(character)) spaces += character;
        if (hex_value(character) >= 0) hex += character;
    }
    CHECK(digits == "0123456789");
    CHECK(letters == "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    CHECK(spaces == "\t\n\r ");
    CHECK(hex == "0123456789ABCDEFabcdef");
    CHECK(hex_value('0') == 0);
    CHECK(hex_value('a') == 10);
    CHECK(hex_value('F') == 15);
}

TEST_CASE("is_digits() wants at least one digit and nothing else") {
    CHECK(is_digits("0123"));
    CHECK_FALSE(is_digits(""));
    CHECK_FALSE(is_digits("1.2"));
    CHECK_FALSE(is_digits("-1"));
}

TEST_CASE("only the letters of ASCII have case") {
    CHECK(lower("\u00c4Bc[") == "\u00c4bc[");
    CHECK(upper("\u00e4bC{") == "\u00e4BC{");
    CHECK(equal_ignoring_case("Name", "nAME"));
    CHECK_FALSE(equal_ignoring_case("name", "names"));
    CHECK_FALSE(equal_ignoring_case("@", "`"));
    CHECK(starts_with_ignoring_case("sigint", "SIG"));
    CHECK_FALSE(starts_with_ignoring_case("si", "SIG"));
    CHECK(starts_with_ignoring_case("", ""));
}
