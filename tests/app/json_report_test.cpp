#include "reports/json.hpp"

#include "script/value.hpp"
#include "support/script.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace arun;
using namespace arun::test;

TEST_CASE("the report of a script without errors is empty") {
    CHECK(app::json_report(Diagnostics()) ==
          "{\n"
          "  \"diagnostics\": [],\n"
          "  \"errors\": 0\n"
          "}\n");
}

TEST_CASE("every diagnostic has a place, a message and a hint") {
    const auto source = std::make_shared<const Source>("a.yaml", "- ä: evry\n- x\n");
    Diagnostics diagnostics;
    diagnostics.error({source.get(), 6, 10}, "unknown 'evry'", "did you mean 'every'?");
    diagnostics.warning({source.get(), 13, 14}, "a \"warning\"\n");
    CHECK(app::json_report(diagnostics) ==
          "{\n"
          "  \"diagnostics\": [\n"
          "    {\n"
          "      \"severity\": \"error\",\n"
          "      \"file\": \"a.yaml\",\n"
          "      \"line\": 1,\n"
          "      \"column\": 6,\n"
          "      \"end_line\": 1,\n"
          "      \"end_column\": 10,\n"
          "      \"message\": \"unknown 'evry'\",\n"
          "      \"hint\": \"did you mean 'every'?\"\n"
          "    },\n"
          "    {\n"
          "      \"severity\": \"warning\",\n"
          "      \"file\": \"a.yaml\",\n"
          "      \"line\": 2,\n"
          "      \"column\": 3,\n"
          "      \"end_line\": 2,\n"
          "      \"end_column\": 4,\n"
          "      \"message\": \"a \\\"warning\\\"\\n\",\n"
          "      \"hint\": null\n"
          "    }\n"
          "  ],\n"
          "  \"errors\": 1\n"
          "}\n");
}

TEST_CASE("a diagnostic without a place has null there") {
    Diagnostics diagnostics;
    diagnostics.error({}, "cannot read 'x'");
    const auto report = *script::parse_json(app::json_report(diagnostics));
    const auto& row = report.find("diagnostics")->items()[0];
    for (const auto* key : {"file", "line", "column", "end_line", "end_column", "hint"}) {
        CAPTURE(key);
        REQUIRE(row.find(key) != nullptr);
        CHECK(row.find(key)->is_null());
    }
    CHECK(row.find("message")->as_string() == "cannot read 'x'");
}

TEST_CASE("a place can span lines and end with the text") {
    const auto source = std::make_shared<const Source>("s", "ab\ncd");
    Diagnostics diagnostics;
    diagnostics.error({source.get(), 1, 5}, "m");
    const auto report = *script::parse_json(app::json_report(diagnostics));
    const auto& row = report.find("diagnostics")->items()[0];
    CHECK(row.find("line")->as_number() == 1);
    CHECK(row.find("column")->as_number() == 2);
    CHECK(row.find("end_line")->as_number() == 2);
    CHECK(row.find("end_column")->as_number() == 3);
}

TEST_CASE("invalid UTF-8 does not break the JSON") {
    const auto source = std::make_shared<const Source>("b\xFF", "x");
    Diagnostics diagnostics;
    diagnostics.error({source.get(), 0, 1}, "m\xC3");
    const auto report = script::parse_json(app::json_report(diagnostics));
    REQUIRE(report);
    const auto& row = report->find("diagnostics")->items()[0];
    CHECK(row.find("file")->as_string() == "b\xEF\xBF\xBD");
    CHECK(row.find("message")->as_string() == "m\xEF\xBF\xBD");
}

TEST_CASE("all errors are counted, but only some are listed") {
    Diagnostics diagnostics(2);
    const auto source = std::make_shared<const Source>("s", "abcd");
    for (std::uint32_t i = 0; i < 4; ++i)
        diagnostics.error({source.get(), i, i + 1}, "m" + std::to_string(i));
    const auto report = *script::parse_json(app::json_report(diagnostics));
    CHECK(report.find("diagnostics")->items().size() == 2);
    CHECK(report.find("errors")->as_number() == 4);
}

TEST_CASE("errors are in the order of the script") {
    Compilation compilation;
    compilation.add("- sleep: soon\n- pritn: a\n");
    const auto report = *script::parse_json(app::json_report(compilation.diagnostics()));
    const auto rows = report.find("diagnostics")->items();
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].find("line")->as_number() == 1);
    CHECK(rows[0].find("column")->as_number() == 10);
    CHECK(rows[1].find("line")->as_number() == 2);
    CHECK(rows[1].find("end_column")->as_number() == 8);
    CHECK(rows[1].find("hint")->as_string() == "did you mean 'print'?");
}

TEST_CASE("a document that is written in pieces is the one that is written at once") {
    std::string text;
    std::size_t pieces = 0;
    const app::TextSink out = [&](std::string_view piece) {
        text += piece;
        ++pieces;
    };
    app::JsonWriter json(out);
    std::vector<script::Value> expected;
    json.begin_map();
    json.field("text", "a\n\"b\"");
    json.field_or_null("nothing", "");
    json.key("empty");
    json.begin_map();
    json.end_map();
    json.key("list");
    json.begin_list();
    for (int i = 0; i < 1000; ++i) {
        json.begin_list();
        json.value("ä");
        json.value(script::Value::number(i));
        json.end_list();
        expected.push_back(script::Value::list({script::Value::string("ä"), script::Value::number(i)}));
    }
    json.end_list();
    json.end_map();
    json.finish();
    const auto document = script::Value::map({{"text", script::Value::string("a\n\"b\"")},
                                              {"nothing", script::Value()},
                                              {"empty", script::Value::map({})},
                                              {"list", script::Value::list(std::move(expected))}});
    std::string whole;
    script::append_json(whole, document, true);
    CHECK(text == whole + "\n");
    CHECK(pieces > 2);
}
