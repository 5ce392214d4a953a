#include "script/value.hpp"

#include "support/expressions.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

using namespace arun::script;
using namespace arun::test;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

std::string text_of(double n) {
    return Value::number(n).to_text();
}
/// The number of a text in a comparison.
double number_in(std::string_view text) {
    return Value::string(text).coerce_number().to_double();
}
bool equal(std::string_view a, std::string_view b) {
    const bool forth = loosely_equal(from_json(a), from_json(b));
    CHECK(loosely_equal(from_json(b), from_json(a)) == forth);
    return forth;
}

/// Parses and writes a JSON text; or the error.
std::string through(std::string_view json) {
    const auto value = parse_json(json);
    return value ? json_of(*value) : value.error().message;
}
std::string pretty(std::string_view json) {
    std::string out;
    append_json(out, from_json(json), true);
    return out;
}
std::string quoted(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

}  // namespace

TEST_CASE("a value knows its type") {
    CHECK(Value().is_null());
    CHECK(Value().type() == Type::null);
    CHECK(Value::boolean(true).type() == Type::boolean);
    CHECK(Value::boolean(true, "True").type() == Type::boolean);
    CHECK(Value::number(1).type() == Type::number);
    CHECK(Value::number(1, "1.0").type() == Type::number);
    CHECK(Value::string("").type() == Type::string);
    CHECK(Value::list({}).type() == Type::list);
    CHECK(Value::map({}).type() == Type::map);
    CHECK_FALSE(Value::string("").is_null());
}

TEST_CASE("types have names for messages") {
    CHECK(type_name(Type::null) == "null");
    CHECK(type_name(Type::boolean) == "a boolean");
    CHECK(type_name(Type::number) == "a number");
    CHECK(type_name(Type::string) == "text");
    CHECK(type_name(Type::list) == "a list");
    CHECK(type_name(Type::map) == "a mapping");
}

TEST_CASE("a value returns what it was made of") {
    CHECK(Value::boolean(true).as_boolean());
    CHECK_FALSE(Value::boolean(false, "False").as_boolean());
    CHECK(Value::boolean(true, "TRUE").as_boolean());
    CHECK(Value::number(2.5).as_number() == 2.5);
    CHECK(Value::number(16, "0x10").as_number() == 16);
    CHECK(Value::string("text").as_string() == "text");
    const auto list = Value::list({Value::number(1), Value()});
    REQUIRE(list.items().size() == 2);
    CHECK(list.items()[1].is_null());
    const auto map = Value::map({{"b", Value::number(1)}, {"a", Value()}});
    REQUIRE(map.entries().size() == 2);
    CHECK(map.entries()[0].first == "b");
    REQUIRE(map.find("a") != nullptr);
    CHECK(map.find("a")->is_null());
    CHECK(map.find("c") == nullptr);
}

TEST_CASE("only lists have items, and only maps have entries") {
    for (const auto& value : {Value(), Value::number(1), Value::string("x"), Value::boolean(true, "True")}) {
        CHECK(value.items().empty());
        CHECK(value.entries().empty());
        CHECK(value.find("x") == nullptr);
    }
    CHECK(Value::map({{"x", Value()}}).items().empty());
    CHECK(Value::list({Value()}).entries().empty());
}

TEST_CASE("a copy is the same value, and outlives the original") {
    Value copy;
    {
        const auto list = Value::list({Value::string("a"), Value::number(1, "1.0")});
        copy = list;
        CHECK(copy.items().data() == list.items().data());
    }
    CHECK(copy.to_text() == R"(["a",1.0])");
    auto moved = std::move(copy);
    CHECK(moved.to_text() == R"(["a",1.0])");
    const auto& same = moved;
    moved = same;
    CHECK(moved.to_text() == R"(["a",1.0])");
    auto other = Value::number(1);
    other.swap(moved);
    CHECK(moved.to_text() == "1");
    CHECK(other.items().size() == 2);
}

TEST_CASE("an element may be assigned to the list that holds it") {
    auto value = Value::list({Value::list({Value::string("inner")})});
    value = Value(value.items()[0]);
    CHECK(value.to_text() == R"(["inner"])");
    value = value.items()[0];
    CHECK(value.to_text() == "inner");
}

