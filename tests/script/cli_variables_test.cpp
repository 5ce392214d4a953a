#include "script/cli_variables.hpp"

#include "support/expressions.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace arun::script;
using arun::test::json_of;

namespace {

/// The value as JSON, or the error.
std::string given(std::string_view text, Type declared) {
    const auto value = parse_cli_variable(text, declared);
    return value ? json_of(*value) : value.error().message;
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
    CHECK(parse_cli_variable("0x10", Type::number)->to_text() == "0x10");
    CHECK(given("", Type::number) == "expected a number, not ''");
    CHECK(given("80a", Type::number) == "expected a number, not '80a'");
    CHECK(given("true", Type::number) == "expected a number, not 'true'");
}

TEST_CASE("--var is true or false if the script declares a boolean") {
    CHECK(given("true", Type::boolean) == "true");
    CHECK(given("false", Type::boolean) == "false");
    CHECK(given("yes", Type::boolean) == "expected true or false, not 'yes'");
    CHECK(given("True", Type::boolean) == "expected true or false, not 'True'");
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
