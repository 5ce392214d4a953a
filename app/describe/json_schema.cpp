#include "describe/json_schema.hpp"

#include "script/compiler.hpp"
#include "script/value.hpp"

#include <algorithm>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The schema is written for editors, above all for yaml-language-server, with keywords that every validator
// of draft 2020-12 knows.
//
// A choice by the shape of a value, or by a key, is if/then/else: editors report the errors of an anyOf for
// the value as a whole, not for the key or value in it that is wrong.
//
// Closed objects list all their keys and have additionalProperties, which is reported for each wrong key. A
// key with `true` is allowed there and described elsewhere, so that editors complete it once.
//
// The choices of an anyOf have titles, without which yaml-language-server shows all of them on hovering. If
// no choice fits, editors report what is wrong with the first.
//
// ajv's strict mode requires a type beside the keywords of that type, and no list of types except with null.

namespace arun::app {
namespace {

using script::ArgumentSchema;
using script::ArgumentSpec;
using script::KindSpec;
using script::Value;

/// The $defs that the schemas of argument types refer to.
constexpr std::string_view type_definitions = R"json({
      "any": {"anyOf": [{"title": "value"}, {"title": "nothing", "type": "null"}]},
      "expression": {"title": "expression", "type": "string", "pattern": "\\$\\{\\{"},
      "boolean_text": {"title": "text", "type": "string", "pattern": "^(true|false)$|\\$\\{\\{"},
      "number_text": {"title": "text", "type": "string",
        "pattern": "^\\s*[-+]?(0x[0-9a-fA-F]+|0o[0-7]+|([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?)\\s*$|\\$\\{\\{"},
      "condition": {"anyOf": [
        {"title": "expression", "type": "string"}, {"title": "boolean", "type": "boolean"}, {"title": "number", "type": "number"}]},
      "duration": {
        "anyOf": [
          {"title": "duration", "type": "string"}, {"title": "seconds", "type": "number"}, {"title": "nothing", "type": "null"}],
        "if": {"type": "string"},
        "then": {"type": "string",
          "pattern": "^\\s*\\+?(([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?|(([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?(us|ms|s|m|h|d))+)\\s*$|\\$\\{\\{"},
        "else": {"if": {"type": "number"}, "then": {"type": "number", "minimum": 0}}},
      "text": {"anyOf": [
        {"title": "text", "type": "string"}, {"title": "number", "type": "number"}, {"title": "boolean", "type": "boolean"}]},
      "text_or_null": {"anyOf": [
        {"title": "text", "type": "string"}, {"title": "number", "type": "number"}, {"title": "boolean", "type": "boolean"},
        {"title": "nothing", "type": "null"}]},
      "name": {"title": "name", "type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_-]*$"},
      "warning": {"title": "warning", "enum": ["unquoted", "unexpanded", "unread", "all"]},
      "expected_text": {"anyOf": [
        {"title": "matchers", "type": "object", "minProperties": 1, "additionalProperties": false, "properties": {
          "equals": {"description": "the whole text", "$ref": "#/$defs/text_or_null"},
          "contains": {"description": "a part of it, or a list of parts", "anyOf": [
            {"title": "texts", "type": "array", "items": {"$ref": "#/$defs/text"}},
            {"title": "text", "$ref": "#/$defs/text_or_null"}]},
          "matches": {"$ref": "#/$defs/matches"},
          "not": {"description": "what it must not be", "anyOf": [
            {"title": "matchers", "$ref": "#/$defs/expected_text"}, {"title": "nothing", "type": "null"}]},
          "lt": {"description": "less than", "$ref": "#/$defs/text_or_null"},
          "le": {"description": "at most", "$ref": "#/$defs/text_or_null"},
          "gt": {"description": "more than", "$ref": "#/$defs/text_or_null"},
          "ge": {"description": "at least", "$ref": "#/$defs/text_or_null"}}},
        {"title": "text", "$ref": "#/$defs/text"}]},
      "matches": {"description": "a regular expression for a part of it", "$ref": "#/$defs/text_or_null"},
      "code": {"anyOf": [{"title": "code", "type": "integer"}, {"title": "text", "$ref": "#/$defs/number_text"}]},
      "code_or_null": {"anyOf": [
        {"title": "code", "type": "integer"}, {"title": "text", "$ref": "#/$defs/number_text"},
        {"title": "nothing", "type": "null"}]},
      "codes": {"anyOf": [
        {"title": "codes", "type": "array", "minItems": 1, "items": {"$ref": "#/$defs/code"}},
        {"title": "code", "$ref": "#/$defs/code"}]},
      "expected_code": {"anyOf": [
        {"title": "matchers", "type": "object", "minProperties": 1, "additionalProperties": false, "properties": {
          "equals": {"description": "the code, or a list of accepted ones", "anyOf": [
            {"title": "codes", "$ref": "#/$defs/codes"}, {"title": "nothing", "type": "null"}]},
          "matches": {"$ref": "#/$defs/matches"},
          "not": {"description": "what it must not be", "anyOf": [
            {"title": "matchers", "$ref": "#/$defs/expected_code"}, {"title": "nothing", "type": "null"}]},
          "lt": {"description": "less than", "$ref": "#/$defs/code_or_null"},
          "le": {"description": "at most", "$ref": "#/$defs/code_or_null"},
          "gt": {"description": "more than", "$ref": "#/$defs/code_or_null"},
          "ge": {"description": "at least", "$ref": "#/$defs/code_or_null"}}},
        {"title": "codes", "$ref": "#/$defs/codes"}]},
      "expected_duration": {
        "anyOf": [
          {"title": "matchers", "type": "object"}, {"title": "duration", "type": "string"},
          {"title": "seconds", "type": "number"}, {"title": "nothing", "type": "null"}],
        "if": {"type": "object"},
        "then": {"title": "matchers", "type": "object", "minProperties": 1, "additionalProperties": false, "properties": {
          "equals": {"description": "exactly", "$ref": "#/$defs/duration"},
          "not": {"description": "what it must not be", "$ref": "#/$defs/expected_duration"},
          "lt": {"description": "less than", "$ref": "#/$defs/duration"},
          "le": {"description": "at most", "$ref": "#/$defs/duration"},
          "gt": {"description": "more than", "$ref": "#/$defs/duration"},
          "ge": {"description": "at least", "$ref": "#/$defs/duration"}}},
        "else": {"$ref": "#/$defs/duration"}},
      "ordered": {"anyOf": [
        {"title": "number", "type": "number"}, {"title": "text", "type": "string"}, {"title": "nothing", "type": "null"}]},
      "value_matchers": {
        "title": "matchers", "type": "object", "minProperties": 1, "additionalProperties": false, "properties": {
          "equals": {"description": "the value", "$ref": "#/$defs/any"},
          "contains": {"description": "a part of it", "$ref": "#/$defs/any"},
          "matches": {"$ref": "#/$defs/matches"},
          "not": {"description": "what it must not be", "$ref": "#/$defs/expected_value"},
          "lt": {"description": "less than", "$ref": "#/$defs/ordered"},
          "le": {"description": "at most", "$ref": "#/$defs/ordered"},
          "gt": {"description": "more than", "$ref": "#/$defs/ordered"},
          "ge": {"description": "at least", "$ref": "#/$defs/ordered"}}},
      "expected_value": {"anyOf": [{"title": "value"}, {"title": "nothing", "type": "null"}], "if": {"type": "object"}, "then": {"$ref": "#/$defs/value_matchers"}},
      "expected_json": {"anyOf": [{"title": "value"}, {"title": "nothing", "type": "null"}], "if": {"type": "object"}, "then": {"anyOf": [
        {"title": "matchers", "$ref": "#/$defs/value_matchers"},
        {"title": "JSON paths", "type": "object", "minProperties": 1,
          "additionalProperties": {"$ref": "#/$defs/expected_value"}}]}}
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
    bool empty() const noexcept { return entries_.empty(); }
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

Value of_type(std::string_view type) {
    return Object().set("type", type).value();
}

/// `{KEY: value}`
Value entry(std::string_view key, Value value) {
    return Object().set(key, std::move(value)).value();
}

/// Requires the keys. ajv's strict mode wants them among the properties as well.
Object has(std::span<const std::string_view> keys) {
    Object properties;
    for (const auto key : keys) properties.set(key, Value::boolean(true));
    return Object().set("properties", std::move(properties).value()).set("required", strings(keys));
}
Object has(std::string_view key) {
    return has(std::span(&key, 1));
}

/// One of the words. Not an enum where editors must not complete them.
Value one_of_words(std::span<const std::string_view> words) {
    std::string pattern = "^(";
    for (const auto word : words) (pattern += word == words.front() ? "" : "|") += word;
    return Object().set("type", "string").set("pattern", pattern + ")$").value();
}

/// A choice of an anyOf.
Value titled(Value choice) {
    if (choice.find("title") != nullptr) return choice;
    std::string title = "word";
    if (const auto* type = choice.find("type")) {
        title = type->to_text();
        if (title == "object") title = "mapping";
        if (title == "array") title = "list";
        if (title == "integer") title = "whole number";
        if (title == "null") title = "nothing";
    } else if (const auto* target = choice.find("$ref")) {
        title = target->to_text();
        title.erase(0, title.rfind('/') + 1);
        std::ranges::replace(title, '_', ' ');
    }
    Object object;
    object.set("title", Value::string(title));
    for (const auto& [key, value] : choice.entries()) object.set(key, value);
    return std::move(object).value();
}

Value any_of(const std::vector<Value>& choices) {
    if (choices.size() == 1) return choices.front();
    std::vector<Value> flat;
    for (const auto& choice : choices) {
        const auto* inner = choice.find("anyOf");
        if (inner != nullptr && choice.entries().size() == 1) {
            for (const auto& item : inner->items()) flat.push_back(titled(item));
        } else {
            flat.push_back(titled(choice));
        }
    }
    const auto is_scalar = [](const Value& choice) {
        const auto* type = choice.find("type");
        return type == nullptr || (type->to_text() != "object" && type->to_text() != "array");
    };
    std::ranges::stable_sort(flat, std::less(), is_scalar);
    return entry("anyOf", Value::list(std::move(flat)));
}

std::string text_of(const Value& value) {
    std::string text;
    script::append_json(text, value, false);
    return text;
}

/// Compact, but broken into lines where that would be too long. Keys with `true` share lines.
void append_wrapped(std::string& out, const Value& value, std::size_t depth) {
    constexpr std::size_t width = 120;
    const auto column = [&] { return out.size() - (out.rfind('\n') + 1); };
    const auto text = text_of(value);
    const bool is_map = value.is(script::Type::map);
    if (column() + text.size() <= width || (!is_map && !value.is(script::Type::list))) {
        out += text;
        return;
    }
    const auto line = '\n' + std::string(2 * depth + 2, ' ');
    out += is_map ? '{' : '[';
    bool first = true;
    bool joins = false;
    for (const auto& [key, item] : value.entries()) {
        const auto name = text_of(Value::string(key)) + ": ";
        if (!first) out += ',';
        joins = joins && item.is(script::Type::boolean) && column() + name.size() + 8 <= width;
        out += joins ? " " : line;
        out += name;
        append_wrapped(out, item, depth + 1);
        first = false;
        joins = item.is(script::Type::boolean);
    }
    for (const auto& item : value.items()) {
        if (!first) out += ',';
        out += line;
        append_wrapped(out, item, depth + 1);
        first = false;
    }
    (out += '\n') += std::string(2 * depth, ' ');
    out += is_map ? '}' : ']';
}

class SchemaBuilder {
public:
    explicit SchemaBuilder(std::span<const KindSpec* const> kinds);

