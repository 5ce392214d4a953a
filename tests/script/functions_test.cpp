// The functions of expressions.
#include "script/functions.hpp"
#include "support/expressions.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <initializer_list>
#include <limits>
#include <string>

using namespace arun::script;
using namespace arun::test;

namespace {

void check_functions(std::initializer_list<Row> rows) {
    Surroundings s;
    s.set("list", R"([1, "b", null, true, 2.5])");
    s.set("map", R"({"a": 1, "b": [2]})");
    s.set("no", "null");
    s.set("price", Value::number(1.1, "1.10"));
    s.set("json", R"("{\"a\": [1, 2]}")");
    check_rows(s, rows);
}

}  // namespace

TEST_CASE("functions are found in any case") {
    check_functions({{"STARTSWITH('hello', 'he')", "true"},
                     {"startswith('hello', 'he')", "true"},
                     {"tojson(1)", "\"1\""},
                     {"FromJson('1')", "1"},
                     {"Contains('a', 'a')", "true"},
                     {"success ()", "true"}});
    for (const auto& row : functions()) {
        CHECK(find_function(row.name) == &row);
        CHECK(row.usage.starts_with(std::string(row.name) + "("));
    }
    CHECK(find_function("hashFiles") == nullptr);
    CHECK(find_function("") == nullptr);
    CHECK(find_function("contain") == nullptr);
}

TEST_CASE("contains finds a text in a text, or a value in a list") {
    check_functions({{"contains('hello', 'ell')", "true"},
                     {"contains('hello', '')", "true"},
                     {"contains('', 'a')", "false"},
                     {"contains('hello', 'hello!')", "false"},
                     {"contains(123, 2)", "true"},
                     {"contains(true, 'rue')", "true"},
                     {"contains(null, '')", "true"},
                     {"contains(list, 'b')", "true"},
                     {"contains(list, 1)", "true"},
                     {"contains(list, '1')", "true"},
                     {"contains(list, 2)", "false"},
                     {"contains(list, 'c')", "false"},
                     {"contains(fromJSON('[]'), null)", "false"},
                     {"contains(fromJSON('[[1]]'), 1)", "false"},
                     {"contains(map, 'a')", "false"}});
}

TEST_CASE("startsWith and endsWith compare texts") {
    check_functions({{"startsWith('hello', 'he')", "true"},
                     {"startsWith('hello', 'lo')", "false"},
                     {"startsWith('hello', '')", "true"},
                     {"startsWith('he', 'hello')", "false"},
                     {"startsWith(123, 12)", "true"},
                     {"startsWith(null, 'a')", "false"},
                     {"endsWith('hello', 'lo')", "true"},
                     {"endsWith('hello', 'he')", "false"},
                     {"endsWith('', '')", "true"},
                     {"endsWith(1.5, '.5')", "true"},
                     {"endsWith(price, '10')", "true"}});
}

TEST_CASE("format inserts arguments by number") {
    check_functions({{"format('{0} and {1}, {0}', 'a', 2)", "\"a and 2, a\""},
                     {"format('plain')", "\"plain\""},
                     {"format('')", "\"\""},
                     {"format('{1}', 'unused', 'x')", "\"x\""},
                     {"format('{0}{0}', 'ab')", "\"abab\""},
                     {"format('{0}', null)", "\"\""},
                     {"format('{0}', true)", "\"true\""},
                     {"format('{0}', price)", "\"1.10\""},
                     {"format('{0}', map)", R"("{\"a\":1,\"b\":[2]}")"},
                     {"format('{{0}} {0}', 1)", "\"{0} 1\""},
                     {"format('{{{0}}}', 1)", "\"{1}\""},
                     {"format('}}{{')", "\"}{\""},
                     {"format('{0}', '{1}')", "\"{1}\""},
                     {"format('{10}', 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 'ten')", "\"ten\""},
                     {"format(123)", "\"123\""},
                     {"format('ä{0}ö', 'ü')", "\"äüö\""}});
}

TEST_CASE("a malformed format is an error") {
    check_functions(
        {{"format('{1}', 0)", "fails 1-16: format: there is no argument {1}"},
         {"format('{0}')", "fails 1-13: format: there is no argument {0}"},
         {"format('{999}', 0)", "fails 1-18: format: there is no argument {999}"},
         {"format('{', 0)", "fails 1-14: format: '{' without a number and '}'; write '{{' for a brace"},
         {"format('{0', 0)", "fails 1-15: format: '{' without a number and '}'; write '{{' for a brace"},
         {"format('{}', 0)", "fails 1-15: format: '{' without a number and '}'; write '{{' for a brace"},
         {"format('{a}', 0)", "fails 1-16: format: '{' without a number and '}'; write '{{' for a brace"},
         {"format('{-1}', 0)", "fails 1-17: format: '{' without a number and '}'; write '{{' for a brace"},
         {"format('{99999999999}', 0)",
          "fails 1-26: format: '{' without a number and '}'; write '{{' for a brace"},
         {"format('}', 0)", "fails 1-14: format: '}' without '{'; write '}}' for a brace"},
         {"format('{0}}', 0)", "fails 1-17: format: '}' without '{'; write '}}' for a brace"},
         {"1 == format('}')", "fails 6-16: format: '}' without '{'; write '}}' for a brace"}});
}

TEST_CASE("join makes a text of a list, with commas by default") {
    check_functions({{"join(list)", "\"1,b,,true,2.5\""},
                     {"join(list, ' + ')", "\"1 + b +  + true + 2.5\""},
                     {"join(list, '')", "\"1btrue2.5\""},
                     {"join(fromJSON('[]'))", "\"\""},
                     {"join(fromJSON('[[1, 2], {}]'), ';')", "\"[1,2];{}\""},
                     {"join('x', '-')", "\"x\""},
                     {"join(7)", "\"7\""},
                     {"join(null)", "\"\""},
                     {"join(list, 0)", "\"10b00true02.5\""}});
}

TEST_CASE("toJSON is indented, as on GitHub") {
    check_functions({{"toJSON(1)", "\"1\""},
                     {"toJSON(null)", "\"null\""},
                     {"toJSON('a\"b')", R"("\"a\\\"b\"")"},
                     {"toJSON(price)", "\"1.10\""},
                     {"toJSON(fromJSON('[]'))", "\"[]\""},
                     {"toJSON(map)", R"("{\n  \"a\": 1,\n  \"b\": [\n    2\n  ]\n}")"}});
}

TEST_CASE("fromJSON parses a text, and the text of other values") {
    check_functions({{"fromJSON('true')", "true"},
                     {"fromJSON('\"x\"')", "\"x\""},
                     {"fromJSON('[1, {\"a\": null}]')", R"([1,{"a":null}])"},
                     {"fromJSON(json).a[1]", "2"},
                     {"fromJSON(1)", "1"},
                     {"fromJSON(true)", "true"},
                     {"fromJSON(map)", R"({"a":1,"b":[2]})"},
                     {"fromJSON(toJSON(map)) == map", "true"}});
    Surroundings s;
    CHECK(
        s("fromJSON('{')").starts_with("fails 1-13: fromJSON: not JSON: parse error at line 1, column 2: "));
    CHECK(s("1 || fromJSON('')") == "1");
    CHECK(s("0 || fromJSON('')").starts_with("fails 6-17: fromJSON: not JSON: "));
    CHECK(s("fromJSON(null)").starts_with("fails 1-14: fromJSON: not JSON: "));
    std::string deep(300, '[');
    deep += std::string(300, ']');
    s.set("deep", Value::string(deep));
    CHECK(s("fromJSON(deep)") == "fails 1-14: fromJSON: the JSON text is nested deeper than 256 levels");
}

TEST_CASE("length counts items, entries or characters") {
    check_functions({{"length(list)", "5"},
                     {"length(map)", "2"},
                     {"length(fromJSON('[]'))", "0"},
                     {"length('hello')", "5"},
                     {"length('')", "0"},
                     {"length('häß€😀')", "5"},
                     {"length(null)", "0"},
                     {"length(1234)", "4"},
                     {"length(price)", "4"},
                     {"length(true)", "4"}});
}

TEST_CASE("quote makes words of a shell") {
    check_functions({{"quote('plain-1.0_a/b:c@d%e+f,g=h')", "\"plain-1.0_a/b:c@d%e+f,g=h\""},
                     {"quote('')", "\"''\""},
                     {"quote(null)", "\"''\""},
                     {"quote('two words')", "\"'two words'\""},
                     {"quote('it''s')", R"("'it'\\''s'")"},
                     {"quote('$(id)')", "\"'$(id)'\""},
                     {"quote('~')", "\"'~'\""},
                     {"quote('ä')", "\"'ä'\""},
                     {"quote(1.5)", "\"1.5\""},
                     {"quote(fromJSON('[\"a b\", \"\", 1]'))", "\"'a b' '' 1\""},
                     {"quote(fromJSON('[]'))", "\"\""},
                     {"quote(fromJSON('{\"a\": 1}'))", R"("'{\"a\":1}'")"}});
}

TEST_CASE("split and lines make lists of a text, replace and trim change it") {
    check_functions({{"split('a, b,,c', ',')", R"(["a"," b","","c"])"},
                     {"split(' two  words	')", R"(["two","words"])"},
                     {"split('')", "[]"},
                     {"split('', ',')", R"([""])"},
                     {"split('aXXb', 'XX')", R"(["a","b"])"},
                     {"split('a', '')", "fails 1-14: split: the separator is empty"},
                     {"lines('a\n\nb\n')", R"(["a","","b"])"},
                     {"lines('')", "[]"},
                     {"replace('a.b.c', '.', '-')", "\"a-b-c\""},
                     {"replace('aaa', 'aa', 'b')", "\"ba\""},
                     {"replace('abc', 'x', 'y')", "\"abc\""},
                     {"replace('abc', '', 'y')", "fails 1-23: replace: the text to replace is empty"},
                     {"trim('\t a b \n')", "\"a b\""},
                     {"trim(no)", "\"\""},
                     {"upper('aäZ1')", "\"AäZ1\""},
                     {"lower('AÄz1')", "\"aÄz1\""}});
}

TEST_CASE("matches finds a regular expression anywhere") {
    check_functions({{R"(matches('v1.22', '^v\d+'))", "true"},
                     {R"(matches('a1', '^\d'))", "false"},
                     {"matches('ABC', '(?i)b')", "true"},
                     {"matches(no, '')", "false"},
                     {"matches(1.5, '5$')", "true"},
                     {"matches('a', '(')", "error 14: not a regular expression: missing closing parenthesis"},
                     {"matches('(', list[1])", "false"},
                     {"matches('a', format('{0}', '('))",
                      "fails 1-32: matches: not a regular expression: missing closing parenthesis"}});
}

TEST_CASE("keys, values, first, last and slice take parts") {
    check_functions({{"keys(map)", R"(["a","b"])"},
                     {"values(map)", "[1,[2]]"},
                     {"keys(list)", "fails 1-10: keys: expected a mapping, not a list"},
                     {"values(no)", "fails 1-10: values: expected a mapping, not null"},
                     {"first(list)", "1"},
                     {"last(list)", "2.5"},
                     {"first(fromJSON('[]'))", "null"},
                     {"last(fromJSON('[]'))", "null"},
                     {"first('abc')", "fails 1-12: first: expected a list, not 'abc'"},
                     {"slice(list, 1, 3)", R"(["b",null])"},
                     {"slice(list, -2)", "[true,2.5]"},
                     {"slice(list, 1, -3)", R"(["b"])"},
                     {"slice(list, 3, 1)", "[]"},
                     {"slice(list, 99)", "[]"},
                     {"slice(list, -99, 99)", R"([1,"b",null,true,2.5])"},
                     {"slice(list, -9223372036854775808)", R"([1,"b",null,true,2.5])"},
                     {"slice('häßlich', 1, 3)", "\"äß\""},
                     {"slice('häßlich', -3)", "\"ich\""},
                     {"slice(12345, 1, 2)", "\"2\""},
                     {"slice(map, 1)", "fails 1-13: slice: expected a list or a text, not a mapping"},
                     {"slice(list, 'x')", "fails 1-16: slice: expected a number, not 'x'"},
                     {"slice(list, 1.5)", "fails 1-16: slice: expected an integer, not '1.5'"}});
}

TEST_CASE("sort, unique and range make lists") {
    check_functions(
        {{"sort(fromJSON('[10, 9.5, -1]'))", "[-1,9.5,10]"},
         {"sort(split('10 9'))", R"(["9","10"])"},
         {"sort(split('b B a 1'))", R"(["1","B","a","b"])"},
         {"sort(fromJSON('[]'))", "[]"},
         {"sort(list)", "fails 1-10: sort: expected a list of numbers or of texts, not '1'"},
         {"unique(fromJSON('[1, 1.0, \"1\", {\"a\": 1, \"b\": 2}, {\"b\": 2, \"a\": 1}, null, false, [1], "
          "[1]]'))",
          R"([1,"1",{"a":1,"b":2},null,false,[1]])"},
         {"range(3)", "[0,1,2]"},
         {"range(0)", "[]"},
         {"range(-3)", "[]"},
         {"range(2, 8, 3)", "[2,5]"},
         {"range(3, 0, -1)", "[3,2,1]"},
         {"range(-9223372036854775808, 9223372036854775807, 9223372036854775807)",
          "[-9223372036854775808,-1,9223372036854775806]"},
         {"range(0, 5, 0)", "fails 1-14: range: the step is 0"},
         {"range(1000001)", "fails 1-14: range: more than a million items; for_each takes larger ranges"},
         {"range(1.5)", "fails 1-10: range: expected an integer, not '1.5'"}});
}

TEST_CASE("functions of numbers take numbers, and texts that spell them") {
    check_functions({{"sum(fromJSON('[1, 2.5, \"3\"]'))", "6.5"},
                     {"sum(1, 2)", "3"},
                     {"sum(fromJSON('[]'))", "0"},
                     {"sum(list)", "fails 1-9: sum: expected a number, not 'b'"},
                     {"sum(9223372036854775807, 9223372036854775807)", "18446744073709551614"},
                     {"sum(18446744073709551615, 1)", "fails 1-28: sum: the result has more than 64 bits"},
                     {"min(3, '2', 5)", "\"2\""},
                     {"max(fromJSON('[3, 20, 5]'))", "20"},
                     {"max(fromJSON('[]'))", "fails 1-19: max: the list is empty"},
                     {"min(no)", "fails 1-7: min: expected a number, not null"},
                     {"abs(-3)", "3"},
                     {"abs(-9223372036854775808)", "9223372036854775808"},
                     {"abs('x')", "fails 1-8: abs: expected a number, not 'x'"},
                     {"floor(-1.5)", "-2"},
                     {"ceil(-1.5)", "-1"},
                     {"floor(price)", "1"},
                     {"round(2.5)", "3"},
                     {"round(-2.5)", "-3"},
                     {"round(0.125, 2)", "0.13"},
                     {"round(7, 3)", "7"},
                     {"round(1.005, 16)", "fails 1-16: round: a number has 0 to 15 decimals"}});
}

TEST_CASE("random draws a number, or one of n integers") {
    Surroundings s;
    CHECK(s("random()") == "0.5");
    CHECK(s("random(6)") == "3");
    CHECK(s("random(0)") == "fails 1-9: random: expected an integer from 1 to 2^53, not '0'");
    s.drawn = 0x1.fffffffffffffp-1;
    CHECK(s("random(9007199254740992)") == "9007199254740991");
    s.drawn.reset();
    CHECK(s("random(6)") == "fails 1-9: only a run can know this value");
}

TEST_CASE("date and duration convert times") {
    Surroundings s;
    s.time = std::chrono::milliseconds(250);
    CHECK(s("date('unix')") == "\"1704110400\"");
    CHECK(s("date('unix_ms')") == "\"1704110400250\"");
    CHECK(s("date('unix', 86400)") == "\"86400\"");
    CHECK(s("date('%f', 1.5)") == "\"500000\"");
    CHECK(s("date('unix_ms', -0.25)") == "\"-250\"");
    CHECK(s("date('%F', 1e10)") ==
          "fails 1-16: date: expected seconds since 1970, up to the year 2262, not '1e10'");
    CHECK(s("duration('1m30s')") == "90");
    CHECK(s("duration('250ms')") == "0.25");
    CHECK(s("duration(1.5)") == "1.5");
    CHECK(s("duration('soon')") ==
          "fails 1-16: duration: 'soon' is not a duration; write 1.5, 250ms or 1m30s");
}

TEST_CASE("functions of other languages are known by their names") {
    check_functions({{"len(list)", "error 1: unknown function 'len'; did you mean 'length'?"},
                     {"parseJson('1')", "error 1: unknown function 'parseJson'; did you mean 'fromJSON'?"},
                     {"lenght('1')", "error 1: unknown function 'lenght'; did you mean 'length'?"}});
}

TEST_CASE("no text contains null, or starts or ends with it") {
    check_functions({{"contains('a', no)", "false"},
                     {"contains('null', null)", "false"},
                     {"contains(list, null)", "true"},
                     {"startsWith('a', map.missing)", "false"},
                     {"endsWith('', null)", "false"},
                     {"endsWith('a', '')", "true"}});
}

TEST_CASE("default replaces what is missing or null, and nothing else") {
    check_functions(
        {{"default(map.missing, 'd')", "\"d\""},
         {"default(map.a, 'd')", "1"},
         {"default(no, 'd')", "\"d\""},
         {"default(null, 1)", "1"},
         {"default('', 1)", "\"\""},
         {"default(false, 1)", "false"},
         {"default(0, 1)", "0"},
         {"default(unset, 'd')", "\"d\""},
         {"default(unset.a.b, 'd')", "\"d\""},
         {"default(unset[0].b, 'd')", "\"d\""},
         {"default((unset), 'd')", "\"d\""},
         {"default(list[9], 'd')", "\"d\""},
         {"default(env.NOTHING, 'd')", "\"d\""},
         {"default(jobs.x.result, 'd')", "\"d\""},
         {"default(unset, default(unset2, 'e'))", "\"e\""},
         {"default(no, null)", "null"},
         {"default(no, unset)", "fails 13-17: 'unset' is not set"},
         {"default(length(unset), 0)", "fails 16-20: 'unset' is not set"},
         {"default(list[unset], 0)", "fails 14-18: 'unset' is not set"},
         {"default(unset == 1, 0)", "fails 9-13: 'unset' is not set"},
         {"default(fromJSON('x'), 0) || 1",
          "fails 9-21: fromJSON: not JSON: parse error at line 1, column 1: syntax error while parsing "
          "value - "
          "invalid literal; last read: 'x'"}});
}

TEST_CASE("default does not evaluate a fallback that it does not need") {
    Surroundings s;
    s.set("here", "1");
    s.set("other", "2");
    CHECK(s("default(here, other)") == "1");
    CHECK(s.reads["other"] == 0);
    CHECK(s("default(here, unset)") == "1");
    CHECK(s("default(1, fromJSON('x'))") == "1");
}

TEST_CASE("the number of arguments is checked") {
    check_functions(
        {{"length()", "error 1: length() takes 1 argument, not 0; write length(value)"},
         {"length(1, 2)", "error 1: length() takes 1 argument, not 2; write length(value)"},
         {"now(1)", "error 1: now() takes no argument, not 1; write date(1) for the time of day as text"},
         {"success(1, 2)", "error 1: success() takes no argument, not 2; write success()"},
         {"default(1)", "error 1: default() takes 2 arguments, not 1; write default(value, otherwise)"},
         {"contains('a')", "error 1: contains() takes 2 arguments, not 1; write contains(search, item)"},
         {"join()", "error 1: join() takes 1 to 2 arguments, not 0; write join(list, separator)"},
         {"join(1, 2, 3)", "error 1: join() takes 1 to 2 arguments, not 3; write join(list, separator)"},
         {"format()",
          "error 1: format() takes at least 1 argument, not 0; write format('{0} and {1}', a, b)"},
         {"1 == tojson()", "error 6: toJSON() takes 1 argument, not 0; write toJSON(value)"}});
}

TEST_CASE("match gives the whole match and its groups") {
    check_functions(
        {{"match('v10.42', '(\\d+)\\.(\\d+)')", R"(["10.42","10","42"])"},
         {"match('v10.42', '\\d+')[0]", "\"10\""},
         {"match('b', '(a)|(b)')", R"(["b",null,"b"])"},
         {"match('b', 'a')", "null"},
         {"match('b', 'a')[1]", "null"},
         {"match(no, '')", "null"},
         {"match(12, format('{0}', 2))", R"(["2"])"},
         {"match('a', format('{0}', '('))",
          "fails 1-30: match: not a regular expression: missing closing parenthesis"},
         {"match('a', '(')", "error 12: not a regular expression: missing closing parenthesis"},
         {"match('a')", "error 1: match() takes 2 arguments, not 1; write match(text, pattern)"}});
}

TEST_CASE("base64 and base64_decode are each other's inverse") {
    check_functions({{"base64('user:pass')", "\"dXNlcjpwYXNz\""},
                     {"base64(12)", "\"MTI=\""},
                     {"base64_decode('dXNlcjpwYXNz')", "\"user:pass\""},
                     {"fromJSON(base64_decode('eyJzdWIiOiIxIn0')).sub", "\"1\""},
                     {"base64_decode(base64('häß'))", "\"häß\""},
                     {"base64_decode('a!')", "fails 1-19: base64_decode: 'a!' is not Base64"}});
}

TEST_CASE("basename and dirname split a path as POSIX does") {
    check_functions({{"basename('/usr/lib/x.tar')", "\"x.tar\""},
                     {"basename('x')", "\"x\""},
                     {"basename('a/b//')", "\"b\""},
                     {"basename('/')", "\"/\""},
                     {"basename('//')", "\"/\""},
                     {"basename('')", "\"\""},
                     {"dirname('/usr/lib/x.tar')", "\"/usr/lib\""},
                     {"dirname('x')", "\".\""},
                     {"dirname('')", "\".\""},
                     {"dirname('a/b//')", "\"a\""},
                     {"dirname('a//b')", "\"a\""},
                     {"dirname('/a')", "\"/\""},
                     {"dirname('//a')", "\"/\""},
                     {"dirname('/')", "\"/\""}});
}

TEST_CASE("avg and percentile take numbers, and texts that spell them") {
    check_functions(
        {{"avg(fromJSON('[1, 2, 3]'))", "2"},
         {"avg(fromJSON('[1, \"2\"]'))", "1.5"},
         {"avg(1, 2)", "1.5"},
         {"avg(fromJSON('[]'))", "fails 1-19: avg: the list is empty"},
         {"avg(list)", "fails 1-9: avg: expected a number, not 'b'"},
         {"percentile(fromJSON('[3, 1, 2]'), 50)", "2"},
         {"percentile(fromJSON('[4, 1, 2, 3]'), 50)", "2.5"},
         {"percentile(fromJSON('[4, 1, 2, 3]'), '0')", "1"},
         {"percentile(fromJSON('[4, 1, 2, 3]'), 100)", "4"},
         {"percentile(fromJSON('[7]'), 99)", "7"},
         {"percentile(fromJSON('[10, 20]'), 90)", "19"},
         {"percentile(fromJSON('[]'), 50)", "fails 1-30: percentile: the list is empty"},
         {"percentile(list, 50)", "fails 1-20: percentile: expected a number, not 'b'"},
         {"percentile(1, 50)", "fails 1-17: percentile: expected a list, not '1'"},
         {"percentile(list, 101)", "fails 1-21: percentile: expected a number from 0 to 100, not '101'"},
         {"percentile(list, -1)", "fails 1-20: percentile: expected a number from 0 to 100, not '-1'"}});
    Surroundings s;
    s.set("nan", Value::list({Value::number(std::numeric_limits<double>::quiet_NaN())}));
    CHECK(s("percentile(nan, 50)") == "fails 1-19: percentile: expected a number, not 'NaN'");
}

TEST_CASE("parse_date reads what date and other programs write") {
    check_functions(
        {{"parse_date('2027-06-01T12:00:00Z')", "1811851200"},
         {"parse_date('2027-06-01T12:00:00.5+00:00')", "1811851200.5"},
         {"parse_date('Jun  1 12:00:00 2027 GMT')", "1811851200"},
         {"parse_date('Tue, 01 Jun 2027 12:00:00 GMT')", "1811851200"},
         {"parse_date('Tue Jun  1 12:00:00 UTC 2027')", "1811851200"},
         {"parse_date('@5')", "5"},
         {"parse_date('01.06.2027 12:00 +0000', '%d.%m.%Y %H:%M %z')", "1811851200"},
         {"parse_date(date('%c', 1811851200), '%c')", "1811851200"},
         {"parse_date(date('iso8601', 1811851200))", "1811851200"},
         {"date('%s', parse_date('2027-06-01T12:00:00Z'))", "\"1811851200\""},
         {"parse_date('noon')",
          "fails 1-18: parse_date: 'noon' is not a time in a form that needs no format, such as "
          "2024-01-01T12:00:00Z"},
         {"parse_date(no)",
          "fails 1-14: parse_date: '' is not a time in a form that needs no format, such as "
          "2024-01-01T12:00:00Z"},
         {"parse_date('noon', '%F')", "fails 1-24: parse_date: 'noon' is not a time in the format '%F'"},
         {"parse_date('5', '%H')", "fails 1-21: parse_date: the format '%H' has no year"}});
}

TEST_CASE("the names of later functions are not reserved") {
    for (const char* name : {"match", "base64", "base64_decode", "basename", "dirname", "avg", "percentile",
                             "parse_date", "sort"})
        CHECK_FALSE(is_reserved(name));
}