TEST_CASE("a written scalar keeps its spelling as text") {
    CHECK(Value::number(1.1, "1.10").to_text() == "1.10");
    CHECK(Value::number(16, "0x10").to_text() == "0x10");
    CHECK(Value::number(1000, "1e3").to_text() == "1e3");
    CHECK(Value::number(7, "007").to_text() == "007");
    CHECK(Value::number(5, "+5").to_text() == "+5");
    CHECK(Value::number(1, "1").to_text() == "1");
    CHECK(Value::boolean(true, "True").to_text() == "True");
    CHECK(Value::boolean(false, "FALSE").to_text() == "FALSE");
    CHECK(Value::boolean(true, "true").to_text() == "true");
}

TEST_CASE("computed numbers are text as integers up to two to the 53rd, else shortest round-trip") {
    CHECK(text_of(0) == "0");
    CHECK(text_of(-0.0) == "0");
    CHECK(text_of(3) == "3");
    CHECK(text_of(-12) == "-12");
    CHECK(text_of(1000000) == "1000000");
    CHECK(text_of(9007199254740992.0) == "9007199254740992");
    CHECK(text_of(-9007199254740992.0) == "-9007199254740992");
    CHECK(text_of(0.1) == "0.1");
    CHECK(text_of(0.30000000000000004) == "0.30000000000000004");
    CHECK(text_of(1.5) == "1.5");
    CHECK(text_of(-2.25) == "-2.25");
    CHECK(text_of(1.0 / 3) == "0.3333333333333333");
    CHECK(std::stod(text_of(9007199254740994.0)) == 9007199254740994.0);
    CHECK(std::stod(text_of(1e300)) == 1e300);
    CHECK(text_of(5e-324) == "5e-324");
    CHECK(text_of(not_a_number) == "NaN");
    CHECK(text_of(infinity) == "Infinity");
    CHECK(text_of(-infinity) == "-Infinity");
}

TEST_CASE("null is empty, strings are themselves, lists and maps are compact JSON") {
    CHECK(Value().to_text().empty());
    CHECK(Value::string("a \"b\"\n").to_text() == "a \"b\"\n");
    CHECK(Value::list({}).to_text() == "[]");
    CHECK(Value::map({}).to_text() == "{}");
    CHECK(from_json(R"([1, "a", null, true, {"b": [2.5]}])").to_text() == R"([1,"a",null,true,{"b":[2.5]}])");
    std::string out = "before ";
    Value::number(1, "1.0").append_text(out);
    CHECK(out == "before 1.0");
}

TEST_CASE("null, false, 0, NaN and the empty text are false, all else is true") {
    for (const auto& value :
         {Value(), Value::boolean(false), Value::boolean(false, "False"), Value::number(0),
          Value::number(-0.0), Value::number(0, "0.0"), Value::number(not_a_number), Value::string("")})
        CHECK_FALSE(value.truthy());
    for (const auto& value : {Value::boolean(true), Value::boolean(true, "True"), Value::number(0.1),
                              Value::number(-1), Value::number(infinity), Value::string("0"),
                              Value::string("false"), Value::string(" "), Value::list({}), Value::map({})})
        CHECK(value.truthy());
}

TEST_CASE("in a comparison null is 0, a boolean 0 or 1, a list or map NaN") {
    CHECK(Value().coerce_number() == 0);
    CHECK(Value::boolean(true).coerce_number() == 1);
    CHECK(Value::boolean(true, "True").coerce_number() == 1);
    CHECK(Value::boolean(false).coerce_number() == 0);
    CHECK(Value::number(2.5, "2.50").coerce_number() == 2.5);
    CHECK(Value::list({}).coerce_number().is_nan());
    CHECK(Value::list({Value::number(1)}).coerce_number().is_nan());
    CHECK(Value::map({}).coerce_number().is_nan());
}

TEST_CASE("in a comparison a text is the number it spells, empty text 0, any other NaN") {
    CHECK(number_in("") == 0);
    CHECK(number_in(" \t\n") == 0);
    CHECK(number_in("12") == 12);
    CHECK(number_in(" 12\n") == 12);
    CHECK(number_in("-1.5") == -1.5);
    CHECK(number_in("+3") == 3);
    CHECK(number_in(".5") == 0.5);
    CHECK(number_in("5.") == 5);
    CHECK(number_in("1e3") == 1000);
    CHECK(number_in("1E-2") == 0.01);
    CHECK(number_in("0x1F") == 31);
    CHECK(number_in("0o17") == 15);
    CHECK(number_in("010") == 10);
    for (const auto* text :
         {"a",   "1a",   "1 2", "--1",   "+-1", "-",   "+",   ".",    "e3",       "1e",   "0x",  "0xg",
          "0o8", "0x-1", "1,5", "1_000", "nan", "NaN", "inf", "-inf", "infinity", "true", "null"}) {
        CAPTURE(text);
        CHECK(std::isnan(number_in(text)));
    }
}

