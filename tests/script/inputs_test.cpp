#include "script/inputs.hpp"

#include "support/expressions.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace arun::script;
using arun::test::json_of;

namespace {

GivenVariable var(std::string_view text) {
    return {"x", Value::string(text), Spelling::text, "--var x", {}};
}

/// The value as JSON, or the error.
std::string given(std::string_view text, Type declared) {
    const auto value = convert_variable(var(text), declared);
    return value ? json_of(*value) : value.error().message;
}

/// The same for a value of a file, in JSON.
std::string from_file(std::string_view json, Type declared) {
    const auto value = convert_variable({"x", *parse_json(json), Spelling::value, "'x'", {}}, declared);
    return value ? json_of(*value) : value.error().message;
}

/// What an input makes of a text of the command line, and of a value in JSON.
std::string text_for(const Input& input, std::string_view text) {
    const auto value = convert_input(input, Value::string(text), Spelling::text);
    return value ? json_of(*value) : value.error().message;
}
std::string value_for(const Input& input, std::string_view json) {
    const auto value = convert_input(input, *parse_json(json), Spelling::value);
    return value ? json_of(*value) : value.error().message;
}
Input input_of(InputType type, const Symbol& symbol, const Value* options = nullptr) {
    Input input;
    input.symbol = &symbol;
    input.type = type;
    input.options = options;
    return input;
}

}  // namespace

TEST_CASE("--var is text if the script declares text or null") {
    CHECK(given("1.10", Type::string) == "\"1.10\"");
    CHECK(given("", Type::string) == "\"\"");
    CHECK(given("[1]", Type::string) == "\"[1]\"");
    CHECK(given("5", Type::null) == "\"5\"");
}

TEST_CASE("--var spells a number, and keeps its spelling") {
    CHECK(given("8080", Type::number) == "8080");
    CHECK(given("1.10", Type::number) == "1.10");
    CHECK(given("-1e3", Type::number) == "-1e3");
    CHECK(given("0x10", Type::number) == "16");
    CHECK(convert_variable(var("0x10"), Type::number)->to_text() == "0x10");
    CHECK(given("", Type::number) == "expected a number, not ''");
    CHECK(given("80a", Type::number) == "expected a number, not '80a'");
    CHECK(given("true", Type::number) == "expected a number, not 'true'");
}

TEST_CASE("--var is true or false if the script declares a boolean") {
    CHECK(given("true", Type::boolean) == "true");
    CHECK(given("false", Type::boolean) == "false");
    CHECK(given("True", Type::boolean) == "true");
    CHECK(given("yes", Type::boolean) == "expected true or false, not 'yes'");
    CHECK(given("1", Type::boolean) == "expected true or false, not '1'");
    CHECK(given("", Type::boolean) == "expected true or false, not ''");
}

TEST_CASE("--var takes lists and mappings as JSON") {
    CHECK(given("[1, \"a\"]", Type::list) == "[1,\"a\"]");
    CHECK(given("{\"a\": [1]}", Type::map) == "{\"a\":[1]}");
    CHECK(given("{}", Type::list) == "expected a list in JSON, not '{}'");
    CHECK(given("[]", Type::map) == "expected a mapping in JSON, not '[]'");
    CHECK(given("a,b", Type::list) == "expected a list in JSON, not 'a,b'");
    CHECK(given("", Type::map) == "expected a mapping in JSON, not ''");
}

TEST_CASE("a value of a file keeps its type, if the script does not declare another") {
    CHECK(from_file("80", Type::null) == "80");
    CHECK(from_file("[1]", Type::null) == "[1]");
    CHECK(from_file("80", Type::string) == "\"80\"");
    CHECK(from_file("\"80\"", Type::number) == "80");
    CHECK(from_file("true", Type::boolean) == "true");
    CHECK(from_file("[1]", Type::list) == "[1]");
    CHECK(from_file("\"[1]\"", Type::list) == "expected a list, not '[1]'");
    CHECK(from_file("[1]", Type::string) == "expected text, not a list");
    CHECK(from_file("{}", Type::list) == "expected a list, not a mapping");
}

TEST_CASE("an input has its type, from a text or a value") {
    const Symbol name("host");
    const auto string = input_of(InputType::string, name);
    CHECK(text_for(string, "7") == "\"7\"");
    CHECK(value_for(string, "7") == "\"7\"");
    CHECK(value_for(string, "[1]") == "expected text, not a list");
    CHECK(value_for(string, "null") == "expected text, not null");
    const auto number = input_of(InputType::number, name);
    CHECK(text_for(number, "403263854001401857") == "403263854001401857");
    CHECK(text_for(number, "x") == "expected a number, not 'x'");
    CHECK(value_for(number, "\"8\"") == "8");
    CHECK(value_for(number, "true") == "expected a number, not 'true'");
    const auto boolean = input_of(InputType::boolean, name);
    CHECK(text_for(boolean, "true") == "true");
    CHECK(text_for(boolean, "yes") == "expected true or false, not 'yes'");
    CHECK(value_for(boolean, "1") == "expected true or false, not '1'");
    const auto duration = input_of(InputType::duration, name);
    CHECK(text_for(duration, "1m30s") == "90");
    CHECK(value_for(duration, "1.5") == "1.5");
    CHECK(text_for(duration, "soon") == "'soon' is not a duration; write 1.5, 250ms or 1m30s");
    const auto options = *parse_json(R"(["low", 3])");
    const auto choice = input_of(InputType::choice, name, &options);
    CHECK(text_for(choice, "3") == "3");
    CHECK(value_for(choice, "3") == "3");
    CHECK(text_for(choice, "high") == "expected low or 3, not 'high'");
    CHECK(value_for(choice, "[\"low\"]") == "expected low or 3, not a list");
    CHECK(usage_of(choice) == "host=low|3");
}

TEST_CASE("a list is written in JSON or with commas") {
    const Symbol name("hosts");
    const auto list = input_of(InputType::list, name);
    CHECK(text_for(list, "a, b,c") == R"(["a","b","c"])");
    CHECK(text_for(list, "a") == R"(["a"])");
    CHECK(text_for(list, "") == "[]");
    CHECK(text_for(list, "[1, \"a,b\"]") == R"([1,"a,b"])");
    CHECK(text_for(list, "[1") == "expected a list, as a,b or in JSON, not '[1'");
    CHECK(value_for(list, "[1]") == "[1]");
    CHECK(value_for(list, "\"a,b\"") == "expected a list, not 'a,b'");
}