    Value schema() &&;

private:
    /// Returns a reference to a definition of that name, or to an equal one that there is already.
    Value define(std::string name, Value value);

    Value type_of(const ArgumentSpec& field);
    Value described(const ArgumentSpec& field);
    /// A reference, for what is described in several places.
    Value field(const ArgumentSchema& schema, const ArgumentSpec& field);
    Object fields(const ArgumentSchema& schema);
    Value object_of(const ArgumentSchema& schema);
    Value run_defaults();

    Value is_mapping(const KindSpec& kind) const;
    Value arguments(const KindSpec& kind);
    Value with_mapping(const KindSpec& kind);
    Value with_shorthand(const KindSpec& kind);
    Value job_of(const KindSpec& kind);
    Value job_without_kind() const;
    Value job();
    void define_jobs();

    /// A key that is a kind makes another job of it, apart from `do`.
    bool may_be_beside_kind(const ArgumentSpec& field) const {
        return script::modifier_schema.find(field.name) == nullptr &&
               (field.name == "do" || kinds_.find(field.name) == nullptr);
    }

    script::KindTable kinds_;
    Object definitions_;
    std::vector<std::pair<std::string, std::string>> names_;  ///< by their JSON
};

SchemaBuilder::SchemaBuilder(std::span<const KindSpec* const> kinds)
    : kinds_(kinds), definitions_(*script::parse_json(type_definitions)) {}

Value SchemaBuilder::define(std::string name, Value value) {
    auto text = text_of(value);
    const auto same = std::ranges::find(names_, text, &std::pair<std::string, std::string>::first);
    if (same != names_.end()) return reference(same->second);
    const auto base = name;
    for (int i = 2; definitions_.contains(name); ++i) name = base + std::to_string(i);
    definitions_.set(name, std::move(value));
    names_.emplace_back(std::move(text), name);
    return reference(name);
}

/// A value of the argument's type: a literal, a text that spells one, or an expression. Null counts as
/// absent.
Value SchemaBuilder::type_of(const ArgumentSpec& field) {
    std::vector<Value> choices;
    if (field.nested != nullptr) {
        choices.push_back(object_of(*field.nested));
        if (const auto* shorthand = field.nested->find(field.nested->shorthand))
            choices.push_back(type_of(*shorthand));
    } else if (!field.choices.empty()) {
        choices.push_back(entry("enum", strings(field.choices)));
    } else {
        choices.push_back(*script::parse_json(field.type.json_schema));
    }
    const auto& first = choices.front();
    if (first.entries().empty()) return reference("any");
    if (const auto* target = first.find("$ref")) {
        // These take null and expressions.
        for (const auto* name : {"duration", "expected_duration", "expected_value", "expected_json", "jobs"})
            if (target->as_string() == "#/$defs/" + std::string(name)) return first;
        if (target->as_string() == "#/$defs/text") return reference("text_or_null");
    }
    if (field.computable) {
        const auto* found = first.find("type");
        const auto type = found != nullptr ? found->to_text() : std::string();
        if (type == "boolean") {
            choices.push_back(reference("boolean_text"));
        } else if (type == "integer" || type == "number") {
            choices.push_back(reference("number_text"));
        } else {
            choices.push_back(reference("expression"));
        }
    }
    choices.push_back(of_type("null"));
    auto name = field.nested != nullptr ? field.nested->name : field.type.label;
    if (!field.choices.empty() || name.size() > 24 || name.find_first_of("{:,") != std::string_view::npos)
        name = field.name;
    auto key = "optional_" + std::string(name);
    std::ranges::replace(key, ' ', '_');
    return define(std::move(key), any_of(choices));
}

Value SchemaBuilder::described(const ArgumentSpec& field) {
    auto text = std::string(field.help);
    if (!field.fallback.empty()) text += " (default: " + std::string(field.fallback) + ")";
    return Object(type_of(field)).set("description", text).value();
}

Value SchemaBuilder::field(const ArgumentSchema& schema, const ArgumentSpec& field) {
    return define(std::string(schema.name) + '.' + std::string(field.name), described(field));
}

Object SchemaBuilder::fields(const ArgumentSchema& schema) {
    Object properties;
    for (const auto& spec : schema.fields) properties.set(spec.name, field(schema, spec));
    return properties;
}

Value SchemaBuilder::object_of(const ArgumentSchema& schema) {
    Object properties;
    std::vector<std::string_view> names;
    for (const auto& spec : schema.fields) {
        properties.set(spec.name, described(spec));
        if (spec.required) names.push_back(spec.name);
    }
    Object object;
    object.set("type", Value::string("object")).set("properties", std::move(properties).value());
    // Not next to the descriptions, where editors would complete what is required a second time.
    if (!names.empty()) object.set("allOf", Value::list({has(names).value()}));
    object.set("additionalProperties", Value::boolean(false));
    return std::move(object).value();
}

Value closed(Object properties) {
    return Object()
        .set("type", "object")
        .set("properties", std::move(properties).value())
        .set("additionalProperties", Value::boolean(false))
        .value();
}

Value SchemaBuilder::run_defaults() {
    Object arguments;
    if (const auto* run = kinds_.find("run"))
        for (const auto* name : {"shell", "dir", "output", "env"})
            arguments.set(name, field(run->schema, *run->schema.find(name)));
    auto description = Value::string("the arguments that every exec and run has unless it gives its own");
    auto run = Object(any_of({closed(std::move(arguments)), of_type("null")}))
                   .set("description", std::move(description));
    return closed(Object().set("run", std::move(run).value()));
}

/// `timeout` may also be among the arguments of a kind.
Value SchemaBuilder::arguments(const KindSpec& kind) {
    auto properties = fields(kind.schema);
    if (!properties.contains("timeout")) properties.set("timeout", reference("job.timeout"));
    return define(std::string(kind.name()) + ".arguments", closed(std::move(properties)));
}

/// Whether the value of the kind's key is a mapping of its arguments.
Value SchemaBuilder::is_mapping(const KindSpec& kind) const {
    const auto* shorthand = kind.schema.find(kind.schema.shorthand);
    if (shorthand == nullptr || !shorthand->takes_map) return of_type("object");
    // Not all its keys are others. With an anyOf of the keys, yaml-language-server does not show the
    // description of the kind.
    std::vector<std::string_view> names;
    for (const auto& spec : kind.schema.fields) names.push_back(spec.name);
    auto others = entry("propertyNames", entry("not", one_of_words(names)));
    return Object().set("type", "object").set("not", std::move(others)).value();
}

/// `{tick: {every: 1s}}`: required arguments are in the mapping or next to it.
Value SchemaBuilder::with_mapping(const KindSpec& kind) {
    Object properties;
    properties.set(kind.name(), arguments(kind));
    std::vector<Value> conditions;
    for (const auto& spec : kind.schema.fields) {
        if (spec.name == kind.schema.shorthand && may_be_beside_kind(spec))
            properties.set(spec.name, field(kind.schema, spec));
        if (!spec.required) continue;
        auto inside = Object(has(spec.name)).set("type", "object").value();
        auto otherwise = entry("properties", entry(kind.name(), std::move(inside)));
        conditions.push_back(
            Object().set("if", has(spec.name).value()).set("else", std::move(otherwise)).value());
    }
    auto job = Object().set("properties", std::move(properties).value());
    if (!conditions.empty()) job.set("allOf", Value::list(std::move(conditions)));
    return std::move(job).value();
}

/// `{tick: 1s}`: the shorthand, with the other arguments next to it. Without a value the shorthand's argument
/// may be there too.
Value SchemaBuilder::with_shorthand(const KindSpec& kind) {
    const auto* shorthand = kind.schema.find(kind.schema.shorthand);
    std::vector<std::string_view> names;
    for (const auto& spec : kind.schema.fields)
        if (spec.required && &spec != shorthand) names.push_back(spec.name);
    auto job = names.empty() ? Object() : has(names);
    auto null = entry("properties", entry(kind.name(), of_type("null")));
    if (shorthand == nullptr) return std::move(job).set("allOf", Value::list({std::move(null)})).value();
    Object absent;
    Object given;
    given.set(kind.name(), type_of(*shorthand));
    if (may_be_beside_kind(*shorthand)) {
        absent.set("properties", entry(shorthand->name, field(kind.schema, *shorthand)));
        given.set(shorthand->name, Value::boolean(false));
    }
    if (shorthand->required) absent.set("allOf", Value::list({has(shorthand->name).value()}));
    return std::move(job.set("if", std::move(null))
                         .set("then", std::move(absent).value())
                         .set("else", entry("properties", std::move(given).value())))
        .value();
}

Value SchemaBuilder::job_of(const KindSpec& kind) {
    Object properties;
    properties.set(kind.name(), Object().set("title", kind.name()).set("description", kind.summary).value());
    for (const auto& spec : kind.schema.fields) {
        if (!may_be_beside_kind(spec)) continue;
        const bool described_below = spec.name == kind.schema.shorthand;
        properties.set(spec.name, described_below ? Value::boolean(true) : field(kind.schema, spec));
    }
    for (const auto& spec : script::modifier_schema.fields) properties.set(spec.name, Value::boolean(true));
    auto job = Object(closed(std::move(properties)));
    if (kind.schema.bare) {
        job.set("allOf", Value::list({with_shorthand(kind)}));
    } else {
        job.set("if", entry("properties", entry(kind.name(), is_mapping(kind))))
            .set("then", with_mapping(kind))
            .set("else", with_shorthand(kind));
    }
    return define("job." + std::string(kind.name()), std::move(job).value());
}

/// What editors complete a new job with. No value is checked against the types of the kinds here, which only
/// decide what an editor inserts after the key.
Value SchemaBuilder::job_without_kind() const {
    Object properties;
    std::vector<std::string_view> modifiers;
    for (const auto* kind : kinds_.all()) {
        const auto* shorthand = kind->schema.find(kind->schema.shorthand);
        const bool jobs = shorthand != nullptr && shorthand->type.label == "jobs";
        properties.set(kind->name(), Object()
                                         .set("title", kind->name())
                                         .set("description", kind->summary)
                                         .set("type", jobs ? "array" : "string")
                                         .value());
    }
    for (const auto& spec : script::modifier_schema.fields) {
        properties.set(spec.name, Value::boolean(true));
        modifiers.push_back(spec.name);
    }
    // No job has this key. Validators say that it is missing.
    const std::string_view missing = "a kind, such as print or run";
    auto names = entry("propertyNames", entry("enum", strings(modifiers)));
    return Object()
        .set("properties", std::move(properties).value())
        .set("additionalProperties", Value::boolean(false))
        .set("if", std::move(names))
        .set("then", has(missing).value())
        .value();
}

/// A job by the first kind among its keys. `do` is the last, because it may also be the body of another kind.
Value SchemaBuilder::job() {
    std::vector<std::pair<std::string_view, Value>> jobs;
    for (const auto* kind : kinds_.all()) jobs.emplace_back(kind->name(), job_of(*kind));
    std::ranges::stable_partition(jobs, [](const auto& job) { return job.first != "do"; });
    std::ranges::reverse(jobs);
    auto otherwise = job_without_kind();
    for (auto& [kind, job] : jobs)
        otherwise = Object()
                        .set("if", has(kind).set("type", "object").value())
                        .set("then", std::move(job))
                        .set("else", std::move(otherwise))
                        .value();
    Object properties;
    for (const auto& spec : script::modifier_schema.fields)
        properties.set(spec.name, field(script::modifier_schema, spec));
    Object job;
    job.set("type", Value::string("object"));
    job.set("properties", std::move(properties).value());
    for (const auto& [key, value] : otherwise.entries())
        if (!job.contains(key)) job.set(key, value);
    return std::move(job).value();
}

void SchemaBuilder::define_jobs() {
    std::vector<std::string_view> bare_names;
    for (const auto* kind : kinds_.all())
        if (std::ranges::none_of(kind->schema.fields, &ArgumentSpec::required))
            bare_names.push_back(kind->name());
    definitions_.set("bare_job", one_of_words(bare_names));
    definitions_.set("item", *script::parse_json(R"json({
        "if": {"type": "string"}, "then": {"$ref": "#/$defs/bare_job"}, "else": {"$ref": "#/$defs/job"}})json"));
    definitions_.set("jobs", *script::parse_json(R"json({
        "anyOf": [
          {"title": "jobs", "type": "array"}, {"title": "job", "type": "object"}, {"title": "kind", "type": "string"},
          {"title": "nothing", "type": "null"}],
        "if": {"type": "array"},
        "then": {"type": "array", "items": {"$ref": "#/$defs/item"}},
        "else": {
          "if": {"type": "object"},
          "then": {"$ref": "#/$defs/job"},
          "else": {"if": {"type": "string"}, "then": {"$ref": "#/$defs/bare_job"}}}})json"));
    definitions_.set("job", job());
}

Value SchemaBuilder::schema() && {
    define_jobs();
    auto limit = type_of(*script::retry_schema.find("limit"));
    definitions_.set("retry", any_of({object_of(script::retry_schema), std::move(limit)}));
    definitions_.set("defaults", run_defaults());
    const auto* wait_for = kinds_.find("wait_for");
    definitions_.set("ready", wait_for != nullptr ? arguments(*wait_for) : of_type("object"));
    definitions_.set("input", any_of({object_of(script::input_schema), of_type("null")}));
    const auto extensions = entry("^x-", Value::map({}));
    auto script = Object(object_of(script::script_schema)).set("patternProperties", extensions).value();
    auto list = Object().set("type", "array").set("items", reference("item")).value();
    return Object()
        .set("$schema", "https://json-schema.org/draft/2020-12/schema")
        .set("title", "arun script")
        .set("if", of_type("array"))
        .set("then", std::move(list))
        .set("else", std::move(script))
        .set("$defs", std::move(definitions_).value())
        .value();
}

}  // namespace

std::string json_schema(std::span<const KindSpec* const> kinds) {
    std::string out;
    append_wrapped(out, SchemaBuilder(kinds).schema(), 0);
    return out + '\n';
}

}  // namespace arun::app
