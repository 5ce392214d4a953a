#include "script/template.hpp"
#include "support/expressions.hpp"
#include "support/script.hpp"
#include "syntax/load.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

using namespace arun;
using namespace arun::script;
using namespace arun::test;

namespace {

/// A document whose root is compiled as a template, a value or a condition.
class TemplateSample {
public:
    TemplateSample(syntax::Format format, std::string_view text) {
        Diagnostics diagnostics;
        documents_ =
            syntax::read(std::make_shared<const Source>("s", std::string(text)), format, diagnostics);
        REQUIRE(list_of(diagnostics) == "");
        REQUIRE(documents_.size() == 1);
        s.set("n", "3");
        s.set("text", "\"x\"");
        s.set("list", "[1, \"a\"]");
        s.set("no", "null");
        s.set("price", Value::number(1.1, "1.10"));
    }
    syntax::Node root() const { return documents_[0]->root(); }

    /// The value of the text as JSON, or its error.
    std::string as_template() {
        const auto* parsed = parse_template(root(), s.arena(), s);
        return parsed == nullptr ? s.errors : shown([&] { return evaluate(*parsed, s); });
    }
    std::string as_condition() {
        const auto* parsed = parse_condition(root(), s.arena(), s);
        return parsed == nullptr ? s.errors : shown([&] { return evaluate(*parsed, s); });
    }
    std::string as_value() {
        const auto* parsed = parse_value(root(), s.arena(), s);
        return !s.errors.empty() ? s.errors : shown([&] { return evaluate(*parsed, s); });
    }

    Surroundings s;

private:
    template <class F>
    static std::string shown(F f) {
        try {
            return json_of(f());
        } catch (const EvalError& e) {
            return Surroundings::failure_of(e);
        }
    }

    std::vector<std::shared_ptr<const syntax::Document>> documents_;
};

std::string yaml(std::string_view text) {
    return TemplateSample(syntax::Format::yaml, text).as_template();
}
std::string json(std::string_view text) {
    return TemplateSample(syntax::Format::json, text).as_template();
}
std::string condition(std::string_view text) {
    return TemplateSample(syntax::Format::yaml, text).as_condition();
}
std::string value(std::string_view text) {
    return TemplateSample(syntax::Format::yaml, text).as_value();
}

constexpr auto no_condition =
    "error 1: a condition is one expression, bare or wholly in '${{ }}'; "
    "write '${{ x == 1 }}' or 'x == 1', not '${{ x }} == 1'";

}  // namespace

TEST_CASE("a string that is one expression keeps its type") {
    CHECK(yaml("${{ n }}") == "3");
    CHECK(yaml("${{n}}") == "3");
    CHECK(yaml("'${{ n }}'") == "3");
    CHECK(yaml("\"${{ n }}\"") == "3");
    CHECK(json("\"${{ n }}\"") == "3");
    CHECK(yaml("${{ list }}") == "[1,\"a\"]");
    CHECK(yaml("${{ n == 3 }}") == "true");
    CHECK(yaml("${{ no }}") == "null");
    CHECK(yaml("${{ price }}") == "1.10");
    CHECK(yaml("|-\n  ${{ n }}\n") == "3");
    CHECK(yaml(">-\n  ${{\n  n\n  }}\n") == "3");
}

