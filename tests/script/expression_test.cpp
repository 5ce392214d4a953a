#include "script/expression.hpp"
#include "support/expressions.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <initializer_list>
#include <memory>
#include <string>

using namespace arun::script;
using namespace arun::test;

namespace {

/// Some variables of every type.
void fill(Surroundings& s) {
    s.set("n", "3");
    s.set("text", "\"Hello\"");
    s.set("no", "null");
    s.set("yes", "true");
    s.set("empty", "\"\"");
    s.set("list", R"([1, "b", {"k": "v"}, [7, 8]])");
    s.set("map",
          R"({"a": 1, "list": ["x", "y"], "sub": {"deep": true}, "b c": 2, "7": "seven", "null": "n"})");
    s.set("with-dash", "5");
}

void check_expressions(std::initializer_list<Row> rows) {
    Surroundings s;
    fill(s);
    check_rows(s, rows);
}

}  // namespace

TEST_CASE("literals") {
    check_expressions({{"null", "null"},       {"true", "true"},         {"false", "false"}, {"0", "0"},
                       {"42", "42"},           {"-42", "-42"},           {"+42", "42"},      {"1.5", "1.5"},
                       {".5", "0.5"},          {"-.5", "-0.5"},          {"1e3", "1e3"},     {"1E-2", "1E-2"},
                       {"2e+2", "2e+2"},       {"0xff", "255"},          {"0o17", "15"},     {"1.10", "1.10"},
                       {"'text'", "\"text\""}, {"\"text\"", "\"text\""}, {"''", "\"\""},     {"\"\"", "\"\""},
                       {"'a b'", "\"a b\""},   {"'ä€😀'", "\"ä€😀\""}});
}

TEST_CASE("a doubled quote stands for one, the other kind of quote for itself") {
    check_expressions({{"'it''s'", "\"it's\""},
                       {"\"say \"\"hi\"\"\"", R"("say \"hi\"")"},
                       {"''''", "\"'\""},
                       {"''''''", "\"''\""},
                       {"\"\"\"\"", R"("\"")"},
                       {"'say \"hi\"'", R"("say \"hi\"")"},
                       {"\"it's\"", "\"it's\""},
                       {"'a\\nb'", R"("a\\nb")"},
                       {"'a' == 'a'", "true"},
                       {"'' ''", "error 4: unexpected '''', expected an operator or the end"}});
}

TEST_CASE("names are variables, and properties they lack are null") {
    check_expressions({{"n", "3"},
                       {"with-dash", "5"},
                       {" n\t\r\n", "3"},
                       {"map.a", "1"},
                       {"map . a", "1"},
                       {"map.list", "[\"x\",\"y\"]"},
                       {"map.list[1]", "\"y\""},
                       {"map.list[ 0 ]", "\"x\""},
                       {"map['a']", "1"},
                       {"map[\"b c\"]", "2"},
                       {"map[7]", "\"seven\""},
                       {"map.null", "\"n\""},
                       {"map.sub.deep", "true"},
                       {"map['sub']['deep']", "true"},
                       {"map['sub'].deep", "true"},
                       {"list[2].k", "\"v\""},
                       {"list[3][1]", "8"},
                       {"list[n]", "[7,8]"},
                       {"list['2'].k", "\"v\""},
                       {"list[map.a]", "\"b\""},
                       {"list[true]", "\"b\""},
                       {"(map).a", "1"},
                       {"map.missing", "null"},
                       {"map.missing.deeper", "null"},
                       {"map.missing[0].deeper", "null"},
                       {"map.A", "null"},
                       {"list[4]", "null"},
                       {"list[-1]", "null"},
                       {"list['x']", "null"},
                       {"list.k", "null"},
                       {"n.a", "null"},
                       {"n[0]", "null"},
                       {"text[0]", "null"},
                       {"no.a", "null"},
                       {"fromJSON('[1]')[0]", "1"},
                       {"fromJSON('{\"a\": 2}').a", "2"}});
}

TEST_CASE("a variable that is not set is an error at its name") {
    check_expressions({{"nothing", "fails 1-7: 'nothing' is not set"},
                       {"1 == nothing", "fails 6-12: 'nothing' is not set"},
                       {"nothing.a", "fails 1-7: 'nothing' is not set"},
                       {"join(nothing)", "fails 6-12: 'nothing' is not set"}});
}

