#include "base/difference.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace arun;

TEST_CASE("a difference shows the lines that changed and their neighbours") {
    CHECK(difference("a\nb\nc\n", "a\nx\nc\n") == "  a\n- b\n+ x\n  c\n");
    CHECK(difference("a\nb", "a\nb\nc") == "  a\n  b\n+ c\n");
    CHECK(difference("a\nb\nc", "b\nc") == "- a\n  b\n  c\n");
    CHECK(difference("", "a") == "+ a\n");
    CHECK(difference("a", "a").find_first_of("+-") == std::string::npos);
    CHECK(difference("1\n2\n3\n4\n5\n6\n7", "1\n2\n3\n4\n5\n6\n8") == "  ...\n  5\n  6\n- 7\n+ 8\n");
    CHECK(difference("1\n2\n3\n4\n5\n6\n7", "0\n2\n3\n4\n5\n6\n8") ==
          "- 1\n+ 0\n  2\n  3\n  ...\n  5\n  6\n- 7\n+ 8\n");
}

TEST_CASE("a difference is bounded however long the texts are") {
    std::string a;
    std::string b;
    for (int i = 0; i < 100000; ++i) {
        a += "a" + std::to_string(i) + "\n";
        b += "b" + std::to_string(i) + "\n";
    }
    const auto lines = difference(a, b);
    CHECK(std::ranges::count(lines, '\n') <= 26);
    CHECK(lines.starts_with("- a0\n"));
    CHECK(lines.find("\n+ b0\n") != std::string::npos);
    CHECK(lines.ends_with("...\n"));
    const auto wide = difference(std::string(1000000, 'x'), "y");
    CHECK(wide.size() < 400);
}
