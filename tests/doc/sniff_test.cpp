#include "doc/sniff.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace arun::doc;

TEST_CASE("a list in brackets is JSON") {
    CHECK(sniff("[{\"print\": \"a\"}]") == Sniffed::json);
    CHECK(sniff(" \n\t[") == Sniffed::json);
    CHECK(sniff("\xEF\xBB\xBF[") == Sniffed::json);
}

TEST_CASE("an object with the key jobs is JSON") {
    CHECK(sniff("{\"jobs\": []}") == Sniffed::json);
    CHECK(sniff("{\"name\": \"x {\", \"vars\": {\"jobs\": 1},\n \"jobs\" : []}") == Sniffed::json);
    CHECK(sniff("{'jobs': []}") == Sniffed::json);
    CHECK(sniff("{name: x, jobs: []}") == Sniffed::json);
    CHECK(sniff("{\"name\": \"never closed\", \"jobs\": [") == Sniffed::json);
}

TEST_CASE("any other object is a line of JSON Lines") {
    CHECK(sniff("{\"print\": \"a\"}\n{\"jobs\": 1}") == Sniffed::json_lines);
    CHECK(sniff("{}") == Sniffed::json_lines);
    CHECK(sniff("{\"print\": \"\\\"jobs\\\": \"}") == Sniffed::json_lines);
    CHECK(sniff("{\"do\": {\"jobs\": []}}") == Sniffed::json_lines);
    CHECK(sniff("{\"jobs_\": 1}") == Sniffed::json_lines);
    CHECK(sniff("{\"print\": \"jobs\"}") == Sniffed::json_lines);
    CHECK(sniff("{") == Sniffed::json_lines);
}

TEST_CASE("the rest is YAML") {
    for (auto text : {"- print: a\n", "jobs: []\n", "---\n[]\n", "# c\n{}", "", " \n", "\"jobs\": []"})
        CHECK(sniff(text) == Sniffed::yaml);
}

TEST_CASE("a long text is looked at in time that grows with it") {
    CHECK(sniff("{\"a\": \"" + std::string(10'000'000, '{') + "\"}") == Sniffed::json_lines);
    CHECK(sniff(std::string(10'000'000, '{')) == Sniffed::json_lines);
}
