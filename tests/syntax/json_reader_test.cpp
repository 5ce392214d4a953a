#include "reading.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace arun::syntax;
using namespace arun::syntax::testing;

namespace {

std::string tree(std::string_view text) {
    const auto reading = json(text);
    return reading.messages() + reading.trees();
}

}  // namespace

TEST_CASE("JSON is read") {
    CHECK(tree("[{\"print\": \"hello\"}, {\"sleep\": 1.50}, null, true, false, [], {}]") ==
          "[{print: 'hello'}, {sleep: 1.50}, null, true, false, [], {}]");
    CHECK(tree(" \"a\" \n") == "'a'");
    CHECK(tree("-0.5E+2") == "-0.5E+2");
}

TEST_CASE("escapes are undone") {
    CHECK(tree(R"(["\u00e9\n\"\\\/", "\ud83d\ude00", "a\u0000b"])") ==
          std::string("['\u00e9\n\"\\/', '\U0001F600', 'a") + '\0' + "b']");
}

TEST_CASE("numbers keep their spelling") {
    CHECK(tree("[1.10, 1e3, 18446744073709551615, -9223372036854775808]") ==
          "[1.10, 1e3, 18446744073709551615, -9223372036854775808]");
}

TEST_CASE("numbers that JSON's readers change are errors") {
    CHECK(json("[18446744073709551616]").messages() ==
          "1:2: integer too large; an integer has 64 bits; put it in quotes if it is text");
    CHECK(json("[1, 1e999]").messages() == "1:5: number too large; put it in quotes if it is text");
}

TEST_CASE("a span of JSON has all of its token and nothing else") {
    CHECK(spans(json("{ \"a\" : [ 1 , \"b\\n\" , -2.5e1 ], \"c\":true}").root()) ==
          "<{ \"a\" : [ 1 , \"b\\n\" , -2.5e1 ], \"c\":true}><\"a\"><[ 1 , \"b\\n\" , -2.5e1 "
          "]><1><\"b\\n\"><-2.5e1>"
          "<\"c\"><true>");
}

TEST_CASE("all strings of JSON are quoted, and other scalars are not") {
    const auto reading = json("[\"a\", 1, null]");
    std::string styles;
    reading.root().for_each_item([&](Node n) { styles += n.style() == Style::plain ? "p" : "q"; });
    CHECK(styles == "qpp");
}

TEST_CASE("keys are found, the wrong ones are not") {
    const auto reading = json("{\"a\": 1, \"b\": {\"c\": 2}}");
    const auto root = reading.root();
    CHECK(root.find("b").find("c").number() == 2);
    CHECK_FALSE(root.find("c"));
    CHECK_FALSE(root.find("a").find("x"));
    CHECK_FALSE(Node().find("x"));
    CHECK(root.size() == 2);
}

TEST_CASE("JSON may be deep and long") {
    std::string text = "[";
    for (int i = 0; i < 100'000; ++i) text += "{\"print\":\"hello\"},";
    text.back() = ']';
    const auto reading = json(text);
    CHECK(reading.messages() == "");
    CHECK(reading.root().size() == 100'000);
}
