#include "describe/json_schema.hpp"

#include "script/compiler.hpp"
#include "script/value.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace arun::app {
namespace {

using script::ArgumentSchema;
using script::ArgumentSpec;
using script::KindSpec;
using script::Value;

/// The $defs that the schemas of argument types refer to.
constexpr std::string_view type_definitions = R"json({
      "expression": {"type": "string", "pattern": "\\$\\{\\{"},
      "condition": {"anyOf": [{"type": "string"}, {"type": "boolean"}, {"type": "number"}]},
      "duration": {"anyOf": [
        {"type": "number", "minimum": 0},
        {"type": "string", "pattern": "^\\s*[+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?\\s*$"},
        {"type": "string", "pattern": "^\\s*[+]?(([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?(us|ms|s|m|h|d))+\\s*$"}]},
      "number_text": {"type": "string", "pattern": "^\\s*[-+]?(0x[0-9a-fA-F]+|0o[0-7]+|([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?)\\s*$"},
      "boolean_text": {"enum": ["true", "false"]},
      "text": {"anyOf": [{"type": "string"}, {"type": "number"}, {"type": "boolean"}]},
      "text_or_null": {"anyOf": [{"$ref": "#/$defs/text"}, {"type": "null"}]},
      "name": {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_-]*$"},
      "warning": {"enum": ["unquoted", "unexpanded", "unread", "all"]},
      "jobs": {"anyOf": [{"type": "array", "items": {"$ref": "#/$defs/job"}}, {"$ref": "#/$defs/job"}]},
      "expected_text": {"anyOf": [
        {"$ref": "#/$defs/text"},
        {"type": "object", "minProperties": 1, "additionalProperties": false, "properties": {
          "equals": {"$ref": "#/$defs/text_or_null"},
          "contains": {"anyOf": [{"$ref": "#/$defs/text_or_null"}, {"type": "array", "items": {"$ref": "#/$defs/text"}}]},
          "matches": {"$ref": "#/$defs/text_or_null"},
          "not": {"anyOf": [{"$ref": "#/$defs/expected_text"}, {"type": "null"}]},
          "lt": {"$ref": "#/$defs/text_or_null"}, "le": {"$ref": "#/$defs/text_or_null"},
          "gt": {"$ref": "#/$defs/text_or_null"}, "ge": {"$ref": "#/$defs/text_or_null"}}}]},
      "code": {"anyOf": [{"type": "integer"}, {"$ref": "#/$defs/number_text"}, {"$ref": "#/$defs/expression"}]},
      "code_or_null": {"anyOf": [{"$ref": "#/$defs/code"}, {"type": "null"}]},
      "codes": {"anyOf": [{"$ref": "#/$defs/code"}, {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/code"}}]},
      "expected_code": {"anyOf": [
        {"$ref": "#/$defs/codes"},
        {"type": "object", "minProperties": 1, "additionalProperties": false, "properties": {
          "equals": {"anyOf": [{"$ref": "#/$defs/codes"}, {"type": "null"}]},
          "matches": {"$ref": "#/$defs/text_or_null"},
          "not": {"anyOf": [{"$ref": "#/$defs/expected_code"}, {"type": "null"}]},
          "lt": {"$ref": "#/$defs/code_or_null"}, "le": {"$ref": "#/$defs/code_or_null"},
          "gt": {"$ref": "#/$defs/code_or_null"}, "ge": {"$ref": "#/$defs/code_or_null"}}}]},
      "limit": {"anyOf": [{"$ref": "#/$defs/duration"}, {"$ref": "#/$defs/expression"}]},
      "limit_or_null": {"anyOf": [{"$ref": "#/$defs/limit"}, {"type": "null"}]},
      "expected_duration": {"anyOf": [
        {"$ref": "#/$defs/limit"},
        {"type": "object", "minProperties": 1, "additionalProperties": false, "properties": {
          "equals": {"$ref": "#/$defs/limit_or_null"},
          "not": {"anyOf": [{"$ref": "#/$defs/expected_duration"}, {"type": "null"}]},
          "lt": {"$ref": "#/$defs/limit_or_null"}, "le": {"$ref": "#/$defs/limit_or_null"},
          "gt": {"$ref": "#/$defs/limit_or_null"}, "ge": {"$ref": "#/$defs/limit_or_null"}}}]},
      "ordered": {"anyOf": [{"type": "number"}, {"type": "string"}, {"type": "null"}]},
      "value_matchers": {
        "type": "object", "minProperties": 1, "additionalProperties": false, "properties": {
          "equals": {}, "contains": {},
          "matches": {"$ref": "#/$defs/text_or_null"},
          "not": {"anyOf": [{"$ref": "#/$defs/expected_value"}, {"type": "null"}]},
          "lt": {"$ref": "#/$defs/ordered"}, "le": {"$ref": "#/$defs/ordered"},
          "gt": {"$ref": "#/$defs/ordered"}, "ge": {"$ref": "#/$defs/ordered"}}},
      "expected_value": {"anyOf": [
        {"type": ["null", "boolean", "number", "string", "array"]}, {"$ref": "#/$defs/value_matchers"}]},
      "expected_json": {"anyOf": [
        {"$ref": "#/$defs/expected_value"},
        {"type": "object", "minProperties": 1, "additionalProperties": {"$ref": "#/$defs/expected_value"}}]}
    })json";

/// A JSON object under construction. Keys keep the order in which they are set.
class Object {
public:
    Object() = default;
    explicit Object(const Value& map) : entries_(map.entries().begin(), map.entries().end()) {}

    /// Precondition: !contains(key).
    Object& set(std::string_view key, Value value) & {
        entries_.emplace_back(key, std::move(value));
        return *this;
    }
    Object&& set(std::string_view key, Value value) && { return std::move(set(key, std::move(value))); }
    Object&& set(std::string_view key, std::string_view text) && {
        return std::move(*this).set(key, Value::string(text));
    }
    bool contains(std::string_view key) const {
        return std::ranges::find(entries_, key, &Value::Entry::first) != entries_.end();
    }
    Value value() && { return Value::map(std::move(entries_)); }

private:
    std::vector<Value::Entry> entries_;
};

Value strings(std::span<const std::string_view> texts) {
    std::vector<Value> items;
    for (const auto text : texts) items.push_back(Value::string(text));
    return Value::list(std::move(items));
}

Value reference(std::string_view name) {
    return Object().set("$ref", "#/$defs/" + std::string(name)).value();
}

Value any_of(std::vector<Value> choices) {
    if (choices.size() == 1) return std::move(choices.front());
    return Object().set("anyOf", Value::list(std::move(choices))).value();
}

Value null_type() {
    return Object().set("type", "null").value();
}

/// An argument whose value is null counts as absent.
Value or_null(Value value) {
    return any_of({std::move(value), null_type()});
}

Value object_of(const ArgumentSchema& schema);

/// A value of the argument's type: a literal, a text that spells one, or an expression.
Value type_of(const ArgumentSpec& field) {
    std::vector<Value> choices;
    if (field.nested != nullptr) {
        if (const auto* shorthand = field.nested->find(field.nested->shorthand))
            choices.push_back(type_of(*shorthand));
        choices.push_back(object_of(*field.nested));
    } else if (!field.choices.empty()) {
        choices.push_back(Object().set("enum", strings(field.choices)).value());
    } else {
        choices.push_back(*script::parse_json(field.type.json_schema));
    }
    if (field.computable) {
        const auto* found = choices.front().find("type");
        const auto type = found != nullptr ? found->to_text() : std::string();
        if (type == "boolean") choices.push_back(reference("boolean_text"));
        if (type == "integer" || type == "number") choices.push_back(reference("number_text"));
        choices.push_back(reference("expression"));
    }
    return any_of(std::move(choices));
}

Value described(const ArgumentSpec& field) {
    auto text = std::string(field.help);
    if (!field.fallback.empty()) text += " (default: " + std::string(field.fallback) + ")";
    return Object(or_null(type_of(field))).set("description", text).value();
}

Object properties_of(const ArgumentSchema& schema) {
    Object properties;
    for (const auto& field : schema.fields) properties.set(field.name, described(field));
    return properties;
}

std::vector<std::string_view> required_in(const ArgumentSchema& schema) {
    std::vector<std::string_view> names;
    for (const auto& field : schema.fields)
        if (field.required) names.push_back(field.name);
    return names;
}

Value object_of(const ArgumentSchema& schema) {
    Object object;
    object.set("type", Value::string("object")).set("properties", properties_of(schema).value());
    const auto required = required_in(schema);
    if (!required.empty()) object.set("required", strings(required));
    object.set("additionalProperties", Value::boolean(false));
    return std::move(object).value();
}

void add_modifiers(Object& properties) {
    for (const auto& field : script::modifier_schema.fields) {
        if (!properties.contains(field.name))
            properties.set(field.name, reference("modifier_" + std::string(field.name)));
    }
}

/// `{tick: {every: 1s}}`: the arguments are in a mapping; some, usually the body, may be next to it.
Value with_mapping(const KindSpec& kind) {
    const auto name = kind.name();
    auto inner = properties_of(kind.schema);
    if (!inner.contains("timeout")) inner.set("timeout", reference("modifier_timeout"));
    auto arguments = Object()
                         .set("type", "object")
                         .set("properties", std::move(inner).value())
                         .set("additionalProperties", Value::boolean(false))
                         .value();
    Object properties;
    properties.set(name, or_null(std::move(arguments)));
    std::vector<Value> conditions;
    for (const auto& field : kind.schema.fields) {
        if (field.name != name) properties.set(field.name, described(field));
        if (!field.required) continue;
        const auto required = strings(std::span(&field.name, 1));
        auto mapping = Object().set("type", "object").set("required", required).value();
        auto inside = Object().set(name, std::move(mapping)).value();
        conditions.push_back(any_of({Object().set("properties", std::move(inside)).value(),
                                     Object().set("required", required).value()}));
    }
    add_modifiers(properties);
    Object job;
    job.set("type", Value::string("object"))
        .set("properties", std::move(properties).value())
        .set("required", strings(std::span(&name, 1)))
        .set("additionalProperties", Value::boolean(false));
    if (!conditions.empty()) job.set("allOf", Value::list(std::move(conditions)));
    return std::move(job).value();
}

/// `{tick: 1s}`: the shorthand, with the other arguments next to it.
Value with_shorthand(const KindSpec& kind) {
    const auto name = kind.name();
    const auto* shorthand = kind.schema.find(kind.schema.shorthand);
    auto value = null_type();
    if (shorthand != nullptr)
        value = shorthand->required ? type_of(*shorthand) : or_null(type_of(*shorthand));
    Object properties;
    properties.set(name, std::move(value));
    std::vector<std::string_view> required{name};
    for (const auto& field : kind.schema.fields) {
        if (&field == shorthand) continue;
        properties.set(field.name, described(field));
        if (field.required) required.push_back(field.name);
    }
    add_modifiers(properties);
    return Object()
        .set("type", "object")
        .set("properties", std::move(properties).value())
        .set("required", strings(required))
        .set("additionalProperties", Value::boolean(false))
        .value();
}

Value job_of(const KindSpec& kind) {
    std::vector<Value> forms;
    if (!kind.schema.bare) forms.push_back(with_mapping(kind));
    forms.push_back(with_shorthand(kind));
    return Object(any_of(std::move(forms))).set("description", kind.summary).value();
}

Value definitions_of(std::span<const KindSpec* const> kinds) {
    Object definitions(*script::parse_json(type_definitions));
    std::vector<Value> jobs;
    std::vector<std::string_view> bare_names;
    for (const auto* kind : kinds) {
        const auto name = "job_" + std::string(kind->name());
        definitions.set(name, job_of(*kind));
        jobs.push_back(reference(name));
        if (required_in(kind->schema).empty()) bare_names.push_back(kind->name());
    }
    jobs.push_back(Object().set("enum", strings(bare_names)).value());
    definitions.set("job", any_of(std::move(jobs)));
    definitions.set("retry", any_of({object_of(script::retry_schema), reference("number_text")}));
    const auto* run = script::KindTable(kinds).find("run");
    Object run_defaults;
    for (const auto* name : {"shell", "dir", "output", "env"})
        if (run != nullptr) run_defaults.set(name, described(*run->schema.find(name)));
    const auto closed = [](Object properties) {
        return Object()
            .set("type", "object")
            .set("properties", std::move(properties).value())
            .set("additionalProperties", Value::boolean(false))
            .value();
    };
    definitions.set("defaults", closed(Object().set("run", or_null(closed(std::move(run_defaults))))));
    const auto* wait_for = script::KindTable(kinds).find("wait_for");
    Object ready = wait_for != nullptr ? properties_of(wait_for->schema) : Object();
    ready.set("timeout", reference("modifier_timeout"));
    definitions.set("ready", closed(std::move(ready)));
    definitions.set("input", any_of({object_of(script::input_schema), null_type()}));
    for (const auto& field : script::modifier_schema.fields)
        definitions.set("modifier_" + std::string(field.name), described(field));
    return std::move(definitions).value();
}

}  // namespace

std::string json_schema(std::span<const KindSpec* const> kinds) {
    const auto extensions = Object().set("^x-", Value::map({})).value();
    auto list = Object().set("type", "array").set("items", reference("job")).value();
    auto script = Object(object_of(script::script_schema)).set("patternProperties", extensions).value();
    const auto schema = Object()
                            .set("$schema", "https://json-schema.org/draft/2020-12/schema")
                            .set("title", "arun script")
                            .set("anyOf", Value::list({std::move(list), std::move(script)}))
                            .set("$defs", definitions_of(kinds))
                            .value();
    std::string out;
    script::append_json(out, schema, true);
    return out + '\n';
}

}  // namespace arun::app