TEST_CASE("operators bind as in JavaScript: ! before comparisons before equality before && before ||") {
    check_expressions({{"!no", "true"},
                       {"!yes", "false"},
                       {"!!n", "true"},
                       {"!n == 2", "false"},
                       {"!1 == 0", "true"},
                       {"!(1 == 2)", "true"},
                       {"1 < 2 == true", "true"},
                       {"true == 1 < 2", "true"},
                       {"1 == 2 || 1 == 1 && 2 == 2", "true"},
                       {"true || false && false", "true"},
                       {"(true || false) && false", "false"},
                       {"false && true || true", "true"},
                       {"false && (true || true)", "false"},
                       {"1 < 2 && 2 < 3", "true"},
                       {"3 > 2 > 1", "false"},
                       {"1 == 1 == 1", "true"},
                       {"2 == 2 == 2", "false"},
                       {"1 != 2 != 3", "true"},
                       {"-1<0", "true"},
                       {"1==1&&2==2", "true"},
                       {"((((1))))", "1"}});
}

TEST_CASE("&& and || return the operand that decides") {
    check_expressions({{"true && 2", "2"},
                       {"0 && 2", "0"},
                       {"'' && 2", "\"\""},
                       {"null && 2", "null"},
                       {"0 || 'x'", "\"x\""},
                       {"'a' || 'x'", "\"a\""},
                       {"null || null", "null"},
                       {"null || 0", "0"},
                       {"list && 'full'", "\"full\""},
                       {"fromJSON('[]') && 'true as well'", "\"true as well\""},
                       {"1 && 2 && 3", "3"},
                       {"1 && 0 && 3", "0"},
                       {"false || null || 'last'", "\"last\""}});
}

TEST_CASE("&& and || do not evaluate the second operand if the first decides") {
    check_expressions({{"true || nothing", "true"},
                       {"false && nothing", "false"},
                       {"n == 3 || nothing == 1", "true"},
                       {"n == 4 && nothing == 1", "false"},
                       {"(false && nothing) || 'x'", "\"x\""},
                       {"false || nothing", "fails 10-16: 'nothing' is not set"},
                       {"true && nothing", "fails 9-15: 'nothing' is not set"}});
    Surroundings s;
    fill(s);
    CHECK(s("yes || n || text") == "true");
    CHECK(s.reads["yes"] == 1);
    CHECK(s.reads["n"] == 0);
    CHECK(s("no && n") == "null");
    CHECK(s.reads["n"] == 0);
}

TEST_CASE("values of different types compare as numbers") {
    check_expressions({{"'1' == 1", "true"},        {"'1.0' == 1", "true"},    {"' 1 ' == 1", "true"},
                       {"'0x10' == 16", "true"},    {"true == 1", "true"},     {"true == '1'", "true"},
                       {"true == 'true'", "false"}, {"false == ''", "true"},   {"null == 0", "true"},
                       {"null == ''", "true"},      {"null == false", "true"}, {"'' == 0", "true"},
                       {"'a' == 0", "false"},       {"'a' != 0", "true"},      {"'a' < 1", "false"},
                       {"'a' >= 1", "false"},       {"!('a' < 1)", "true"},    {"'10' > 9", "true"},
                       {"null < 1", "true"},        {"null >= 0", "true"},     {"true > false", "true"},
                       {"list == 1", "false"},      {"list != 1", "true"},     {"map < 1", "false"},
                       {"map >= 1", "false"},       {"list == 'a'", "false"}});
}

TEST_CASE("unlike on GitHub strings compare case-sensitively, in the order of their bytes") {
    check_expressions({{"'a' == 'A'", "false"},
                       {"'a' != 'A'", "true"},
                       {"text == 'Hello'", "true"},
                       {"text == 'hello'", "false"},
                       {"'a' < 'b'", "true"},
                       {"'B' < 'a'", "true"},
                       {"'10' < '9'", "true"},
                       {"'a' <= 'a'", "true"},
                       {"'a' >= 'ab'", "false"},
                       {"'1' == '1.0'", "false"},
                       {"contains('Hello', 'ell')", "true"},
                       {"contains('Hello', 'ELL')", "false"},
                       {"contains(list, 'B')", "false"},
                       {"startsWith('Hello', 'he')", "false"},
                       {"endsWith('Hello', 'LO')", "false"},
                       {"map['A']", "null"}});
}

