// What messages say about the words and operators of other languages.
#include "script/advice.hpp"
#include "script/functions.hpp"
#include "support/expressions.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace arun::script;
using namespace arun::test;

TEST_CASE("operators of other languages get what to write instead") {
    Surroundings s;
    s.set("a", "1");
    s.set("b", "2");
    s.set("t", R"({"u": "x"})");
    check_rows(
        s,
        {{"a = 1", "error 3: unexpected '=', expected an operator or the end; compare with '=='"},
         {"a === 1", "error 5: unexpected '=', expected a value; '==' and '!=' compare strictly already"},
         {"a =~ 'x'", "error 3: unexpected '=', expected an operator or the end; write matches(a, 'x')"},
         {"a !~ 'x'", "error 3: unexpected '!', expected an operator or the end; write '!matches(a, 'x')'"},
         {"(a) !~ 'x'", "error 5: unexpected '!', expected an operator or the end; write '!matches(x, 'x')'"},
         {"t.u | length", "error 5: unexpected '|', expected an operator or the end; write length(t.u)"},
         {"t.u | default('z') | trim",
          "error 5: unexpected '|', expected an operator or the end; write default(t.u, 'z')"},
         {"a | b2",
          "error 3: unexpected '|', expected an operator or the end; write '||' for an alternative; "
          "a filter is a function here: length(x)"},
         {"(a) | trim()", "error 5: unexpected '|', expected an operator or the end; write trim(x)"},
         {"a & b", "error 3: unexpected '&', expected an operator or the end; write '&&'"},
         {"a and b", "error 3: unexpected 'and', expected an operator or the end; write '&&'"},
         {"a or b", "error 3: unexpected 'or', expected an operator or the end; write '||'"},
         {"not a", "error 1: unexpected 'not', expected a value; write '!a'"},
         {"b and not a", "error 3: unexpected 'and', expected an operator or the end; write '&&'"},
         {"not(a)", "error 1: unknown function 'not'; write '!(a)'"},
         {"if a then b", "error 1: unexpected 'if', expected a value; write 'c && a || b' for a choice"},
         {"a if b else 1",
          "error 3: unexpected 'if', expected an operator or the end; write 'c && a || b' for a choice"},
         {"a ? 1 : 2",
          "error 3: unexpected '?', expected an operator or the end; write 'c && a || b' for a choice"},
         {"a ?? 1", "error 3: unexpected '?', expected an operator or the end; write default(a, 1)"},
         {"t?.u",
          "error 2: unexpected '?', expected an operator or the end; write '.': a property of null is null"},
         {"a in t.u", "error 3: unexpected 'in', expected an operator or the end; write contains(t.u, a)"},
         {"a not in t",
          "error 3: unexpected 'not', expected an operator or the end; write '!contains(t, a)'"},
         {"t.u contains 'x'",
          "error 5: unexpected 'contains', expected an operator or the end; write contains(t.u, 'x')"},
         {"a is defined",
          "error 3: unexpected 'is', expected an operator or the end; write 'x == null' or 'x != null'; "
          "default(x, y) is y where x is null"},
         {"a eq b", "error 3: unexpected 'eq', expected an operator or the end; compare with '=='"},
         {"a ne b", "error 3: unexpected 'ne', expected an operator or the end; compare with '!='"},
         {"a ~ b",
          "error 3: unexpected '~', expected an operator or the end; write format('{0}{1}', a, b) to "
          "put texts together, or matches(text, pattern)"},
         {"a ** 2", "error 4: unexpected '*', expected a value; there are no powers; write x * x"},
         {"$HOME",
          "error 1: unexpected '$', expected a value; write env.HOME for the variable of the environment"},
         {"${a}", "error 1: unexpected '$', expected a value; write a"},
         {"$ + 1", "error 1: unexpected '$', expected a value"},
         {"[1, 2]",
          "error 1: unexpected '[', expected a value; there is no list in an expression; set a "
          "variable to one, or write fromJSON('[1, 2]')"},
         {"{a: 1}",
          "error 1: unexpected '{', expected a value; there is no mapping in an expression; set a "
          "variable to one, or write fromJSON('{\"a\": 1}')"},
         {"t[0:1]", "error 4: unexpected ':', expected ']'; write slice(list, start, end)"},
         {"t.u.trim()", "error 9: unexpected '(', expected an operator or the end; write trim(t.u)"},
         {"t.u.splitlines()", "error 15: unexpected '(', expected an operator or the end; write lines(t.u)"},
         {"t.u.foo()",
          "error 8: unexpected '(', expected an operator or the end; functions are called as name(value)"},
         {"(a)(b)", "error 4: unexpected '(', expected an operator or the end"},
         {"a b", "error 3: unexpected 'b', expected an operator or the end"}});
}

TEST_CASE("calls that do not exist get what to write instead") {
    Surroundings s;
    check_rows(s, {{"env('HOME')", "error 1: unknown function 'env'; write env.HOME"},
                   {"now ('%Y')",
                    "error 1: now() takes no argument, not 1; write date('%Y') for the time of day as text"},
                   {"getenv(1)", "error 1: unknown function 'getenv'; write env.NAME"},
                   {"env(", "error 1: unknown function 'env'; write env.NAME"},
                   {"now('%Y')",
                    "error 1: now() takes no argument, not 1; write date('%Y') for the time of day "
                    "as text"},
                   {"if(1, 2, 3)", "error 1: unknown function 'if'; write 'c && a || b' for a choice"},
                   {"len(1)", "error 1: unknown function 'len'; did you mean 'length'?"},
                   {"median(1)", "error 1: unknown function 'median'; did you mean 'percentile'?"},
                   {"frobnicate(1)", "error 1: unknown function 'frobnicate'"}});
}

TEST_CASE("all advice about functions names functions that exist") {
    for (const auto& function : functions()) {
        CHECK(function_meant(function.name) == &function);
        CHECK(call_with(function, "x").starts_with(std::string(function.name) + "("));
    }
    CHECK(function_meant("splitlines") == find_function("lines"));
    CHECK(function_meant("frobnicate") == nullptr);
    CHECK(call_with(*find_function("length"), "a.b") == "length(a.b)");
    CHECK(call_with(*find_function("join"), "x") == "join(x, separator)");
}

TEST_CASE("a comparison that is written as text becomes a matcher") {
    CHECK(advice_for_matcher("2xx") == "write {ge: 200, lt: 300}");
    CHECK(advice_for_matcher("5XX") == "write {ge: 500, lt: 600}");
    CHECK(advice_for_matcher("9xx") == "write {ge: 900, lt: 1000}");
    CHECK(advice_for_matcher("< 500ms") == "write {lt: 500ms}");
    CHECK(advice_for_matcher(">=200") == "write {ge: 200}");
    CHECK(advice_for_matcher("!= 0") == "write {not: 0}");
    CHECK(advice_for_matcher("200-299") == "write {ge: 200, le: 299}");
    CHECK(advice_for_matcher("200..299") == "write {ge: 200, le: 299}");
    for (const char* other : {"", "-", "-1", "200-", "ok", "xxx", "2xy", ".."})
        CHECK(advice_for_matcher(other).empty());
}
