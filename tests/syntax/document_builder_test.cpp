#include "syntax/document_builder.hpp"

#include "reading.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>

using namespace arun;
using namespace arun::syntax;
using namespace arun::syntax::testing;

namespace {

std::string repeat(std::string_view text, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += text;
    return out;
}

/// Lists of lists: each has nine aliases of the previous one.
std::string laughs(int levels) {
    std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < levels; ++i) {
        const auto before = "*a" + std::to_string(i - 1);
        const auto name = "a" + std::to_string(i);
        text.append(name).append(": &").append(name).append(" [").append(before);
        text.append(repeat(", " + before, 8)).append("]\n");
    }
    return text;
}

}  // namespace

TEST_CASE("a duplicate key is an error, and the first one counts") {
    for (const auto& reading : {yaml("{a: 1, b: 2, \"a\": 3}"), json("{\"a\": 1, \"b\": 2, \"a\": 3}")}) {
        CHECK(reading.messages().ends_with(": duplicate key 'a'; the first is in column 2"));
        CHECK(reading.trees() == "{a: 1, b: 2}");
    }
    CHECK(yaml("a: 1\nb:\n  a: 2\na: 3\n").messages() == "4:1: duplicate key 'a'; the first is on line 1");
    CHECK(json("{\"a\": 1, \"\\u0061\": 2}").messages() ==
          "1:10: duplicate key 'a'; the first is in column 2");
}