TEST_CASE("unlike on GitHub lists and mappings compare deeply") {
    check_expressions({{"list == list", "true"},
                       {"map == map", "true"},
                       {"map.list == fromJSON('[\"x\", \"y\"]')", "true"},
                       {"map.list == fromJSON('[\"y\", \"x\"]')", "false"},
                       {"map.list != fromJSON('[\"x\"]')", "true"},
                       {"map.sub == fromJSON('{\"deep\": true}')", "true"},
                       {"map.sub == fromJSON('{\"deep\": false}')", "false"},
                       {"fromJSON('{\"a\": 1, \"b\": 2}') == fromJSON('{\"b\": 2, \"a\": 1}')", "true"},
                       {"fromJSON('[]') == fromJSON('{}')", "false"},
                       {"contains(list, fromJSON('{\"k\": \"v\"}'))", "true"},
                       {"contains(list, fromJSON('[7, 8]'))", "true"}});
}

TEST_CASE("env has texts or null, by index as by dot") {
    Surroundings s;
    s.env = {{"HOME", "/home/me"}, {"A-B", "c"}, {"EMPTY", ""}};
    check_rows(s, {{"env.HOME", "\"/home/me\""},
                   {"env['HOME']", "\"/home/me\""},
                   {"env['A-B']", "\"c\""},
                   {"env.A-B", "\"c\""},
                   {"env.EMPTY", "\"\""},
                   {"env.NOT_SET", "null"},
                   {"env.home", "null"},
                   {"env.NOT_SET == null", "true"},
                   {"env.EMPTY == null", "true"},
                   {"env.HOME.x", "null"},
                   {"env", R"({"A-B":"c","EMPTY":"","HOME":"/home/me"})"}});
    s.set("name", "\"HOME\"");
    CHECK(s("env[name]") == "\"/home/me\"");
    CHECK(s("env[format('{0}{1}', 'HO', 'ME')]") == "\"/home/me\"");
}

TEST_CASE("jobs.ID has a result, an outcome and an error") {
    Surroundings s;
    s.jobs
        ["build"
         ".result"] = from_json(R"({"exit": 3, "list": [1]})");
    s.jobs["build.outcome"] = Value::string("failure");
    s.jobs["build.error"] = Value::string("exit status 3");
    s.jobs["my-id.result"] = Value::number(1);
    check_rows(s, {{"jobs.build.result", R"({"exit":3,"list":[1]})"},
                   {"jobs.build.result.exit", "3"},
                   {"jobs.build.result.list[0]", "1"},
                   {"jobs.build.outcome", "\"failure\""},
                   {"jobs.build.error", "\"exit status 3\""},
                   {"jobs['build']['outcome']", "\"failure\""},
                   {"jobs['build'].outcome == 'failure'", "true"},
                   {"jobs.my-id.result", "1"},
                   {"jobs.my-id.error", "null"},
                   {"jobs.other.result.exit", "null"},
                   {"jobs.my-id", R"({"result":1,"outcome":null,"error":null})"},
                   {"jobs.my-id['result']", "1"}});
}

TEST_CASE("loop.index counts the rounds, and its use is reported to the compiler") {
    Surroundings s;
    s.round = 4;
    CHECK(s("loop.index") == "4");
    CHECK(s("loop['index'] == 4") == "true");
    CHECK(s("loop.index < 5 && loop.index") == "4");
    CHECK(s.loops == 4);
    s.round = 0;
    CHECK(s("loop.index") == "null");
}

TEST_CASE("status functions tell how the previous jobs ended") {
    Surroundings s;
    const auto all = [&] {
        return s("format('{0} {1} {2} {3}', success(), failure(), cancelled(), always())");
    };
    CHECK(all() == "\"true false false true\"");
    s.failed = true;
    CHECK(all() == "\"false true false true\"");
    s.was_cancelled = true;
    CHECK(all() == "\"false true true true\"");
    s.failed = false;
    CHECK(all() == "\"false false true true\"");
}

TEST_CASE("now() is seconds with six decimals as text, and a number") {
    using namespace std::chrono_literals;
    Surroundings s;
    CHECK(s("now()") == "0.000000");
    CHECK(s("now() == 0") == "true");
    s.time = 1500ms;
    CHECK(s("now()") == "1.500000");
    CHECK(s("now() == 1.5") == "true");
    CHECK(s("format('at {0}', now())") == "\"at 1.500000\"");
    s.time = 3723s + 4us + 999ns;
    CHECK(s("now()") == "3723.000004");
}