TEST_CASE("values of the same type are compared as such") {
    CHECK(equal("null", "null"));
    CHECK(equal("true", "true"));
    CHECK_FALSE(equal("true", "false"));
    CHECK(equal("1", "1.0"));
    CHECK_FALSE(equal("1", "2"));
    CHECK(equal("\"a\"", "\"a\""));
    CHECK_FALSE(equal("\"a\"", "\"A\""));
    CHECK_FALSE(equal("\"1\"", "\"1.0\""));
    CHECK(loosely_equal(Value::number(1.1, "1.10"), Value::number(1.1)));
    CHECK_FALSE(loosely_equal(Value::number(not_a_number), Value::number(not_a_number)));
}

TEST_CASE("values of different types are compared as numbers") {
    CHECK(equal("null", "0"));
    CHECK(equal("null", "false"));
    CHECK(equal("null", "\"\""));
    CHECK(equal("true", "1"));
    CHECK(equal("false", "\"0\""));
    CHECK(equal("1", "\"1.0\""));
    CHECK_FALSE(equal("true", "\"true\""));
    CHECK_FALSE(equal("0", "\"a\""));
    CHECK_FALSE(equal("null", "\"null\""));
    CHECK_FALSE(equal("[]", "\"\""));
    CHECK_FALSE(equal("[]", "0"));
    CHECK_FALSE(equal("{}", "null"));
    CHECK_FALSE(equal("[]", "{}"));
    CHECK_FALSE(equal("[1]", "1"));
}

TEST_CASE("lists and maps are compared deeply, maps in any order") {
    CHECK(equal("[]", "[]"));
    CHECK(equal("[1, [2, {\"a\": null}]]", "[1.0, [2, {\"a\": null}]]"));
    CHECK_FALSE(equal("[1, 2]", "[2, 1]"));
    CHECK_FALSE(equal("[1]", "[1, 1]"));
    CHECK(equal(R"({"a": 1, "b": [2]})", R"({"b": [2], "a": 1})"));
    CHECK_FALSE(equal(R"({"a": 1})", R"({"a": 2})"));
    CHECK_FALSE(equal(R"({"a": 1})", R"({"b": 1})"));
    CHECK_FALSE(equal(R"({"a": null})", R"({"b": null})"));
    CHECK_FALSE(equal(R"({"a": 1})", R"({"a": 1, "b": null})"));
    CHECK(equal("{}", "{}"));
}

TEST_CASE("inside lists and maps the types count too") {
    CHECK_FALSE(equal("[1]", "[\"1\"]"));
    CHECK_FALSE(equal("[0]", "[null]"));
    CHECK_FALSE(equal("[true]", "[1]"));
    CHECK_FALSE(equal(R"({"a": null})", R"({"a": ""})"));
    CHECK_FALSE(equal(R"({"a": [false]})", R"({"a": [0]})"));
    CHECK(equal("[1]", "[1.0]"));
}

TEST_CASE("integers of 64 bits are exact") {
    CHECK_FALSE(equal("403263854001401857", "403263854001401858"));
    CHECK_FALSE(equal("9007199254740993", "9007199254740992.0"));
    CHECK_FALSE(equal("18446744073709551615", "18446744073709551614"));
    CHECK_FALSE(equal("18446744073709551615", "1.8446744073709552e19"));
    CHECK_FALSE(equal("-9223372036854775808", "-9223372036854775807"));
    CHECK_FALSE(equal("9223372036854775808", "-9223372036854775808"));
    CHECK(equal("9007199254740993", "\"9007199254740993\""));
    CHECK_FALSE(equal("9007199254740993", "\"9007199254740992\""));
    CHECK(equal("9007199254740993.0", "9007199254740993"));
    for (const std::string_view json : {"403263854001401857", "9223372036854775807", "-9223372036854775808",
                                        "9223372036854775808", "18446744073709551615"})
        CHECK(through(json) == json);
    CHECK(sizeof(Value) <= 16);
}

TEST_CASE("a number of JSON that is neither an integer of 64 bits nor a double keeps its spelling") {
    for (const std::string_view json :
         {"18446744073709551616", "-9223372036854775809", "12345678901234567890123e4",
          "0.1000000000000000055", "3.14159265358979323846264338"}) {
        CHECK(through(json) == json);
        CHECK(from_json(json).to_text() == json);
    }
    CHECK(through("[1.10, 1e3, 0.10e1, 1e30]") == "[1.1,1000,1,1e+30]");
    CHECK_FALSE(equal("18446744073709551616", "18446744073709551617"));
    CHECK_FALSE(equal("18446744073709551616", "\"18446744073709551617\""));
    CHECK(equal("18446744073709551616", "\"18446744073709551616\""));
    CHECK(equal("1e30", "1000000000000000000000000000000"));
    CHECK(from_json("1e30").truthy());
}