TEST_CASE("duplicates are found among many keys") {
    std::string text;
    for (int i = 0; i < 50'000; ++i) text += "k" + std::to_string(i) + ": 1\n";
    CHECK(yaml(text).messages() == "");
    CHECK(yaml(text + "k7: 2\n").messages() == "50001:1: duplicate key 'k7'; the first is on line 8");
}

TEST_CASE("an alias repeats the node of its anchor") {
    const auto reading =
        yaml("x-a: &a {b: [1, 2]}\nc: *a\nd: [*a, &e e, *e]\n? &k k\n: &a again\nf: *a\n*k : v\n");
    CHECK(reading.messages() == "7:1: duplicate key 'k'; the first is on line 4");
    CHECK(reading.trees() ==
          "{x-a: {b: [1, 2]}, c: {b: [1, 2]}, d: [{b: [1, 2]}, 'e', 'e'], k: 'again', f: 'again'}");
    CHECK(source_of(reading.root().find("c")) == "{b: [1, 2]}");
}

TEST_CASE("an alias must follow its anchor") {
    CHECK(yaml("a: &anchor 1\nb: *anchr\n").messages() ==
          "2:4: unknown alias '*anchr'; did you mean '*anchor'?");
    CHECK(yaml("a: *b\nc: &b 1\n").messages() ==
          "1:4: unknown alias '*b'; text that begins with '*' must be in quotes");
    CHECK(yaml("a: &b [1, *b]\n").messages() ==
          "1:11: the alias '*b' is inside the node that it repeats; no value can contain itself");
    CHECK(yaml("a: &b [1]\n*b : 1\n").messages() == "2:1: a key must be text; '*b' is not");
    CHECK(yaml("a: &\"x\" y\n").messages().starts_with("1:4: '&\"x\"' is not an anchor"));
    CHECK(yaml("- run: && x\n").messages().starts_with("1:8: '&&' is not an anchor"));
    CHECK(yaml("- run: &> x\n").messages().starts_with("1:8: '&>' is not an anchor"));
}

TEST_CASE("an anchor may have any characters that are not shell or quotes") {
    CHECK(yaml("a: &:@*!$\"<b>: c\nd: *:@*!$\"<b>:\n").trees() == "{a: 'c', d: 'c'}");
    CHECK(yaml("- &-x a\n- *-x\n- &\u00e4 b\n- *\u00e4\n").trees() == "['a', 'a', 'b', 'b']");
}

TEST_CASE("a merge adds the missing entries") {
    CHECK(yaml("a: &a {x: 1, y: 2}\nb: &b {x: 3, z: 4}\nc: {<<: *a, y: 5}\nd: {<<: [*a, *b]}\ne: {y: 6, <<: "
               "{y: 7}}\n")
              .trees() ==
          "{a: {x: 1, y: 2}, b: {x: 3, z: 4}, c: {x: 1, y: 5}, d: {x: 1, y: 2, z: 4}, e: {y: 6}}");
    CHECK(yaml("a: &a {<<: {x: 1}, y: 2}\nb: {<<: *a, z: 3}\n").trees() ==
          "{a: {x: 1, y: 2}, b: {x: 1, y: 2, z: 3}}");
    CHECK(yaml("a: {<<: {}}\n").trees() == "{a: {}}");
}

TEST_CASE("only a plain << merges") {
    CHECK(yaml("a: {\"<<\": 1}\nb: [<<]\nc: <<\n").trees() == "{a: {<<: 1}, b: ['<<'], c: '<<'}");
    CHECK(json("{\"<<\": {\"a\": 1}}").trees() == "{<<: {a: 1}}");
}

TEST_CASE("merging anything but mappings is an error") {
    CHECK(yaml("a: {<<: x}\n").messages() == "1:9: '<<' merges a mapping or a list of mappings, not this");
    CHECK(yaml("a: {<<: [{b: 1}, [2]]}\n").messages() ==
          "1:18: '<<' merges a mapping or a list of mappings, not this");
    CHECK(yaml("a: {<<: {b: 1}, <<: {c: 2}}\n").messages() ==
          "1:17: duplicate key '<<'; merge several mappings as a list: <<: [*a, *b]");
}

TEST_CASE("nesting deeper than the limit is an error") {
    for (auto depth : {max_depth, max_depth + 1, std::size_t{100'000}}) {
        const auto lists = repeat("[", depth) + repeat("]", depth);
        const auto items = repeat("- ", depth) + "x";
        const auto expected = depth == max_depth ? "" : "1:257: nested too deeply; at most 256 levels";
        CHECK(yaml(lists).messages() == expected);
        CHECK(json(lists).messages() == expected);
        CHECK((yaml(items).messages() == "") == (depth == max_depth));
    }
}

TEST_CASE("aliases cannot bypass the nesting limit") {
    std::string text = "a0: &a0 [x]\n";
    for (int i = 1; i < 300; ++i) {
        const auto number = std::to_string(i);
        text += "a" + number + ": &a" + number + " [*a" + std::to_string(i - 1) + "]\n";
    }
    CHECK(yaml(text).messages() == "256:14: nested too deeply through the alias '*a254'; at most 256 levels");
}

TEST_CASE("a \"billion laughs\" document is an error") {
    CHECK(yaml(laughs(3)).messages() == "");
    const auto reading = yaml(laughs(12));
    CHECK(reading.messages().find("the aliases of this document repeat too much; written out, it would have "
                                  "more than ") != std::string::npos);
    CHECK(reading.documents() == 0);
}

TEST_CASE("merges cannot expand exponentially either") {
    std::string text = "a0: &a0 {x: 1, y: 2}\n";
    for (int i = 1; i < 60; ++i) {
        const auto before = "*a" + std::to_string(i - 1);
        text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " {<<: [" + before + ", " + before +
                "]}\n";
    }
    CHECK(yaml(text).messages().find("the aliases of this document repeat too much") != std::string::npos);
}

TEST_CASE("a tree can be built from events") {
    const auto source = std::make_shared<const Source>("s", "ab");
    Diagnostics diagnostics;
    DocumentBuilder builder(source, diagnostics);
    CHECK_FALSE(builder.has_root());
    builder.begin(Type::map, 0, true);
    CHECK(builder.expects_key());
    builder.scalar({0, 1}, Type::string, Style::plain, Range{0, 1});
    CHECK_FALSE(builder.expects_key());
    CHECK(builder.keys_of(0).size() == 1);
    builder.scalar({1, 2}, Type::string, Style::quoted, std::string_view("decoded"));
    builder.end(2);
    const auto document = builder.finish();
    REQUIRE(document);
    CHECK(show(document->root()) == "{a: 'decoded'}");
    CHECK(document->node_count() == 3);
}

TEST_CASE("an invalid, stopped or unfinished tree is not returned") {
    const auto source = std::make_shared<const Source>("s", "ab");
    Diagnostics diagnostics;
    DocumentBuilder invalid(source, diagnostics);
    invalid.scalar({0, 1}, Type::string, Style::plain, Range{0, 1});
    invalid.invalidate();
    CHECK_FALSE(invalid.finish());
    DocumentBuilder open(source, diagnostics);
    open.begin(Type::list, 0, true);
    CHECK_FALSE(open.finish());
    DocumentBuilder empty(source, diagnostics);
    CHECK_FALSE(empty.finish());
    DocumentBuilder fragment(source, diagnostics, nullptr, DocumentBuilder::UnknownAliases::ignored);
    fragment.alias("nowhere", {0, 1});
    CHECK_FALSE(fragment.finish());
    CHECK(diagnostics.errors() == 0);
}
