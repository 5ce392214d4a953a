#include "describe/json_schema.hpp"

#include "jobs/kind.hpp"
#include "script/compiler.hpp"
#include "script/value.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

using namespace arun;
using namespace arun::app;
using namespace arun::script;

namespace {

const Value& schema() {
    static const Value value = *parse_json(json_schema(jobs::all_kinds()));
    return value;
}

/// The value at a path such as "$defs/job/anyOf"; an index for a list.
const Value* at(const Value& root, std::string_view path) {
    const auto* value = &root;
    while (value != nullptr && !path.empty()) {
        const auto end = std::min(path.find('/'), path.size());
        const auto key = path.substr(0, end);
        path.remove_prefix(std::min(end + 1, path.size()));
        if (value->is(Type::list)) {
            const auto i = static_cast<std::size_t>(Value::string(key).coerce_number().to_double());
            value = i < value->items().size() ? &value->items()[i] : nullptr;
        } else {
            value = value->find(key);
        }
    }
    return value;
}
const Value& definition(std::string_view name) {
    const auto* found = at(schema(), "$defs/" + std::string(name));
    REQUIRE(found != nullptr);
    return *found;
}

/// Calls f for each mapping in the value.
template <class F>
void visit(const Value& value, F&& f) {
    if (value.is(Type::map)) f(value);
    for (const auto& item : value.items()) visit(item, f);
    for (const auto& entry : value.entries()) visit(entry.second, f);
}

/// All names under `properties` anywhere in a definition.
std::set<std::string> properties_in(const Value& value) {
    std::set<std::string> names;
    visit(value, [&](const Value& map) {
        if (const auto* properties = map.find("properties"))
            for (const auto& entry : properties->entries()) names.insert(entry.first);
    });
    return names;
}

bool says(const Value& value, std::string_view text) {
    return value.to_text().find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("the schema is JSON of draft 2020-12, and small") {
    const auto text = json_schema(jobs::all_kinds());
    CHECK(text.ends_with("}\n"));
    CHECK(text.size() < 100'000);
    CHECK(schema().find("$schema")->as_string() == "https://json-schema.org/draft/2020-12/schema");
    CHECK_FALSE(schema().find("title")->as_string().empty());
    CHECK(at(schema(), "if/type")->as_string() == "array");
    CHECK(at(schema(), "then/type")->as_string() == "array");
    CHECK(at(schema(), "else/type")->as_string() == "object");
}

TEST_CASE("lines are broken where they would be long, and not elsewhere") {
    const auto text = json_schema(jobs::all_kinds());
    std::size_t lines = 0;
    for (std::size_t at = 0; at < text.size(); ++lines) {
        const auto end = text.find('\n', at);
        const auto line = std::string_view(text).substr(at, end - at);
        CAPTURE(line);
        // Two characters more for what closes it.
        CHECK((line.size() <= 122 || line.find("\": \"") != std::string_view::npos));
        at = end + 1;
    }
    CHECK(text.size() / lines > 25);
}

TEST_CASE("every reference has a definition, and every definition is used") {
    std::set<std::string> used;
    visit(schema(), [&](const Value& map) {
        if (const auto* ref = map.find("$ref")) used.insert(ref->as_string());
    });
    std::set<std::string> defined;
    for (const auto& entry : schema().find("$defs")->entries()) defined.insert("#/$defs/" + entry.first);
    CHECK(used == defined);
}

TEST_CASE("no two definitions are equal") {
    std::set<std::string> definitions;
    for (const auto& entry : schema().find("$defs")->entries()) {
        CAPTURE(entry.first);
        CHECK(definitions.insert(entry.second.to_text()).second);
    }
}

TEST_CASE("a script has the keys that the compiler knows, and x- ones") {
    const auto& script = *at(schema(), "else");
    for (const auto& field : script_schema.fields)
        CHECK(at(script, "properties/" + std::string(field.name)) != nullptr);
    CHECK(at(script, "patternProperties/^x-") != nullptr);
    CHECK_FALSE(script.find("additionalProperties")->as_boolean());
    CHECK(at(script, "allOf/0/required")->to_text() == "[\"jobs\"]");
}

TEST_CASE("every kind is a job, with all its fields and all modifiers") {
    const auto& jobs = definition("job");
    for (const auto* kind : jobs::all_kinds()) {
        const auto name = "job." + std::string(kind->name());
        CAPTURE(name);
        CHECK(says(jobs, "\"#/$defs/" + name + "\""));
        const auto& job = definition(name);
        CHECK_FALSE(job.find("additionalProperties")->as_boolean());
        const auto* properties = job.find("properties");
        REQUIRE(properties != nullptr);
        const auto* key = properties->find(kind->name());
        REQUIRE(key != nullptr);
        CHECK(key->find("description")->as_string() == kind->summary);
        for (const auto& field : modifier_schema.fields) CHECK(properties->find(field.name)->as_boolean());
        if (kind->schema.bare) continue;
        const auto* arguments = definition(std::string(kind->name()) + ".arguments").find("properties");
        for (const auto& field : kind->schema.fields) {
            CAPTURE(std::string(field.name));
            CHECK(arguments->find(field.name) != nullptr);
            // With another kind beside it the job would have two.
            const bool other_kind =
                KindTable(jobs::all_kinds()).find(field.name) != nullptr && field.name != "do";
            CHECK((properties->find(field.name) == nullptr) == other_kind);
        }
    }
}

TEST_CASE("a new job is completed with the kinds, as long as it has none") {
    std::string path = "$defs/job";
    std::set<std::string> tested;
    while (at(schema(), path + "/then/$ref") != nullptr) {
        const auto kind = at(schema(), path + "/if/required/0")->as_string();
        CHECK(at(schema(), path + "/then/$ref")->as_string() == "#/$defs/job." + std::string(kind));
        CHECK_FALSE(tested.contains("do"));  // it may be the body of those that are tested before it
        tested.insert(std::string(kind));
        path += "/else";
    }
    const auto* properties = at(schema(), path + "/properties");
    REQUIRE(properties != nullptr);
    CHECK(tested.size() == jobs::all_kinds().size());
    for (const auto* kind : jobs::all_kinds()) {
        CAPTURE(std::string(kind->name()));
        CHECK(tested.contains(std::string(kind->name())));
        CHECK(properties->find(kind->name())->find("description")->as_string() == kind->summary);
    }
    for (const auto& field : modifier_schema.fields) CHECK(properties->find(field.name)->as_boolean());
    CHECK_FALSE(at(schema(), path + "/additionalProperties")->as_boolean());
}

TEST_CASE("modifiers and retry have their fields, described") {
    for (const auto& field : modifier_schema.fields) {
        const auto& modifier = definition("job." + std::string(field.name));
        CHECK(modifier.find("description")->as_string().starts_with(field.help));
    }
    const auto properties = properties_in(definition("retry"));
    for (const auto& field : retry_schema.fields) CHECK(properties.contains(std::string(field.name)));
}

TEST_CASE("the description of a field is its help, with the default") {
    CHECK(definition("print.end").find("description")->as_string() ==
          "what follows the text (default: a newline)");
}

TEST_CASE("named values are an enum, and arguments that can be computed may be an expression") {
    CHECK(says(definition("optional_missed"), R"("enum":["skip","burst","delay"])"));
    const auto follow = [](const Value* value) {
        while (const auto* ref = value->find("$ref"))
            value = &definition(ref->as_string().substr(std::string_view("#/$defs/").size()));
        return value;
    };
    for (const auto* kind : jobs::all_kinds()) {
        if (kind->schema.bare) continue;
        const auto* arguments = definition(std::string(kind->name()) + ".arguments").find("properties");
        for (const auto& field : kind->schema.fields) {
            if (!field.computable) continue;
            CAPTURE(std::string(kind->name()) + "." + std::string(field.name));
            auto text = follow(arguments->find(field.name))->to_text();
            if (says(Value::string(text), "number_text")) text += definition("number_text").to_text();
            if (says(Value::string(text), "boolean_text")) text += definition("boolean_text").to_text();
            if (says(Value::string(text), "expression")) text += definition("expression").to_text();
            CHECK(text.find(R"(\\$\\{\\{)") != std::string::npos);
        }
    }
}

TEST_CASE("a kind that needs no argument may be a bare word, and no other") {
    const auto pattern = definition("bare_job").find("pattern")->as_string();
    CHECK(pattern.starts_with("^("));
    CHECK(pattern.ends_with(")$"));
    const auto words = "|" + std::string(pattern.substr(2, pattern.size() - 4)) + "|";
    for (const auto* kind : jobs::all_kinds()) {
        CAPTURE(std::string(kind->name()));
        const bool needs = std::ranges::any_of(kind->schema.fields,
                                               [](const ArgumentSpec& field) { return field.required; });
        CHECK((words.find("|" + std::string(kind->name()) + "|") != std::string::npos) == !needs);
    }
}

TEST_CASE("there is a schema even for no kinds at all") {
    const auto empty = parse_json(json_schema({}));
    REQUIRE(empty);
    CHECK(empty->find("$defs")->find("job.print") == nullptr);
    CHECK(empty->find("$defs")->find("job.retry") != nullptr);
}
