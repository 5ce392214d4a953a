#include "script/json_schema.hpp"

#include "script/compiler.hpp"
#include "script/json_schema_types.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace arun::script {
namespace {

using Json = nlohmann::ordered_json;

Json reference(std::string_view name) {
    Json json;
    json["$ref"] = "#/$defs/" + std::string(name);
    return json;
}

Json any_of(std::vector<Json> choices) {
    if (choices.size() == 1) return std::move(choices.front());
    Json json;
    json["anyOf"] = std::move(choices);
    return json;
}

/// A key with null is as if it were absent.
Json or_null(Json value) {
    Json null;
    null["type"] = "null";
    return any_of({std::move(value), std::move(null)});
}

Json object_of(const ArgumentSchema& shape);

/// A value of the type: literal, spelled by a text, or computed.
Json type_of(const ArgumentSpec& field) {
    std::vector<Json> choices;
    if (field.part != nullptr) {
        if (const auto* shorthand = field.part->find(field.part->shorthand))
            choices.push_back(type_of(*shorthand));
        choices.push_back(object_of(*field.part));
    } else if (!field.words.empty()) {
        Json words;
        words["enum"] = std::vector<std::string>(field.words.begin(), field.words.end());
        choices.push_back(std::move(words));
    } else {
        choices.push_back(Json::parse(field.type.schema));
    }
    if (field.computable) {
        const auto type = choices.front().value("type", "");
        if (type == "boolean") choices.push_back(reference("boolean_text"));
        if (type == "integer" || type == "number") choices.push_back(reference("number_text"));
        choices.push_back(reference("expression"));
    }
    return any_of(std::move(choices));
}

Json described(const ArgumentSpec& field) {
    auto json = or_null(type_of(field));
    auto text = std::string(field.help);
    if (!field.fallback.empty()) text += " (default: " + std::string(field.fallback) + ")";
    json["description"] = text;
    return json;
}

Json object_of(const ArgumentSchema& shape) {
    Json json;
    json["type"] = "object";
    auto& properties = json["properties"] = Json::object();
    auto required = Json::array();
    for (const auto& field : shape.fields) {
        properties[std::string(field.name)] = described(field);
        if (field.required) required.push_back(std::string(field.name));
    }
    if (!required.empty()) json["required"] = std::move(required);
    json["additionalProperties"] = false;
    return json;
}

void add_modifiers(Json& properties) {
    for (const auto& field : modifier_shape.fields) {
        const auto name = std::string(field.name);
        if (!properties.contains(name)) properties[name] = reference("modifier_" + name);
    }
}

/// The job with arguments in a mapping, or none; some may stand beside it, a body usually does.
Json with_mapping(const KindSpec& kind) {
    const auto name = std::string(kind.name());
    auto arguments = object_of(kind.shape);
    arguments.erase("required");
    auto& inner = arguments["properties"];
    if (!inner.contains("timeout")) inner["timeout"] = reference("modifier_timeout");
    Json json;
    json["type"] = "object";
    auto& properties = json["properties"];
    properties[name] = or_null(std::move(arguments));
    std::vector<Json> conditions;
    for (const auto& field : kind.shape.fields) {
        const auto key = std::string(field.name);
        if (key != name) properties[key] = described(field);
        if (!field.required) continue;
        Json beside;
        beside["required"] = {key};
        Json inside;
        inside["properties"][name] = {{"type", "object"}, {"required", {key}}};
        conditions.push_back(any_of({std::move(inside), std::move(beside)}));
    }
    add_modifiers(properties);
    json["required"] = {name};
    json["additionalProperties"] = false;
    if (!conditions.empty()) json["allOf"] = std::move(conditions);
    return json;
}

/// The job with a shorthand, and its other arguments beside it.
Json with_shorthand(const KindSpec& kind) {
    const auto name = std::string(kind.name());
    const auto* shorthand = kind.shape.find(kind.shape.shorthand);
    Json json;
    json["type"] = "object";
    auto& properties = json["properties"];
    Json required = {name};
    Json null;
    null["type"] = "null";
    if (shorthand == nullptr) {
        properties[name] = std::move(null);
    } else {
        auto value = type_of(*shorthand);
        properties[name] =
            shorthand->required ? std::move(value) : any_of({std::move(value), std::move(null)});
    }
    for (const auto& field : kind.shape.fields) {
        if (&field == shorthand) continue;
        properties[std::string(field.name)] = described(field);
        if (field.required) required.push_back(std::string(field.name));
    }
    add_modifiers(properties);
    json["required"] = std::move(required);
    json["additionalProperties"] = false;
    return json;
}

Json job_of(const KindSpec& kind) {
    std::vector<Json> forms;
    if (!kind.shape.bare) forms.push_back(with_mapping(kind));
    forms.push_back(with_shorthand(kind));
    auto json = any_of(std::move(forms));
    json["description"] = std::string(kind.summary);
    return json;
}

bool needs_nothing(const KindSpec& kind) {
    return std::none_of(kind.shape.fields.begin(), kind.shape.fields.end(),
                        [](auto& f) { return f.required; });
}

}  // namespace

std::string json_schema(std::span<const KindSpec* const> kinds) {
    Json schema;
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
    schema["title"] = "arun script";
    auto script = object_of(script_shape);
    script["patternProperties"]["^x-"] = Json::object();
    Json list;
    list["type"] = "array";
    list["items"] = reference("job");
    schema["anyOf"] = {list, script};

    auto& definitions = schema["$defs"] = Json::parse(schema_types);
    std::vector<Json> jobs;
    Json words;
    words["enum"] = Json::array();
    for (const auto* kind : kinds) {
        definitions["job_" + std::string(kind->name())] = job_of(*kind);
        jobs.push_back(reference("job_" + std::string(kind->name())));
        if (needs_nothing(*kind)) words["enum"].push_back(std::string(kind->name()));
    }
    jobs.push_back(std::move(words));
    definitions["job"] = any_of(std::move(jobs));
    definitions["retry"] = any_of({object_of(retry_shape), reference("number_text")});
    for (const auto& field : modifier_shape.fields)
        definitions["modifier_" + std::string(field.name)] = described(field);
    return schema.dump(2) + '\n';
}

}  // namespace arun::script
