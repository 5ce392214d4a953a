#include "reading.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>

using namespace arun::syntax;
using namespace arun::syntax::testing;

namespace {

/// The messages, if any, and the trees.
std::string yaml_tree(std::string_view text) {
    const auto reading = yaml(text);
    return reading.messages() + reading.trees();
}

std::string spans(std::string_view text) {
    return arun::syntax::testing::spans(yaml(text).root());
}

/// The positions of the errors: "3:5 7:1".
std::string places(const ReadResult& reading) {
    std::string out;
    const auto messages = reading.messages();
    for (std::size_t at = 0; at < messages.size();) {
        const auto end = std::min(messages.find('\n', at), messages.size());
        const auto line = std::string_view(messages).substr(at, end - at);
        if (!out.empty()) out += ' ';
        out += line.substr(0, line.find(": "));
        at = end + 1;
    }
    return out;
}

std::string places(std::string_view text) {
    return places(yaml(text));
}

}  // namespace

TEST_CASE("a list of jobs is read") {
    CHECK(yaml_tree("- print: hello\n- sleep: 1.50\n- tick:\n    every: 1s\n    do:\n    - timestamp\n") ==
          "[{print: 'hello'}, {sleep: 1.50}, {tick: {every: '1s', do: ['timestamp']}}]");
    CHECK(yaml_tree("{a: [1, two, \"3\"], b: {c: null}}") == "{a: [1, 'two', '3'], b: {c: null}}");
}

TEST_CASE("JSON is YAML") {
    CHECK(yaml_tree("{\"jobs\": [\n\t{\"print\": \"a\\u00e9\\n\"},\n\t{\"sleep\":1e3}]}\n") ==
          "{jobs: [{print: 'a\u00e9\n'}, {sleep: 1e3}]}");
}

TEST_CASE("the core schema decides what a plain scalar is") {
    CHECK(yaml_tree(
              "[null, ~, '~', true, False, yes, no, on, 0x1F, 0o17, 017, 1_000, 1:30, .inf, -1.5e3, 1.]") ==
          "[null, null, '~', true, false, 'yes', 'no', 'on', 0x1F, 0o17, 017, '1_000', '1:30', .inf, -1.5e3, "
          "1.]");
    CHECK(yaml_tree("[2001-01-01, 0b1, +1, 1.10, nan, .NaN]") ==
          "['2001-01-01', '0b1', +1, 1.10, 'nan', .NaN]");
}

TEST_CASE("core tags are obeyed") {
    CHECK(yaml_tree(
              "[!!str 5, !!int \"7\", !!float 1, !!bool 'true', !!null '', !!seq [], !!map {}, !!str ]") ==
          "['5', 7, 1, true, null, [], {}, '']");
    CHECK(yaml_tree("!<tag:yaml.org,2002:str> 5") == "'5'");
    CHECK(yaml_tree("%TAG !y! tag:yaml.org,2002:\n---\n- !y!str 5\n") == "['5']");
}

TEST_CASE("two single quotes are one, however many there are") {
    CHECK(yaml_tree("- 'a''''b'\n- 'a''b''''''c'\n- ''''\n- length('''')\n") ==
          "['a''b', 'a'b'''c', ''', 'length('''')']");
    CHECK(yaml_tree("- 'it''s ''''  \n   folded''\r\n\r\n\n  twice '''\n") ==
          "['it's '' folded'\n\ntwice '']");
}

TEST_CASE("all escapes are decoded") {
    CHECK(yaml_tree(R"("\a\b\t\n\v\f\r\e\ \"\/\\\N\_\L\P\x41\u00e9\U0001F600\ud83d\ude00")") ==
          "'\a\b\t\n\v\f\r\x1b \"/\\\u0085\u00a0\u2028\u2029A\u00e9\U0001F600\U0001F600'");
    CHECK(yaml(R"("a\0b")").root().text() == std::string_view("a\0b", 3));
}

TEST_CASE("no text is lost after escapes at the end of a line") {
    CHECK(yaml_tree("- \"a\\\\\t\n  b\\\\\t\n\n  c\"\n- d\n") == "['a\\ b\\\nc', 'd']");
    CHECK(yaml_tree("- \"a\\\\\\\n  b\\t \n  c\\ \t\n\n\n  d\"\n") == "['a\\b\t c \n\nd']");
    CHECK(yaml_tree("- \"a \\\n\n  b\\\r\n  c\"\n") == "['a \nbc']");
    CHECK(yaml_tree("- \" \n  a \"\n") == "[' a ']");
}

TEST_CASE("text of several lines is folded") {
    CHECK(yaml_tree("- a b\n  c\n\n  d\n") == "['a b c\nd']");
    CHECK(yaml_tree("- \"a\n  b\\\n   c\\td\"\n- 'it''s\n\n  x'\n") == "['a bc\td', 'it's\nx']");
    CHECK(yaml_tree("a: |\n  x\n   y\n\nb: >-\n  x\n  y\n\nc: |+\n  x\n\n") ==
          "{a: 'x\n y\n', b: 'x y', c: 'x\n\n'}");
    CHECK(yaml_tree("run: |2\n   x\n") == "{run: ' x\n'}");
}

