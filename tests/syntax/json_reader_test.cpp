#include "syntax/json_reader.hpp"

#include "reading.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace arun::syntax;
using namespace arun::syntax::testing;

namespace {

std::string json_tree(std::string_view text) {
    const auto reading = json(text);
    return reading.messages() + reading.trees();
}

/// "1 'a'|14": the items of JSON Lines, and the size of the valid lines.
std::string lines(std::string_view text) {
    struct Sink final : DocumentSink {
        bool takes_items() const noexcept override { return true; }
        void item(Node item) override { items += (items.empty() ? "" : " ") + show(item); }
        void end(std::shared_ptr<const Document>) override {}
        std::string items;
    };
    Sink sink;
    arun::Diagnostics diagnostics;
    const auto source = std::make_shared<const arun::Source>("s", std::string(text));
    const auto read = read_json_lines(source, diagnostics, sink);
    CHECK((read.document != nullptr) == (read.valid_size == text.size()));
    return sink.items + "|" + std::to_string(read.valid_size);
}

}  // namespace

TEST_CASE("JSON is read") {
    CHECK(json_tree("[{\"print\": \"hello\"}, {\"sleep\": 1.50}, null, true, false, [], {}]") ==
          "[{print: 'hello'}, {sleep: 1.50}, null, true, false, [], {}]");
    CHECK(json_tree(" \"a\" \n") == "'a'");
    CHECK(json_tree("-0.5E+2") == "-0.5E+2");
}

TEST_CASE("escapes are decoded") {
    CHECK(json_tree(R"(["\u00e9\n\"\\\/", "\ud83d\ude00", "a\u0000b"])") ==
          std::string("['\u00e9\n\"\\/', '\U0001F600', 'a") + '\0' + "b']");
}

TEST_CASE("numbers keep their spelling") {
    CHECK(json_tree("[1.10, 1e3, 18446744073709551615, -9223372036854775808]") ==
          "[1.10, 1e3, 18446744073709551615, -9223372036854775808]");
}

TEST_CASE("numbers that would lose their value are errors") {
    CHECK(json("[18446744073709551616]").messages() ==
          "1:2: integer too large; an integer has 64 bits; put it in quotes if it is text");
    CHECK(json("[1, 1e999]").messages() == "1:5: number too large; put it in quotes if it is text");
}

TEST_CASE("a span covers exactly its token") {
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

TEST_CASE("keys are found by name") {
    const auto reading = json("{\"a\": 1, \"b\": {\"c\": 2}}");
    const auto root = reading.root();
    CHECK(root.find("b").find("c").number() == 2);
    CHECK_FALSE(root.find("c"));
    CHECK_FALSE(root.find("a").find("x"));
    CHECK_FALSE(Node().find("x"));
    CHECK(root.size() == 2);
}

TEST_CASE("a long list is read") {
    std::string text = "[";
    for (int i = 0; i < 100'000; ++i) text += "{\"print\":\"hello\"},";
    text.back() = ']';
    const auto reading = json(text);
    CHECK(reading.messages() == "");
    CHECK(reading.root().size() == 100'000);
}

TEST_CASE("JSON Lines are read as the items of one list") {
    CHECK(lines("{\"a\": [1]}\n[2]\n\"c\\n\"\n") == "{a: [1]} [2] 'c\n'|21");
    CHECK(lines("\n 1 \n\t\n2\r\n\n3") == "1 2 3|12");
    CHECK(lines(" \n") == "|2");
}

TEST_CASE("JSON Lines end before a line that is not one value") {
    CHECK(lines("1\n2 3\n4\n").ends_with("|2"));
    CHECK(lines("1\n2, 3\n4\n").ends_with("|2"));
    CHECK(lines("1\n2\n[3,\n4]\n").ends_with("|2"));
    CHECK(lines("1\n2\n{]\n4\n").ends_with("|2"));
    CHECK(lines("1\n2\n]\n").ends_with("|2"));
    CHECK(lines("[\n1]\n").ends_with("|0"));
}