TEST_CASE("an expression asks for the status if a status function is anywhere in it") {
    for (const std::string text :
         {"failure()", "ALWAYS()", "!cancelled()", "1 == 2 && success()", "x || failure()",
          "format('{0}', always())", "list[failure()]", "(failure()).x"}) {
        CAPTURE(text);
        Surroundings s;
        const auto* e = parse_expression(text, {}, false, s.arena(), s);
        REQUIRE(e != nullptr);
        CHECK(asks_status(*e));
    }
    for (const std::string text : {"failed", "'failure()'", "jobs.x.outcome == 'failure'", "now() > 1"}) {
        CAPTURE(text);
        Surroundings s;
        const auto* e = parse_expression(text, {}, false, s.arena(), s);
        REQUIRE(e != nullptr);
        CHECK_FALSE(asks_status(*e));
    }
}

TEST_CASE("every part of an expression has its text and its span") {
    const auto source = std::make_shared<const arun::Source>("e", "..  a.b == 'c' ..");
    Surroundings s;
    const auto* e = parse_expression(source->text().substr(2, 13), {source.get(), 2, 15}, true, s.arena(), s);
    REQUIRE(e != nullptr);
    CHECK(e->op == Op::equal);
    CHECK(e->text == "a.b == 'c'");
    CHECK(e->span.begin == 4);
    CHECK(e->span.end == 14);
    REQUIRE(e->operands.size() == 2);
    CHECK(e->operands[0]->op == Op::property);
    CHECK(e->operands[0]->text == "a.b");
    CHECK(e->operands[0]->operands[0]->text == "a");
    CHECK(e->operands[1]->text == "'c'");
    CHECK(e->operands[1]->span.begin == 11);
}

TEST_CASE("arithmetic has the usual precedence") {
    Surroundings s;
    s.set("n", "5");
    s.set("text", "\"7\"");
    s.set("no", "null");
    s.set("list", "[1]");
    check_rows(s, {{"1 + 2 * 3", "7"},
                   {"(1 + 2) * 3", "9"},
                   {"10 - 2 - 3", "5"},
                   {"2 * 7 % 4", "2"},
                   {"n-1 || true", "fails 1-3: 'n-1' is not set"},
                   {"n - 1", "4"},
                   {"n -1", "4"},
                   {"n+1", "6"},
                   {"-n", "-5"},
                   {"- -n", "5"},
                   {"--n", "5"},
                   {"2 - -1", "3"},
                   {"-2 * -n", "10"},
                   {"!n == false", "true"},
                   {"n + 1 > 5 && n * 2 == 10", "true"},
                   {"text * 2", "14"},
                   {"7 / 2", "3.5"},
                   {"6 / 3", "2"},
                   {"no + 1", "fails 1-2: expected a number, not null"},
                   {"1 + list", "fails 5-8: expected a number, not a list"},
                   {"-list", "fails 2-5: expected a number, not a list"},
                   {"1 / (n - 5)", "fails 1-11: division by zero"},
                   {"list[n - 5]", "1"}});
}

TEST_CASE("filters take the items, and what is in each") {
    Surroundings s;
    s.set("list", R"([{"a": 1, "l": [1, 2]}, {"b": 2}, null, {"a": null, "l": [3]}])");
    s.set("map", R"({"x": {"a": 1}, "y": {"a": 2}})");
    check_rows(s, {{"list.*.a", "[1,null]"},
                   {"list[*].a", "[1,null]"},
                   {"list.*.missing", "[]"},
                   {"map.*", R"([{"a":1},{"a":2}])"},
                   {"map.*.a", "[1,2]"},
                   {"sum(map.*.a)", "3"},
                   {"list.*.l[0]", "[1,3]"},
                   {"list.*.l[1]", "[2]"},
                   {"list.*.l.*", "[1,2,3]"},
                   {"list.*['a']", "[1,null]"},
                   {"map.x.*", "[1]"},
                   {"map.x.a.*", "[]"},
                   {"contains(map.*.a, 2)", "true"},
                   {"default(unset.*.a, 0)", "0"},
                   {"length(list.*)", "4"}});
}

TEST_CASE("a function's name can be that of a variable") {
    Surroundings s;
    s.set("first", "[1, 2]");
    CHECK(s("length(first)") == "2");
    CHECK(s("first(first) + first[1]") == "3");
}
