#include "script/value.hpp"
#include "support/expressions.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <string>

using namespace arun::script;
using namespace arun::test;

namespace {

std::string repeat(std::string_view text, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += text;
    return out;
}
/// A text as JSON, or why it is none.
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

TEST_CASE("JSON that was read is written again as it was") {
    for (const std::string_view json :
         {"null", "true", "false", "0", "-1", "1.5", "\"\"", "\"a\"", "[]", "{}", "[[],{}]",
          R"([1,"a",null,true,{"b":[2.5],"a":{}}])", R"({"z":1,"a":2,"m":3})"})
        CHECK(through(json) == json);
    CHECK(through(" [ 1 ,\n2 ] ") == "[1,2]");
    CHECK(through("9007199254740992") == "9007199254740992");
    CHECK(through("1e3") == "1000");
    CHECK(through("-0") == "0");
}

TEST_CASE("the last of several entries of one name counts") {
    CHECK(through(R"({"a": 1, "b": 2, "a": 3})") == R"({"a":3,"b":2})");
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

TEST_CASE("what JSON has no number for is null") {
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
    CHECK(quoted("\xED\xA0\x80z").ends_with("z\""));
    CHECK(json_of(Value::map({{"k\xff", Value::string("v\xfe")}})) ==
          "{\"k\xEF\xBF\xBD\":\"v\xEF\xBF\xBD\"}");
    CHECK(parse_json(quoted("\xf0\x9f\x98 and \xff")));
}

TEST_CASE("the long form has two blanks a level and nothing inside of what is empty") {
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

TEST_CASE("what is not JSON is refused with what was unexpected") {
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
    CHECK(parse_json("[1e999]").error().message == "not JSON: number overflow parsing '1e999'");
    CHECK_FALSE(parse_json(std::string_view("1\0", 2)));
}

TEST_CASE("nesting is allowed up to 256 levels, and no further") {
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