TEST_CASE("line breaks around more indented lines of folded text are kept") {
    CHECK(yaml_tree("a: >\n  b\n  c\n\n    d\n   e\n\n\n  f\n") == "{a: 'b c\n\n  d\n e\n\n\nf\n'}");
    CHECK(yaml_tree("- >\n\n  a\n\n   b\n  c\n- d\n") == "['\na\n\n b\nc\n', 'd']");
    CHECK(yaml_tree("- >-\r\n  a\r\n\r\n   b\r\n") == "['a\n\n b']");
    CHECK(yaml_tree("--- >\n*  a\n  b\n  c\n") == "'*  a\n  b\n  c\n'");
    CHECK(yaml_tree("- >\n  a\n\n  \tb\n  c\n") == "['a\n\n\tb\nc\n']");
}

TEST_CASE("a digit says how much a block scalar is indented") {
    CHECK(yaml_tree("a: >1\n\n   b\n c\n d\n") == "{a: '\n  b\nc d\n'}");
    CHECK(yaml_tree("a:\n  - b: |2-\n       c\n      d\n") == "{a: [{b: ' c\nd'}]}");
    CHECK(yaml_tree("- - >+1\n     a\n\n    b\n\n") == "[['  a\n\n b\n\n']]");
}

TEST_CASE("a block scalar of blank lines is empty unless they are kept") {
    for (auto header : {"|", ">", "|-", ">-", "|+", ">+"}) {
        CHECK(yaml_tree("a: " + std::string(header) + "\nb: c\n") == "{a: '', b: 'c'}");
        CHECK(yaml_tree("a: " + std::string(header)) == "{a: ''}");
        const bool keep = std::string_view(header).ends_with('+');
        CHECK(yaml_tree("a: " + std::string(header) + "\n\n  \nb: c\n") ==
              (keep ? "{a: '\n\n', b: 'c'}" : "{a: '', b: 'c'}"));
        CHECK(yaml_tree("- " + std::string(header) + "\n ") == (keep ? "['\n']" : "['']"));
    }
    CHECK(yaml_tree("a: |+\n  b\n\n # c\nd: e\n") == "{a: 'b\n\n', d: 'e'}");
}

TEST_CASE("line breaks may be CRLF, and a byte order mark may lead") {
    CHECK(yaml_tree("\xEF\xBB\xBF- a\r\n- |\r\n  x\r\n  y\r\n- b: c\r\n") == "['a', 'x\ny\n', {b: 'c'}]");
    CHECK(yaml_tree("- a\r- b\r") == "['a', 'b']");
}

TEST_CASE("missing values are null") {
    CHECK(yaml_tree("a:\nb: # c\nc: [x, {y, z: }]\n? d\n") ==
          "{a: null, b: null, c: ['x', {y: null, z: null}], d: null}");
    CHECK(yaml_tree("-\n- # c\n-") == "[null, null, null]");
    CHECK(yaml_tree("- [a: b, c]") == "[[{a: 'b'}, 'c']]");
}

TEST_CASE("a span covers exactly its token") {
    CHECK(spans("- print:  \"a b\"  # c\n") == "<- print:  \"a b\"><print:  \"a b\"><print><\"a b\">");
    CHECK(spans("- 'it''s'\n- x y \n- [ 1 , {} ] # c\n") ==
          "<- 'it''s'\n- x y \n- [ 1 , {} ]><'it''s'><x y><[ 1 , {} ]><1><{}>");
    CHECK(spans("a: # |\n  |-\n  x\n  y\n\n\nb: >\n  z\n") ==
          "<a: # |\n  |-\n  x\n  y\n\n\nb: >\n  z><a><|-\n  x\n  y><b><>\n  z>");
    CHECK(spans("- &a !!str b\n- *a\n") == "<- &a !!str b\n- *a><b><b>");
    CHECK(spans("[x, a: b]") == "<[x, a: b]><x><a: b><a><b>");
}