TEST_CASE("with other text around it, an expression becomes text") {
    CHECK(yaml("a ${{ n }}") == "\"a 3\"");
    CHECK(yaml("${{ n }}b") == "\"3b\"");
    CHECK(yaml("' ${{ n }}'") == "\" 3\"");
    CHECK(yaml("${{ n }}${{ n }}") == "\"33\"");
    CHECK(yaml("${{ n }} and ${{ text }}, ${{ list }}") == R"("3 and x, [1,\"a\"]")");
    CHECK(yaml("'>${{ no }}<'") == "\"><\"");
    CHECK(yaml("v${{ price }}") == "\"v1.10\"");
    CHECK(yaml("|\n  ${{ n }}\n") == "\"3\\n\"");
    CHECK(yaml("ä ${{ text }} ü ${{ n == 3 }}") == "\"ä x ü true\"");
    CHECK(json(R"("a\n${{ n }}\t${{ text }}")") == R"("a\n3\tx")");
}

TEST_CASE("only ${{ begins an expression") {
    CHECK(yaml("$n ${n} {{ n }} ${{ n }} }} $${{ n }}") == "\"$n ${n} {{ n }} 3 }} $3\"");
    CHECK_FALSE(has_expression("$n ${n} {{ n }} $ {{ n }} }}"));
    CHECK(has_expression("${{"));
}

TEST_CASE("braces in quotes do not end an expression") {
    CHECK(yaml("${{ '}}' }}") == "\"}}\"");
    CHECK(yaml("a ${{ '}}' }} b") == "\"a }} b\"");
    CHECK(yaml("'${{ \"}}\" }}'") == "\"}}\"");
    CHECK(yaml("${{ 'it''s }}' }}") == "\"it's }}\"");
    CHECK(yaml("${{ '\"}}' }}") == R"("\"}}")");
    CHECK(yaml("${{ format('{{{0}}}', n) }}") == "\"{3}\"");
    CHECK(yaml("${{ '${{ n }}' }}") == "\"${{ n }}\"");
    CHECK(json(R"("${{ \"}}\" }}")") == "\"}}\"");
}

TEST_CASE("an expression that is not closed is reported at its beginning") {
    CHECK(yaml("a ${{ n") ==
          "error 3: '${{' has no '}}'; close it with '}}'; in YAML, quote the text when it "
          "contains ' #' or ': '");
    CHECK(yaml("'a ${{ n'") == "error 4: '${{' has no '}}'; close it with '}}'");
    CHECK(yaml("'a ${{ n }'") == "error 4: '${{' has no '}}'; close it with '}}'");
    CHECK(json("\"${{ n }} ${{\"") == "error 11: '${{' has no '}}'; close it with '}}'");
    CHECK(json(R"("${{ 'open }}")") == "error 2: '${{' has no '}}'; close it with '}}'");
}

TEST_CASE("errors point at their place in the script") {
    CHECK(yaml("a ${{ 1 = 2 }}") ==
          "error 9: unexpected '=', expected an operator or the end; compare with '=='");
    CHECK(yaml("${{ n }} ${{ ) }}") == "error 14: unexpected ')', expected a value");
    CHECK(json(R"("äöü ${{ ) }}")") == "error 13: unexpected ')', expected a value");
    CHECK(yaml("${{ }}").starts_with("error 5: the expression is empty"));
    CHECK(yaml("${{}}").starts_with("error 4: the expression is empty"));
    CHECK(yaml("|\n  first\n  second ${{ ) }}\n") == "error 24: unexpected ')', expected a value");
    // Also after an escape.
    CHECK(json(R"("a\n\"${{ ) }}")") == "error 11: unexpected ')', expected a value");
    // If the source spells the expression differently, from its beginning.
    CHECK(json(R"("a ${{ 'x\n' == ) }}")") == "error 4: unexpected ')', expected a value");
    CHECK(yaml("${{ ) }} ${{ ( }}") ==
          "error 5: unexpected ')', expected a value\n"
          "error 16: the expression ends where a value is expected");
}

TEST_CASE("errors of evaluation point at their place in the script") {
    CHECK(yaml("a ${{ n }} ${{ unset }}") == "fails 16-20: 'unset' is not set");
    CHECK(yaml("${{ unset.x }}") == "fails 5-9: 'unset' is not set");
    CHECK(yaml("${{ fromJSON('[') }}").starts_with("fails 5-17: fromJSON: not JSON: "));
}

TEST_CASE("a text can be appended to a buffer") {
    TemplateSample sample(syntax::Format::yaml, "a ${{ n }} b");
    const auto* parsed = parse_template(sample.root(), sample.s.arena(), sample.s);
    REQUIRE(parsed != nullptr);
    std::string out = ">";
    append_text(*parsed, sample.s, out);
    CHECK(out == ">a 3 b");
    CHECK(parsed->parts.size() == 3);
}

TEST_CASE("a condition is an expression, bare or wholly in ${{ }}") {
    CHECK(condition("n == 3") == "true");
    CHECK(condition("${{ n == 3 }}") == "true");
    CHECK(condition("' ${{ n == 3 }} '") == "true");
    CHECK(condition("'n == 3'") == "true");
    CHECK(condition("n") == "3");
    CHECK(condition("${{ n }}") == "3");
    CHECK(condition("true") == "true");
    CHECK(condition("false") == "false");
    CHECK(condition("0") == "0");
    CHECK(condition("1.5") == "1.5");
    CHECK(condition("|\n  n == 3 &&\n  text == 'x'\n") == "true");
    CHECK(condition(">-\n  n == 3 &&\n  text == 'y'\n") == "false");
    CHECK(condition("text == '${{ x }}'") == no_condition);
    CHECK(condition("\"${{ '}}' == '}}' }}\"") == "true");
}

TEST_CASE("a condition that is only partly in ${{ }} is refused") {
    CHECK(condition("${{ n }} == 3") == no_condition);
    CHECK(condition("1 == ${{ n }}") == no_condition);
    CHECK(condition("${{ n }} && ${{ n }}") == no_condition);
    CHECK(condition("${{ n }}${{ n }}") == no_condition);
    CHECK(condition("'!${{ n }}'") == no_condition);
    CHECK(condition("x${{ n }}") == no_condition);
    CHECK(condition("${{ n == 3").starts_with("error 1: '${{' has no '}}'"));
}

TEST_CASE("errors in a condition point at their place") {
    CHECK(condition("n = 3") ==
          "error 3: unexpected '=', expected an operator or the end; compare with '=='");
    CHECK(condition("'n = 3'") ==
          "error 4: unexpected '=', expected an operator or the end; compare with '=='");
    CHECK(condition("${{ n = 3 }}") ==
          "error 7: unexpected '=', expected an operator or the end; compare with '=='");
    CHECK(condition("''").find("the expression is empty") != std::string::npos);
    CHECK(condition("unset == 1") == "fails 1-5: 'unset' is not set");
    CHECK(condition("'it''s'").starts_with("error 1: "));
}

TEST_CASE("a value may have expressions anywhere in it") {
    CHECK(value("{a: '${{ n }}', b: [x, 'y ${{ n }}', {c: '${{ list }}'}], d: 1.50, e: null}") ==
          R"({"a":3,"b":["x","y 3",{"c":[1,"a"]}],"d":1.50,"e":null})");
    CHECK(value("${{ n }}") == "3");
    CHECK(value("[]") == "[]");
    CHECK(value("[[], {}, '${{ n }}']") == "[[],{},3]");
    CHECK(value("plain") == "\"plain\"");
    CHECK(value("True") == "true");
    CHECK(value("0x10") == "16");
    CHECK(value("~") == "null");
    // Keys are plain text.
    CHECK(value("{'${{ n }}': 1}") == R"({"${{ n }}":1})");
    CHECK(value("[1, '${{ unset }}']") == "fails 10-14: 'unset' is not set");
    CHECK(value("[1, '${{ ) }}']") == "error 10: unexpected ')', expected a value");
    CHECK(value("{a: '${{ ) }}', b: '${{ ( }}'}").find('\n') != std::string::npos);
}

TEST_CASE("a value without expressions is made once") {
    TemplateSample sample(syntax::Format::yaml, "{a: [1, {b: text}], c: '$x'}");
    const auto* parsed = parse_value(sample.root(), sample.s.arena(), sample.s);
    REQUIRE(parsed->literal != nullptr);
    CHECK(json_of(*parsed->literal) == R"({"a":[1,{"b":"text"}],"c":"$x"})");
    CHECK(evaluate(*parsed, sample.s).entries().data() == parsed->literal->entries().data());
}

TEST_CASE("a literal value keeps spellings, and ${{ is plain text in it") {
    const TemplateSample sample(syntax::Format::yaml, "[1.10, 0x1F, True, ~, '1', '${{ n }}', {k: .5}]");
    const auto literal = literal_value(sample.root());
    CHECK(literal.items()[0].to_text() == "1.10");
    CHECK(literal.items()[1].to_text() == "0x1F");
    CHECK(literal.items()[1].as_number() == 31);
    CHECK(literal.items()[2].to_text() == "True");
    CHECK(literal.items()[3].is_null());
    CHECK(literal.items()[4].is(Type::string));
    CHECK(literal.items()[5].as_string() == "${{ n }}");
    CHECK(literal.items()[6].find("k")->to_text() == ".5");
}
