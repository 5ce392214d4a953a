#include "syntax/sniff.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>

using namespace arun::syntax;

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

TEST_CASE("a text that arrives in pieces is decided where its first brace closes, or before") {
    const auto decided_at = [](std::string_view text) -> std::size_t {
        Sniffer sniffer;
        for (std::size_t i = 0; i < text.size(); ++i)
            if (sniffer.feed(text.substr(i, 1))) return i + 1;
        return 0;
    };
    CHECK(decided_at("\xEF\xBB\xBF [") == 5);
    CHECK(decided_at("- a") == 1);
    CHECK(decided_at("{\"print\": \"a\"}\n{") == 14);
    CHECK(decided_at("{\"jobs\" : []}") == 9);
    CHECK(decided_at("{\"a\": {\"jobs\": 1}") == 0);
    CHECK(decided_at("{\"a\": \"}\\\"}") == 0);
    CHECK(decided_at(" \n") == 0);
}

TEST_CASE("in pieces or as a whole, a text is sniffed alike") {
    for (std::string_view text :
         {"[1]", "{\"jobs\": []}", "{'jobs': []}", "{name: x, jobs: []}", "{\"print\": \"jobs\"}", "{}", "{",
          "\xEF\xBB\xBF{\"a\": [{\"jobs\": 1}], \"jobs\" : 1}", "", "x", "{\"jobs_\": 1}", "{\"job\": 1}"}) {
        Sniffer sniffer;
        std::optional<Sniffed> sniffed;
        for (std::size_t i = 0; i < text.size() && !sniffed; ++i) sniffed = sniffer.feed(text.substr(i, 1));
        CHECK((sniffed ? *sniffed : sniffer.finish()) == sniff(text));
    }
}
