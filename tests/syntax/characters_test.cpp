#include "reading.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace std::string_literals;
using namespace arun::syntax::testing;

TEST_CASE("UTF-16 is recognized") {
    for (const auto& text : {"\xFF\xFE[\0]\0"s, "\xFE\xFF\0[\0]"s, "[\0]\0"s, "\0[\0]"s}) {
        CHECK(json(text).messages() ==
              "1:1: the text is UTF-16, but a script must be UTF-8; convert it: iconv -f UTF-16 -t UTF-8");
        CHECK(yaml(text).messages() == json(text).messages());
    }
}

TEST_CASE("a NUL byte does not end the text silently") {
    const auto text = "[1]\n\0 x"s;
    CHECK(json(text).messages() == "2:1: a NUL byte: this is not a text file");
    CHECK(yaml(text).messages() == "2:1: a NUL byte: this is not a text file");
}

TEST_CASE("invalid UTF-8 is reported where it is, once") {
    CHECK(yaml("- \u00e4\n- a\xE4z\n- \xFF\n").messages() ==
          "2:4: the byte 0xE4 is not UTF-8; save the file as UTF-8");
    CHECK(json("[\"\xC0\x80\"]").messages() == "1:3: the byte 0xC0 is not UTF-8; save the file as UTF-8");
    CHECK(json("[\"\xED\xA0\x80\"]").messages() == "1:3: the byte 0xED is not UTF-8; save the file as UTF-8");
}

TEST_CASE("control characters are refused") {
    CHECK(yaml("- a\x1b[31m\n").messages() ==
          "1:4: the control character U+001B is not allowed in a script; inside "
          "double quotes write \\u001B");
    CHECK(json("[\"a\x01\"]").messages().starts_with("1:4: the control character U+0001"));
    CHECK(yaml("- \x7f\n").messages().starts_with("1:3: the control character U+007F"));
    CHECK(json("[\"\x7f\"]").messages() == "");
    CHECK(yaml("- a\u0085b\n").messages() == "");
    CHECK(yaml("- a\u0080b\n").messages().starts_with("1:4: the control character U+0080"));
}

TEST_CASE("the first of each kind is reported") {
    CHECK(yaml("- \x01\n- \x02\n- \xFF\n- \xFE\n").diagnostics().errors() == 2);
}

TEST_CASE("a byte order mark is allowed only at the start") {
    CHECK(yaml("\xEF\xBB\xBF- a\n").trees() == "['a']");
    CHECK(json("\xEF\xBB\xBF[1]").trees() == "[1]");
    CHECK(yaml("- a\n\xEF\xBB\xBF- b\n").messages() ==
          "2:1: a byte order mark in the middle of the text; it is left over from joining files: remove it");
    CHECK(yaml("\xEF\xBB\xBF- @\n").messages().starts_with("1:3: "));
}

TEST_CASE("characters of all planes and lengths are accepted") {
    CHECK(yaml("- \u00e4\u20ac\U0001F600\u2028\uFFFD\n").trees() == "['\u00e4\u20ac\U0001F600\u2028\uFFFD']");
    for (std::size_t before = 0; before < 20; ++before) {
        const auto text = "- " + std::string(before, 'x') + "\x7f" + std::string(20, 'y') + "\n";
        CHECK(yaml(text).messages().starts_with("1:" + std::to_string(before + 3) + ": the control"));
    }
}
