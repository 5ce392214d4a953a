#include "reading.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace arun::syntax;
using namespace arun::syntax::testing;

namespace {

/// The tree of a text that has no mistakes.
std::string tree(std::string_view text) {
    const auto reading = yaml(text);
    return reading.messages() + reading.trees();
}

/// The source of each scalar, key and container, in the order of the text.
std::string spans(Node node) {
    auto out = "<" + std::string(source_of(node)) + ">";
    if (node.is(Type::list)) node.for_each_item([&](Node item) { out += spans(item); });
    if (node.is(Type::map))
        node.for_each_entry([&](Node key, Node value) { out += spans(key) + spans(value); });
    return out;
}

std::string spans(std::string_view text) {
    return spans(yaml(text).root());
}

}  // namespace

TEST_CASE("a list of jobs is read") {
    CHECK(tree("- print: hello\n- sleep: 1.50\n- tick:\n    every: 1s\n    do:\n    - timestamp\n") ==
          "[{print: 'hello'}, {sleep: 1.50}, {tick: {every: '1s', do: ['timestamp']}}]");
    CHECK(tree("{a: [1, two, \"3\"], b: {c: null}}") == "{a: [1, 'two', '3'], b: {c: null}}");
}

TEST_CASE("JSON is YAML") {
    CHECK(tree("{\"jobs\": [\n\t{\"print\": \"a\\u00e9\\n\"},\n\t{\"sleep\":1e3}]}\n") ==
          "{jobs: [{print: 'a\u00e9\n'}, {sleep: 1e3}]}");
}

TEST_CASE("the core schema decides what a plain scalar is") {
    CHECK(tree("[null, ~, '~', true, False, yes, no, on, 0x1F, 0o17, 017, 1_000, 1:30, .inf, -1.5e3, 1.]") ==
          "[null, null, '~', true, false, 'yes', 'no', 'on', 0x1F, 0o17, 017, '1_000', '1:30', .inf, -1.5e3, "
          "1.]");
    CHECK(tree("[2001-01-01, 0b1, +1, 1.10, nan, .NaN]") == "['2001-01-01', '0b1', +1, 1.10, 'nan', .NaN]");
}

TEST_CASE("core tags are obeyed") {
    CHECK(tree("[!!str 5, !!int \"7\", !!float 1, !!bool 'true', !!null '', !!seq [], !!map {}, !!str ]") ==
          "['5', 7, 1, true, null, [], {}, '']");
    CHECK(tree("!<tag:yaml.org,2002:str> 5") == "'5'");
    CHECK(tree("%TAG !y! tag:yaml.org,2002:\n---\n- !y!str 5\n") == "['5']");
}

TEST_CASE("two single quotes stand for one, however many there are") {
    CHECK(tree("- 'a''''b'\n- 'a''b''''''c'\n- ''''\n- length('''')\n") ==
          "['a''b', 'a'b'''c', ''', 'length('''')']");
    CHECK(tree("- 'it''s ''''  \n   folded''\r\n\r\n\n  twice '''\n") == "['it's '' folded'\n\ntwice '']");
}

TEST_CASE("texts of many lines are folded as YAML says") {
    CHECK(tree("- a b\n  c\n\n  d\n") == "['a b c\nd']");
    CHECK(tree("- \"a\n  b\\\n   c\\td\"\n- 'it''s\n\n  x'\n") == "['a bc\td', 'it's\nx']");
    CHECK(tree("a: |\n  x\n   y\n\nb: >-\n  x\n  y\n\nc: |+\n  x\n\n") ==
          "{a: 'x\n y\n', b: 'x y', c: 'x\n\n'}");
    CHECK(tree("run: |2\n   x\n") == "{run: ' x\n'}");
}

TEST_CASE("line ends may be CRLF, and a BOM may lead") {
    CHECK(tree("\xEF\xBB\xBF- a\r\n- |\r\n  x\r\n  y\r\n- b: c\r\n") == "['a', 'x\ny\n', {b: 'c'}]");
    CHECK(tree("- a\r- b\r") == "['a', 'b']");
}

TEST_CASE("missing values are null") {
    CHECK(tree("a:\nb: # c\nc: [x, {y, z: }]\n? d\n") ==
          "{a: null, b: null, c: ['x', {y: null, z: null}], d: null}");
    CHECK(tree("-\n- # c\n-") == "[null, null, null]");
    CHECK(tree("- [a: b, c]") == "[[{a: 'b'}, 'c']]");
}

TEST_CASE("a span has all of its token and nothing else") {
    CHECK(spans("- print:  \"a b\"  # c\n") == "<- print:  \"a b\"><print:  \"a b\"><print><\"a b\">");
    CHECK(spans("- 'it''s'\n- x y \n- [ 1 , {} ] # c\n") ==
          "<- 'it''s'\n- x y \n- [ 1 , {} ]><'it''s'><x y><[ 1 , {} ]><1><{}>");
    CHECK(spans("a: # |\n  |-\n  x\n  y\n\n\nb: >\n  z\n") ==
          "<a: # |\n  |-\n  x\n  y\n\n\nb: >\n  z><a><|-\n  x\n  y><b><>\n  z>");
    CHECK(spans("- &a !!str b\n- *a\n") == "<- &a !!str b\n- *a><b><b>");
    CHECK(spans("[x, a: b]") == "<[x, a: b]><x><a: b><a><b>");
}

TEST_CASE("what is missing stands where it is promised") {
    CHECK(spans("- a:\n- b\n") == "<- a:\n- b><a:><a><:><b>");
    CHECK(spans("- x\n- # c\n- y") == "<- x\n- # c\n- y><x><-><y>");
    CHECK(spans("- &a\n- !!str\n") == "<- &a\n- !!str><&a><!!str>");
    CHECK(spans("{a, b: }") == "<{a, b: }><a><><b><:>");
}

TEST_CASE("styles are remembered") {
    const auto reading = yaml("[a, 'b', \"c\"]");
    std::string styles;
    reading.root().for_each_item([&](Node n) { styles += n.style() == Style::plain ? "p" : "q"; });
    CHECK(styles == "pqq");
    CHECK(yaml("|\n x").root().style() == Style::block);
    CHECK(yaml("|\n x").root().is(Type::string));
}

TEST_CASE("texts without escapes are not copied") {
    const auto reading = yaml("- abc\n- 'x'\n- \"y\"\n");
    const auto all = reading.root().span().source->text();
    reading.root().for_each_item([&](Node n) {
        CHECK(n.text().data() >= all.data());
        CHECK(n.text().data() < all.data() + all.size());
    });
}

TEST_CASE("a long list is read in time that grows with it") {
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += "- print: hello\n";
    const auto reading = yaml(text);
    CHECK(reading.messages() == "");
    CHECK(reading.root().size() == 100'000);
    CHECK(reading.nodes() == 300'001);
}
