// Errors in expressions, and where they point.
#include "support/expressions.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <memory>
#include <string>

using namespace arun::script;
using namespace arun::test;

namespace {

void check_parsing(std::initializer_list<Row> rows) {
    Surroundings s;
    check_rows(s, rows);
}

}  // namespace

TEST_CASE("an empty expression is an error") {
    check_parsing(
        {{"", "error 1: the expression is empty; write a name or a value between '${{' and '}}'"},
         {" \t\n", "error 4: the expression is empty; write a name or a value between '${{' and '}}'"}});
}

TEST_CASE("where a value is missing, the error names what is there instead") {
    check_parsing({{"1 ==", "error 5: the expression ends where a value is expected"},
                   {"1 == ", "error 6: the expression ends where a value is expected"},
                   {"== 1", "error 1: unexpected '==', expected a value"},
                   {"1 == == 2", "error 6: unexpected '==', expected a value"},
                   {"!", "error 2: the expression ends where a value is expected"},
                   {")", "error 1: unexpected ')', expected a value"},
                   {"()", "error 2: unexpected ')', expected a value"},
                   {"a && ", "error 6: the expression ends where a value is expected"},
                   {"length(1,)", "error 10: unexpected ')', expected a value"},
                   {"length(,1)", "error 8: unexpected ',', expected a value"},
                   {"@", "error 1: unexpected '@', expected a value"},
                   {"€uro", "error 1: unexpected '€', expected a value"},
                   {"a[", "error 3: the expression ends where a value is expected"},
                   {"a[]", "error 3: unexpected ']', expected a value"}});
}

TEST_CASE("after a value, an operator is expected") {
    check_parsing({{"1 2", "error 3: unexpected '2', expected an operator or the end"},
                   {"hello world", "error 7: unexpected 'world', expected an operator or the end"},
                   {"a b == 1", "error 3: unexpected 'b', expected an operator or the end"},
                   {"'a''b' 'c'", "error 8: unexpected ''c'', expected an operator or the end"},
                   {"1)", "error 2: unexpected ')', expected an operator or the end"},
                   {"(1 == 2", "error 8: the expression ends where ')' is expected"},
                   {"(1 2)", "error 4: unexpected '2', expected ')'"},
                   {"a[0", "error 4: the expression ends where ']' is expected"},
                   {"a[0)", "error 4: unexpected ')', expected ']'"},
                   {"length(1", "error 9: the expression ends where ',' or ')' is expected"},
                   {"length(1 2)", "error 10: unexpected '2', expected ',' or ')'"},
                   {"a ä", "error 3: unexpected 'ä', expected an operator or the end"},
                   {"a, b", "error 2: unexpected ',', expected an operator or the end"}});
}

TEST_CASE("other languages' operators get a hint") {
    check_parsing(
        {{"a = 1", "error 3: unexpected '=', expected an operator or the end; compare with '=='"},
         {"a & b", "error 3: unexpected '&', expected an operator or the end; write '&&'"},
         {"a and b", "error 3: unexpected 'and', expected an operator or the end; write '&&'"},
         {"a or b", "error 3: unexpected 'or', expected an operator or the end; write '||'"},
         {"a ** 2", "error 4: unexpected '*', expected a value; there are no powers; write x * x"},
         {"a ^ 2",
          "error 3: unexpected '^', expected an operator or the end; there are no powers; write x * x"},
         {"jobs.*", "error 6: a filter needs a list or a mapping; jobs.ID.result.*.name"},
         {"loop[*]", "error 6: a filter needs a list or a mapping; jobs.ID.result.*.name"},
         {"a[*", "error 4: the expression ends where ']' is expected"}});
}

TEST_CASE("a difference without blanks is a name, and the hint says so") {
    check_parsing(
        {{"loop.index-1",
          "error 6: loop has no property 'index-1'; write 'loop.index - 1' for a difference: a name may "
          "contain '-'"},
         {"jobs.a.result-1",
          "error 8: a job has no property 'result-1'; write 'jobs.a.result - 1' for a difference: a name "
          "may contain '-'"}});
    const auto has = [](std::string_view part) { return part == "a-b" || part == "n"; };
    CHECK(difference_hint({}, "n-1", has) == "write 'n - 1' for a difference: a name may contain '-'");
    CHECK(difference_hint({}, "a-b-n", has) == "write 'a-b - n' for a difference: a name may contain '-'");
    CHECK(difference_hint({}, "x-1", has).empty());
    CHECK(difference_hint({}, "n", has).empty());
}

TEST_CASE("a malformed number is one error") {
    check_parsing({{"10s", "error 1: '10s' is not a number"},
                   {"1 == 10ms", "error 6: '10ms' is not a number"},
                   {"1.2.3", "error 1: '1.2.3' is not a number"},
                   {"0xZZ", "error 1: '0xZZ' is not a number"},
                   {"0x", "error 1: '0x' is not a number"},
                   {"1e", "error 1: '1e' is not a number"},
                   {"1_000", "error 1: '1_000' is not a number"},
                   {"-.", "error 1: '-.' is not a number"}});
}