TEST_CASE("strings are ordered by their bytes, everything else as numbers") {
    const auto order = [](std::string_view a, std::string_view b) {
        const int forth = compare(from_json(a), from_json(b));
        CHECK(compare(from_json(b), from_json(a)) == (forth == 2 ? 2 : -forth));
        return forth;
    };
    CHECK(order("1", "2") == -1);
    CHECK(order("2", "2.0") == 0);
    CHECK(order("\"b\"", "\"a\"") == 1);
    CHECK(order("\"B\"", "\"a\"") == -1);
    CHECK(order("\"10\"", "\"9\"") == -1);
    CHECK(order("\"10\"", "9") == 1);
    CHECK(order("\"\"", "\"a\"") == -1);
    CHECK(order("null", "1") == -1);
    CHECK(order("true", "0") == 1);
    CHECK(order("\"a\"", "1") == 2);
    CHECK(order("[]", "[]") == 2);
    CHECK(order("[1]", "1") == 2);
    CHECK(order("{}", "0") == 2);
    CHECK(compare(Value::number(not_a_number), Value::number(not_a_number)) == 2);
}

TEST_CASE("JSON is written as it was read") {
    for (const std::string_view json :
         {"null", "true", "false", "0", "-1", "1.5", "\"\"", "\"a\"", "[]", "{}", "[[],{}]",
          R"([1,"a",null,true,{"b":[2.5],"a":{}}])", R"({"z":1,"a":2,"m":3})"})
        CHECK(through(json) == json);
    CHECK(through(" [ 1 ,\n2 ] ") == "[1,2]");
    CHECK(through("9007199254740992") == "9007199254740992");
    CHECK(through("1e3") == "1000");
    CHECK(through("-0") == "0");
}

TEST_CASE("of several entries with one key, the last counts") {
    CHECK(through(R"({"a": 1, "b": 2, "a": 3})") == R"({"a":3,"b":2})");
    CHECK(through(R"([{"a": {"b": 1, "b": [2]}, "a": {"c": 1, "c": {}, "d": 2, "c": null}}])") ==
          R"([{"a":{"c":null,"d":2}}])");
}

TEST_CASE("a number keeps the spelling that JSON allows") {
    CHECK(json_of(Value::number(1.1, "1.10")) == "1.10");
    CHECK(json_of(Value::number(1000, "1e3")) == "1e3");
    CHECK(json_of(Value::number(16, "0x10")) == "16");
    CHECK(json_of(Value::number(0.5, ".5")) == "0.5");
    CHECK(json_of(Value::number(5, "+5")) == "5");
    CHECK(json_of(Value::number(7, "007")) == "7");
    CHECK(json_of(Value::number(5, "5.")) == "5");
    CHECK(json_of(Value::boolean(true, "True")) == "true");
}

TEST_CASE("numbers that JSON cannot express are null") {
    CHECK(json_of(Value::number(std::numeric_limits<double>::quiet_NaN())) == "null");
    CHECK(json_of(Value::number(std::numeric_limits<double>::infinity())) == "null");
    CHECK(json_of(Value::number(-std::numeric_limits<double>::infinity(), "-.inf")) == "null");
}

TEST_CASE("strings are escaped where they must be") {
    CHECK(quoted("a\"b\\c/d") == R"("a\"b\\c/d")");
    CHECK(quoted("\b\f\n\r\t") == R"("\b\f\n\r\t")");
    CHECK(quoted(std::string_view("\0\x1f", 2)) == "\"\\u0000\\u001f\"");
    CHECK(quoted("äß€😀") == "\"äß€😀\"");
    CHECK(json_of(Value::map({{"a\"b", Value()}})) == R"({"a\"b":null})");
}

TEST_CASE("escapes are read") {
    CHECK(from_json(R"("\u00e4\n\"\/\\")").as_string() == "ä\n\"/\\");
    CHECK(from_json(R"("\ud83d\ude00")").as_string() == "😀");
}

