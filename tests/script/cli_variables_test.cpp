// Names of variables and ids, and the values that come from outside.
#include "script/cli_variables.hpp"
#include "script/names.hpp"
#include "support/expressions.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace arun::script;
using arun::test::json_of;

namespace {

/// The value as JSON, or why there is none.
std::string given(std::string_view text, Type declared) {
    const auto value = parse_cli_variable(text, declared);
    return value ? json_of(*value) : value.error();
}

}  // namespace

TEST_CASE("a name has letters, digits, underscores and dashes, and begins with a letter or underscore") {
    for (const auto* name : {"a", "A", "_", "_1", "a-b", "a1", "Z9_-", "a-"}) CHECK(is_name(name));
    for (const auto* name : {"", "1", "1a", "-a", "a b", "a.b", "ä", "a\n", "a$", " a"})
        CHECK_FALSE(is_name(name));
    CHECK_FALSE(is_name(std::string_view("a\0", 2)));
}

TEST_CASE("the words and functions of the language are reserved, functions in any case") {
    for (const auto* name :
         {"all",        "env",        "jobs",      "loop",   "true",    "false",  "null",     "contains",
          "startsWith", "STARTSWITH", "endswith",  "format", "join",    "toJSON", "fromjson", "success",
          "failure",    "always",     "cancelled", "length", "default", "now",    "Now"}) {
        CAPTURE(name);
        CHECK(is_reserved(name));
    }
    for (const auto* name : {"a", "item", "error", "result", "attempt", "name", "index", "secrets", ""})
        CHECK_FALSE(is_reserved(name));
}

TEST_CASE("a name is one symbol, however often it is asked for") {
    Symbols symbols;
    CHECK(symbols.find("a") == nullptr);
    auto& a = symbols.symbol("a");
    auto& b = symbols.symbol("b");
    CHECK(&symbols.symbol("a") == &a);
    CHECK(symbols.find("a") == &a);
    CHECK(&a != &b);
    CHECK(a.name == "a");
    CHECK_FALSE(a.lexical);
    for (int i = 0; i < 1000; ++i) symbols.symbol("x" + std::to_string(i));
    CHECK(symbols.find("a") == &a);
    CHECK(symbols.all().size() == 1002);
}

TEST_CASE("ids are numbered from 0 and are no variables") {
    Symbols symbols;
    CHECK(symbols.find_id("a") == nullptr);
    auto& a = symbols.id("a");
    auto& b = symbols.id("b");
    CHECK(&symbols.id("a") == &a);
    CHECK(symbols.find_id("b") == &b);
    CHECK(a.index == 0);
    CHECK(b.index == 1);
    CHECK(b.name == "b");
    CHECK_FALSE(a.background);
    CHECK(a.declared.source == nullptr);
    CHECK_FALSE(a.exists);
    CHECK(symbols.ids().size() == 2);
    CHECK(symbols.find("a") == nullptr);
}

TEST_CASE("a value from outside is text where the script declares text or null") {
    CHECK(given("1.10", Type::string) == "\"1.10\"");
    CHECK(given("", Type::string) == "\"\"");
    CHECK(given("[1]", Type::string) == "\"[1]\"");
    CHECK(given("5", Type::null) == "\"5\"");
}

TEST_CASE("a value from outside spells a number, and keeps its spelling") {
    CHECK(given("8080", Type::number) == "8080");
    CHECK(given("1.10", Type::number) == "1.10");
    CHECK(given("-1e3", Type::number) == "-1e3");
    CHECK(given("0x10", Type::number) == "16");
    CHECK(parse_cli_variable("0x10", Type::number)->to_text() == "0x10");
    CHECK(given("", Type::number) == "expected a number, not ''");
    CHECK(given("80a", Type::number) == "expected a number, not '80a'");
    CHECK(given("true", Type::number) == "expected a number, not 'true'");
}

TEST_CASE("a value from outside is true or false where the script declares a boolean") {
    CHECK(given("true", Type::boolean) == "true");
    CHECK(given("false", Type::boolean) == "false");
    CHECK(given("yes", Type::boolean) == "expected true or false, not 'yes'");
    CHECK(given("True", Type::boolean) == "expected true or false, not 'True'");
    CHECK(given("1", Type::boolean) == "expected true or false, not '1'");
    CHECK(given("", Type::boolean) == "expected true or false, not ''");
}

TEST_CASE("lists and mappings come from outside as JSON") {
    CHECK(given("[1, \"a\"]", Type::list) == "[1,\"a\"]");
    CHECK(given("{\"a\": [1]}", Type::map) == "{\"a\":[1]}");
    CHECK(given("{}", Type::list) == "expected a list in JSON, not '{}'");
    CHECK(given("[]", Type::map) == "expected a mapping in JSON, not '[]'");
    CHECK(given("a,b", Type::list) == "expected a list in JSON, not 'a,b'");
    CHECK(given("", Type::map) == "expected a mapping in JSON, not ''");
}