TEST_CASE("an unclosed text is reported at its beginning") {
    check_parsing({{"'open", "error 1: the text has no closing '"},
                   {"a == 'open", "error 6: the text has no closing '"},
                   {"\"open", "error 1: the text has no closing \""},
                   {"'it''s", "error 1: the text has no closing '"},
                   {"'", "error 1: the text has no closing '"},
                   {"'a\"", "error 1: the text has no closing '"},
                   {"1 'open", "error 3: the text has no closing '"}});
}

TEST_CASE("the name of a property must be a name") {
    check_parsing({{"a.", "error 3: the expression ends where the name of a property is expected"},
                   {"a.5", "error 3: unexpected '5', expected the name of a property"},
                   {"a.b.5", "error 5: unexpected '5', expected the name of a property"},
                   {"a.'b'", "error 3: unexpected ''b'', expected the name of a property"},
                   {"a..b", "error 3: unexpected '.', expected the name of a property"},
                   {"a[.5", "error 5: the expression ends where ']' is expected"},
                   {"a.(b)", "error 3: unexpected '(', expected the name of a property"}});
}

TEST_CASE("unknown functions") {
    check_parsing({{"lenght(1)", "error 1: unknown function 'lenght'; did you mean 'length'?"},
                   {"1 == frmoJSON('1')", "error 6: unknown function 'frmoJSON'; did you mean 'fromJSON'?"},
                   {"hashFiles('x')", "error 1: unknown function 'hashFiles'"},
                   {"a(1)", "error 1: unknown function 'a'"},
                   {"true()", "error 1: unknown function 'true'"}});
}

TEST_CASE("jobs and loop are not values, and have only certain properties") {
    check_parsing(
        {{"loop", "error 1: 'loop' is not a value by itself; write loop.index"},
         {"1 == jobs", "error 6: 'jobs' is not a value by itself; write jobs.ID.result"},
         {"loop.x", "error 6: loop has no property 'x'; loop.index is the number of the round, from 1"},
         {"loop['x']", "error 6: loop has no property 'x'; loop.index is the number of the round, from 1"},
         {"loop[0]", "error 6: this name must be literal; jobs.ID.result, loop.index"},
         {"loop[name]", "error 6: this name must be literal; jobs.ID.result, loop.index"},
         {"jobs[name].result", "error 6: this name must be literal; jobs.ID.result, loop.index"},
         {"jobs.build.results", "error 12: a job has no property 'results'; did you mean 'result'?"},
         {"jobs.build.exit", "error 12: a job has no property 'exit'; it has result, outcome and error"},
         {"jobs['a']['otcome']", "error 11: a job has no property 'otcome'; did you mean 'outcome'?"}});
}

TEST_CASE("errors point at the whole text when the source spells it differently") {
    const auto source = std::make_shared<const arun::Source>("e", "0123456789");
    Surroundings s;
    const arun::Span where{source.get(), 2, 7};
    CHECK(parse_expression("1 == )", where, false, s.arena(), s) == nullptr);
    CHECK(s.errors == "error 3: unexpected ')', expected a value");
    const auto* e = parse_expression("missing == 1", where, false, s.arena(), s);
    REQUIRE(e != nullptr);
    CHECK_THROWS_AS(evaluate(*e, s), EvalError);
    try {
        static_cast<void>(evaluate(*e, s));
    } catch (const EvalError& error) {
        CHECK(Surroundings::failure_of(error) == "fails 3-7: 'missing' is not set");
    }
}

TEST_CASE("nesting has a limit, and no depth is a crash") {
    Surroundings s;
    s.set("a", "[[[1]]]");
    CHECK(s(repeat("(", 60) + "1" + repeat(")", 60)) == "1");
    CHECK(s(repeat("!", 60) + "1") == "true");
    for (const auto& hostile : {repeat("(", 100'000) + "1" + repeat(")", 100'000), repeat("!", 100'000) + "1",
                                repeat("length(", 100'000) + "1" + repeat(")", 100'000),
                                repeat("a[", 100'000) + "0" + repeat("]", 100'000)})
        CHECK(s(hostile).find(": the expression is nested too deeply") != std::string::npos);
}

TEST_CASE("a long chain of operators is evaluated, or refused as too deep, but no crash") {
    Surroundings s;
    s.set("a", "[1]");
    constexpr std::size_t many = 200'000;
    for (const auto& chain :
         {"1" + repeat(" == 1", many), "1" + repeat(" && 1", many), "0" + repeat(" || 0", many),
          "1" + repeat(" < 1", many), "a" + repeat("[0]", many), "a" + repeat(".b", many)}) {
        const auto got = s(chain);
        const bool refused = got.find("nested too deeply") != std::string::npos;
        CHECK((refused || got == "true" || got == "false" || got == "0" || got == "1" || got == "null"));
        const auto* e = parse_expression(chain, {}, false, s.arena(), s);
        if (e != nullptr) CHECK_FALSE(asks_status(*e));
    }
    CHECK(s("1" + repeat(" && 1", 30)) == "1");
    CHECK(s("a[0]" + repeat(".b", 30)) == "null");
}
