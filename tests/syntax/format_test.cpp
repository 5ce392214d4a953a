#include "syntax/format.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>

using namespace arun;
using namespace arun::syntax;

namespace {

std::string format_name(Result<Format> format) {
    if (!format) return format.error().message;
    return *format == Format::json ? "json" : *format == Format::yaml ? "yaml" : "jsonl";
}

}  // namespace

TEST_CASE("the extension determines the format; otherwise the text does") {
    CHECK(format_name(format_for("a.json", "- a")) == "json");
    CHECK(format_name(format_for("dir.json/a.YAML", "[]")) == "yaml");
    CHECK(format_name(format_for("a.yml", "[]")) == "yaml");
    CHECK(format_name(format_for("a", "[]")) == "json");
    CHECK(format_name(format_for("<stdin>", "- a")) == "yaml");
    CHECK(format_name(format_for("a.json.bak", "- a")) == "yaml");
    CHECK(format_name(format_for(".json", "- a")) == "yaml");
    CHECK(format_name(format_for("a.jsonl", "- a")) == "jsonl");
    CHECK(format_name(format_for("a.NDJSON", "[]")) == "jsonl");
    CHECK(format_name(format_for("<stdin>", "{\"print\": 1}")) == "jsonl");
}

TEST_CASE("formats have names") {
    CHECK(format_name(format_named("json")) == "json");
    CHECK(format_name(format_named("yaml")) == "yaml");
    CHECK(format_name(format_named("yml")) == "yaml");
    CHECK(format_name(format_named("jsonl")) == "jsonl");
    CHECK(format_name(format_named("toml")) == "unknown format 'toml'; the formats are json, yaml and jsonl");
}

TEST_CASE("a list in brackets is JSON") {
    CHECK(sniff_format("[{\"print\": \"a\"}]") == Format::json);
    CHECK(sniff_format(" \n\t[") == Format::json);
    CHECK(sniff_format("\xEF\xBB\xBF[") == Format::json);
}

TEST_CASE("an object with the key jobs is JSON") {
    CHECK(sniff_format("{\"jobs\": []}") == Format::json);
    CHECK(sniff_format("{\"name\": \"x {\", \"vars\": {\"jobs\": 1},\n \"jobs\" : []}") == Format::json);
    CHECK(sniff_format("{'jobs': []}") == Format::json);
    CHECK(sniff_format("{name: x, jobs: []}") == Format::json);
    CHECK(sniff_format("{\"name\": \"never closed\", \"jobs\": [") == Format::json);
}

TEST_CASE("any other object is a line of JSON Lines") {
    CHECK(sniff_format("{\"print\": \"a\"}\n{\"jobs\": 1}") == Format::json_lines);
    CHECK(sniff_format("{}") == Format::json_lines);
    CHECK(sniff_format("{\"print\": \"\\\"jobs\\\": \"}") == Format::json_lines);
    CHECK(sniff_format("{\"do\": {\"jobs\": []}}") == Format::json_lines);
    CHECK(sniff_format("{\"jobs_\": 1}") == Format::json_lines);
    CHECK(sniff_format("{\"print\": \"jobs\"}") == Format::json_lines);
    CHECK(sniff_format("{") == Format::json_lines);
}

TEST_CASE("anything else is YAML") {
    for (auto text : {"- print: a\n", "jobs: []\n", "---\n[]\n", "# c\n{}", "", " \n", "\"jobs\": []"})
        CHECK(sniff_format(text) == Format::yaml);
}

TEST_CASE("sniffing takes linear time") {
    CHECK(sniff_format("{\"a\": \"" + std::string(10'000'000, '{') + "\"}") == Format::json_lines);
    CHECK(sniff_format(std::string(10'000'000, '{')) == Format::json_lines);
}

TEST_CASE("a text in pieces is decided where its first brace closes, or earlier") {
    const auto decided_at = [](std::string_view text) -> std::size_t {
        FormatSniffer sniffer;
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

TEST_CASE("a text in pieces is sniffed like a whole one") {
    for (std::string_view text :
         {"[1]", "{\"jobs\": []}", "{'jobs': []}", "{name: x, jobs: []}", "{\"print\": \"jobs\"}", "{}", "{",
          "\xEF\xBB\xBF{\"a\": [{\"jobs\": 1}], \"jobs\" : 1}", "", "x", "{\"jobs_\": 1}", "{\"job\": 1}"}) {
        FormatSniffer sniffer;
        std::optional<Format> sniffed;
        for (std::size_t i = 0; i < text.size() && !sniffed; ++i) sniffed = sniffer.feed(text.substr(i, 1));
        CHECK((sniffed ? *sniffed : sniffer.finish()) == sniff_format(text));
    }
}