TEST_CASE("a missing value is at its indicator") {
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

TEST_CASE("text without escapes is not copied") {
    const auto reading = yaml("- abc\n- 'x'\n- \"y\"\n");
    const auto all = reading.root().span().source->text();
    reading.root().for_each_item([&](Node n) {
        CHECK(n.text().data() >= all.data());
        CHECK(n.text().data() < all.data() + all.size());
    });
}

TEST_CASE("a long list is read in linear time") {
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += "- print: hello\n";
    const auto reading = yaml(text);
    CHECK(reading.messages() == "");
    CHECK(reading.root().size() == 100'000);
    CHECK(reading.nodes() == 300'001);
}

TEST_CASE("after an error, reading continues at the next item or key") {
    CHECK(places("jobs:\n"
                 "  - print: @a\n"
                 "  - print: b: c\n"
                 "    end: \"x\n"
                 "  - run: |\n"
                 "      echo \"hi\n"
                 "      foo: [\n"
                 "    name: 'it's'\n"
                 "  - timestamp: %X\n"
                 "  - {print: ${{ x }}}\n"
                 "  - print: ok\n"
                 "finally:\n"
                 "  - print: a\n"
                 "   end: b\n"
                 "  - print: \"fine\"\n"
                 "x-a: *nope\n"
                 "vars: {a: 1, a: 2}\n") == "2:12 3:13 4:10 8:15 9:16 10:13 14:4 17:14");
}

TEST_CASE("recovery finds items in the column of their key") {
    CHECK(places("jobs:\n- print: a\n- print: @b\n- print: c\n  x: d: e\nfinally:\n- x: `\n") ==
          "3:10 5:7 7:6");
}

TEST_CASE("recovery works at every level of nested lists") {
    CHECK(places("- - - a\n    - b: @\n    - c: @\n  - d: @\n- e: @\n") == "2:10 3:10 4:8 5:6");
}

TEST_CASE("an unclosed bracket does not hide what is below") {
    CHECK(places("- parallel: [a, b\n- print: @d\n- x: \"a\n- y: 'b\n- z: ok\n") == "1:13 2:10 3:6 4:6");
    CHECK(places("jobs:\n  - x: {a: b,\n  - y: 1\nfinally: [\n") == "2:8 4:10");
}

TEST_CASE("an error in brackets extends to the closing one") {
    CHECK(places("- parallel: [\n    {print: a},\n    {print: @b},\n    print: c\n  ]\n- print: @d\n") ==
          "3:13 6:10");
    CHECK(places("- parallel: [\n    {print: a}\n]\n- print: @d\n") == "3:1 4:10");
}

TEST_CASE("wrong indentation is one error") {
    CHECK(places("- print: a\n    end: b\n  to: stderr\n- print: c\n") == "2:5");
    CHECK(places("a:\n  b: c\n d: e\n  f: g\n h: i: j\nk: l\n") == "3:2 5:6");
    CHECK(places("- print hello\n  end: x\n  to: y: z\n- ok\n") == "2:3 3:8");
}

TEST_CASE("recovery does not take block scalars for jobs") {
    CHECK(places("- a: @\n  run: |\n    - print: @x\n    \"\n- run: >\n    it's: [\n- b: @\n") == "1:6 7:6");
}

TEST_CASE("anchors before an error are known after it") {
    CHECK(places("x-a: &a {b: 1}\nc: @\nd: *a\ne: *f\n") == "2:4");
}

TEST_CASE("recovery gives up on text that is not YAML") {
    std::string text;
    for (int i = 0; i < 1000; ++i) text += "- @\n";
    const auto reading = yaml(text);
    CHECK(reading.diagnostics().errors() == 20);
    text.clear();
    for (int i = 0; i < 5000; ++i) text += "- @\n---\n";
    CHECK(yaml(text).diagnostics().errors() == 1000);
}

TEST_CASE("all errors are found in one pass, in JSON and in YAML") {
    const auto in_yaml = yaml(
        "jobs:\n"
        "- print: \"\\q\"\n"            // unknown escape
        "- print: \"a\n"                // not closed
        "- print: \"a\" b\n"            // words after the quote
        "- sleep: 1e999\n"              // number too large
        "- id: 99999999999999999999\n"  // integer too large
        "- print: a\n  print: b\n"      // duplicate key
        "- print: %X\n"                 // must be in quotes
        "- exec: [a,, b]\n"             // value missing
        "- exec: [a, b}\n"              // brackets do not match
        "- print a\n  to: b\n");        // colon missing
    CHECK(in_yaml.diagnostics().errors() == 10);
    CHECK(places(in_yaml) == "2:11 3:10 4:14 5:10 6:7 8:3 9:10 10:12 11:14 13:3");

    const auto in_json = json(
        "{\"jobs\": [\n"
        "{\"sleep\": 1e999},\n"
        "{\"id\": 99999999999999999999},\n"
        "{\"print\": \"a\", \"print\": \"b\"},\n"
        "{\"print\": \"\\q\"},\n"
        "{\"print\": %X},\n"
        "]}\n");
    CHECK(places(in_json) == "2:11 3:8 4:16 5:12 6:11");
    CHECK(places(json("{\"jobs\": [\n"
                      "{\"sleep\": 1e999},\n"
                      "{\"id\": 99999999999999999999},\n"
                      "{\"print\": \"a\", \"print\": \"b\"},\n"
                      "{\"print\": \"\\q\"},\n"
                      "{\"print\": 'a'},\n"
                      "{print: \"a\"},\n"
                      "{\"print\" \"a\"},\n"
                      "{\"exec\": [\"a\",, \"b\"]},\n"
                      "{\"print\": \"a\",}\n"
                      "{\"print\": none},\n"
                      "{\"exec\": [\"a\"}\n"
                      "]}\n")) == "2:11 3:8 4:16 5:12 6:11 7:2 8:10 9:15 10:14 10:16 11:11 12:14");
}
