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

TEST_CASE("the schema is JSON of draft 2020-12") {
    const auto text = json_schema(jobs::all_kinds());
    CHECK(text.ends_with("}\n"));
    CHECK(schema().find("$schema")->as_string() == "https://json-schema.org/draft/2020-12/schema");
    CHECK_FALSE(schema().find("title")->as_string().empty());
    REQUIRE(schema().find("anyOf") != nullptr);
    CHECK(at(schema(), "anyOf/0/type")->as_string() == "array");
    CHECK(at(schema(), "anyOf/1/type")->as_string() == "object");
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

TEST_CASE("a script has the keys that the compiler knows, and x- ones") {
    const auto& script = *at(schema(), "anyOf/1");
    for (const auto& field : script_schema.fields)
        CHECK(at(script, "properties/" + std::string(field.name)) != nullptr);
    CHECK(at(script, "patternProperties/^x-") != nullptr);
    CHECK_FALSE(script.find("additionalProperties")->as_boolean());
    CHECK(script.find("required")->to_text() == "[\"jobs\"]");
}

TEST_CASE("every kind is a job, with all its fields and all modifiers") {
    const auto& jobs = definition("job");
    for (const auto* kind : jobs::all_kinds()) {
        const auto name = "job_" + std::string(kind->name());
        CAPTURE(name);
        CHECK(says(jobs, "\"#/$defs/" + name + "\""));
        const auto& job = definition(name);
        CHECK(job.find("description")->as_string() == kind->summary);
        const auto properties = properties_in(job);
        CHECK(properties.contains(std::string(kind->name())));
        // The value of a bare kind is its one field.
        if (!kind->schema.bare)
            for (const auto& field : kind->schema.fields) {
                CAPTURE(std::string(field.name));
                CHECK(properties.contains(std::string(field.name)));
            }
        for (const auto& field : modifier_schema.fields) CHECK(properties.contains(std::string(field.name)));
    }
}

TEST_CASE("modifiers and retry have their fields, described") {
    for (const auto& field : modifier_schema.fields) {
        const auto& modifier = definition("modifier_" + std::string(field.name));
        CHECK(modifier.find("description")->as_string().starts_with(field.help));
    }
    const auto properties = properties_in(definition("retry"));
    for (const auto& field : retry_schema.fields) CHECK(properties.contains(std::string(field.name)));
}

TEST_CASE("the description of a field is its help, with the default") {
    const auto& print = definition("job_print");
    std::string description;
    visit(print, [&](const Value& map) {
        if (const auto* end = at(map, "properties/end")) description = end->find("description")->as_string();
    });
    CHECK(description == "what follows the text (default: a newline)");
}

TEST_CASE("named values are an enum, and arguments that can be computed may be an expression") {
    const auto& tick = definition("job_tick");
    CHECK(says(tick, R"({"enum":["skip","burst","delay"]})"));
    for (const auto* kind : jobs::all_kinds()) {
        for (const auto& field : kind->schema.fields) {
            if (!field.computable) continue;
            CAPTURE(std::string(kind->name()) + "." + std::string(field.name));
            visit(definition("job_" + std::string(kind->name())), [&](const Value& map) {
                const auto* property = at(map, "properties/" + std::string(field.name));
                if (property != nullptr && field.name != kind->name())
                    CHECK(says(*property, R"({"$ref":"#/$defs/expression"})"));
            });
        }
    }
}

TEST_CASE("a kind that needs no argument may be a bare word, and no other") {
    const Value* words = nullptr;
    for (const auto& choice : definition("job").find("anyOf")->items())
        if (choice.find("enum") != nullptr) words = choice.find("enum");
    REQUIRE(words != nullptr);
    for (const auto* kind : jobs::all_kinds()) {
        CAPTURE(std::string(kind->name()));
        const bool needs = std::ranges::any_of(kind->schema.fields,
                                               [](const ArgumentSpec& field) { return field.required; });
        const bool listed = std::ranges::any_of(
            words->items(), [&](const Value& word) { return word.as_string() == kind->name(); });
        CHECK(listed == !needs);
    }
}

TEST_CASE("a job has no other keys") {
    for (const auto* kind : jobs::all_kinds()) {
        visit(definition("job_" + std::string(kind->name())), [&](const Value& map) {
            const auto* properties = map.find("properties");
            // Not the conditions, which only look at some keys.
            if (properties == nullptr || map.find("type") == nullptr || properties->find("name") == nullptr)
                return;
            CHECK_FALSE(map.find("additionalProperties")->as_boolean());
        });
    }
}

TEST_CASE("there is a schema even for no kinds at all") {
    const auto empty = parse_json(json_schema({}));
    REQUIRE(empty);
    CHECK(empty->find("$defs")->find("job_print") == nullptr);
    CHECK(empty->find("$defs")->find("modifier_retry") != nullptr);
}