TEST_CASE("bytes that are not UTF-8 become U+FFFD") {
    CHECK(quoted("a\xff") == "\"a\xEF\xBF\xBD\"");
    CHECK(quoted("\xC3") == "\"\xEF\xBF\xBD\"");
    CHECK(quoted("\xED\xA0\x80z") == "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz\"");
    // A sequence that is cut short counts as one.
    CHECK(quoted("\xE2\x82z") == "\"\xEF\xBF\xBDz\"");
    CHECK(quoted("\xF0\x9F\x98") == "\"\xEF\xBF\xBD\"");
    CHECK(quoted("\xE0\x80") == "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
    CHECK(json_of(Value::map({{"k\xff", Value::string("v\xfe")}})) ==
          "{\"k\xEF\xBF\xBD\":\"v\xEF\xBF\xBD\"}");
    CHECK(parse_json(quoted("\xf0\x9f\x98 and \xff")));
}

TEST_CASE("the long form has two blanks per level, and nothing inside empty lists and maps") {
    CHECK(pretty("1") == "1");
    CHECK(pretty("[]") == "[]");
    CHECK(pretty("{}") == "{}");
    CHECK(pretty(R"({"a": [1, {}], "b": {"c": []}})") ==
          "{\n"
          "  \"a\": [\n"
          "    1,\n"
          "    {}\n"
          "  ],\n"
          "  \"b\": {\n"
          "    \"c\": []\n"
          "  }\n"
          "}");
}

TEST_CASE("text that is not JSON is an error that says what was unexpected") {
    for (const std::string_view text :
         {"",         " ",       "[",           "[1",       "[1,]",         "{\"a\"}",
          "{a: 1}",   "'a'",     "\"a",         "01",       "1.",           ".5",
          "+1",       "NaN",     "nul",         "True",     "[1] 2",        "1 2",
          "\"\x01\"", "\"\\x\"", "\"\\ud800\"", "\"\xff\"", "\"\xC0\x80\"", "// comment\n1"}) {
        CAPTURE(text);
        const auto value = parse_json(text);
        CHECK_FALSE(value);
        CHECK(value.error().message.starts_with("not JSON: "));
        CHECK(value.error().message.size() > 12);
        CHECK(value.error().message.find("json.exception") == std::string::npos);
    }
    CHECK(parse_json("{").error().message.starts_with("not JSON: parse error at line 1, column 2: "));
    CHECK(
        parse_json("[1e999, x]").error().message.starts_with("not JSON: parse error at line 1, column 9: "));
    CHECK_FALSE(parse_json(std::string_view("1\0", 2)));
}

TEST_CASE("numbers beyond the range of a double keep their spelling") {
    CHECK(through("[1e999,-1.50E+400,{\"1e999\":\"\\\"1e999\"},7,1e999]") ==
          "[1e999,-1.50E+400,{\"1e999\":\"\\\"1e999\"},7,1e999]");
    CHECK(through("1e999") == "1e999");
}

TEST_CASE("nesting is limited to 256 levels") {
    const auto nested = [](std::size_t levels) { return repeat("[", levels) + repeat("]", levels); };
    CHECK(through(nested(256)) == nested(256));
    CHECK(through(nested(257)) == "the JSON text is nested deeper than 256 levels");
    CHECK(through(repeat("{\"a\":", 257) + "1" + repeat("}", 257)) ==
          "the JSON text is nested deeper than 256 levels");
    CHECK(through(repeat("[{\"a\":", 128) + "1" + repeat("}]", 128)).starts_with("[{\"a\":[{"));
    CHECK_FALSE(parse_json(repeat("[", 1'000'000)));
    CHECK_FALSE(parse_json(repeat("{\"a\":", 300'000)));
    // Siblings are not nested.
    CHECK(from_json("[" + repeat("[],", 1000) + "[]]").items().size() == 1001);
}

TEST_CASE("a value is found in a map of any size, however often it is searched") {
    for (const int size : {0, 1, 31, 32, 1000}) {
        CAPTURE(size);
        std::vector<Value::Entry> entries;
        for (int i = 0; i < size; ++i) entries.emplace_back("k" + std::to_string(i), Value::number(i));
        const auto map = Value::map(std::move(entries));
        for (int round = 0; round < 20; ++round) {
            CHECK(map.find("k") == nullptr);
            CHECK(map.find("k" + std::to_string(size)) == nullptr);
            for (const int i : {0, size / 2, size - 1}) {
                if (i < 0 || i >= size) continue;
                REQUIRE(map.find("k" + std::to_string(i)) != nullptr);
                CHECK(map.find("k" + std::to_string(i))->as_number() == i);
            }
        }
    }
    CHECK(Value::number(1).find("k") == nullptr);
}
