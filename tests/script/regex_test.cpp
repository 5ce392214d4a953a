// Regular expressions, and their limits.
#include "script/regex.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

using namespace arun;

namespace {

std::string search(std::string_view pattern, std::string_view text) {
    const auto regex = script::Regex::compile(pattern);
    if (!regex) return std::to_string(regex.error().offset) + ": " + regex.error().message;
    const auto found = (*regex)->search(text);
    if (!found) return found.error().message;
    return *found ? "yes" : "no";
}

}  // namespace

TEST_CASE("a pattern is searched for anywhere, and case counts") {
    CHECK(search("b+", "abbc") == "yes");
    CHECK(search("^b", "abbc") == "no");
    CHECK(search("B", "abbc") == "no");
    CHECK(search("(?i)B", "abbc") == "yes");
    CHECK(search("", "") == "yes");
    CHECK(search("^b$", "a\nb\nc") == "no");
    CHECK(search("(?m)^b$", "a\nb\nc") == "yes");
    CHECK(search("^.$", "\u00e4") == "yes");
}

TEST_CASE("the error for a malformed pattern has an offset") {
    CHECK(search("a(b", "") == "3: missing closing parenthesis");
    // From PCRE2 10.49 on, the offset is that of the end of the quantifier.
    CHECK(search("*", "").substr(1) == ": quantifier does not follow a repeatable item");
    CHECK(search("[z-a]", "").find("range out of order") != std::string::npos);
    CHECK(search(std::string(100000, 'a'), "").find("pattern string is longer than the limit") !=
          std::string::npos);
    CHECK(search("((a{1,9999}){1,9999}){1,9999}", "").find("too large") != std::string::npos);
    CHECK(search(std::string(1000, '(') + std::string(1000, ')'), "").find("too deeply nested") !=
          std::string::npos);
    CHECK(search("\xff", "").find("UTF-8") != std::string::npos);
}

TEST_CASE("bytes that are not UTF-8 match nothing and break nothing") {
    CHECK(search("ab",
                 "\xff\xfe"
                 "ab\xc3") == "yes");
    CHECK(search("a.b",
                 "a\xff"
                 "b") == "no");
    CHECK(search("a.b", std::string("a\0b", 3)) == "yes");
}

TEST_CASE("no pattern or text takes forever, or overflows the stack") {
    const auto started = std::chrono::steady_clock::now();
    const std::string too_long = "matching takes too long";
    const std::string text(1 << 20, 'x');
    CHECK(search("(x+x+)+[yz]", text) == too_long);
    CHECK(search("(.|\\s)*z|(.*)*.*y", text + "\n").size() > 1);
    CHECK(search("(a|b|.)*", text) != "");
    CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(60));
    CHECK(search("x$", text) == "yes");
}

TEST_CASE("a match has its groups") {
    const auto match = [](std::string_view pattern, std::string_view text) {
        std::string out;
        const auto regex = Regex::compile(pattern);
        const auto parts = (*regex)->match(text);
        for (const auto& part : *parts) out += part ? "<" + std::string(*part) + ">" : "-";
        return out;
    };
    CHECK(match("(\\d+)\\.(\\d+)", "v 10.42 x") == "<10.42><10><42>");
    CHECK(match("(a)|(b)", "b") == "<b>-<b>");
    CHECK(match("(a)?b", "b") == "<b>-");
    CHECK(match("(b)(c)?", "b") == "<b><b>-");
    CHECK(match("(?<year>\\d{4})", "in 2027") == "<2027><2027>");
    CHECK(match("", "abc") == "<>");
    CHECK(match("(x*)", "abc") == "<><>");
    CHECK(match("x", "abc").empty());
    const auto slow = Regex::compile("(x+x+)+[yz]");
    CHECK((*slow)->match(std::string(1 << 20, 'x')).error().message == "matching takes too long");
}
