#include "script/inputs.hpp"

#include "base/ascii.hpp"
#include "base/suggestion.hpp"
#include "base/text.hpp"
#include "script/compiler.hpp"
#include "script/functions.hpp"
#include "script/job.hpp"
#include "script/kind.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace arun::script {
namespace {

/// A boolean as YAML spells them.
std::optional<bool> boolean_of(const Value& value) {
    if (!value.is(Type::string)) return std::nullopt;
    for (const std::string_view yes : {"true", "True", "TRUE"})
        if (value.as_string() == yes) return true;
    for (const std::string_view no : {"false", "False", "FALSE"})
        if (value.as_string() == no) return false;
    return std::nullopt;
}

/// What other languages call them.
constexpr std::array other_type_names{
    Synonym{"integer", "number"}, Synonym{"int", "number"},  Synonym{"float", "number"},
    Synonym{"bool", "boolean"},   Synonym{"enum", "choice"}, Synonym{"select", "choice"},
    Synonym{"array", "list"},     Synonym{"str", "string"},  Synonym{"text", "string"},
};

constexpr std::array<std::string_view, 6> type_names{"string",   "number", "boolean",
                                                     "duration", "choice", "list"};

bool is_plain(const Value& value) {
    return value.is(Type::string) || value.is(Type::number) || value.is(Type::boolean);
}

/// The `type` of an input, if it is given.
struct TypeWord {
    std::optional<InputType> type;
};

/// What is in an input's mapping.
struct Declaration {
    std::string_view description;
    bool required = false;
    TypeWord type;
    AnyValue fallback;
    AnyValue options;
};

const ResultType* result_type_of(InputType type) {
    switch (type) {
        case InputType::string:
            return &result_types::text;
        case InputType::number:
            return &result_types::number;
        case InputType::boolean:
            return &result_types::boolean;
        case InputType::list:
            return &result_types::list;
        case InputType::duration:
            return &result_types::number;
        case InputType::choice:
            break;
    }
    return nullptr;
}

InputType type_of_default(const ValueTemplate* fallback) {
    if (fallback == nullptr || fallback->literal == nullptr) return InputType::string;
    switch (fallback->literal->type()) {
        case Type::number:
            return InputType::number;
        case Type::boolean:
            return InputType::boolean;
        case Type::list:
            return InputType::list;
        default:
            return InputType::string;
    }
}

/// The options as one list, or null after an error.
const Value* options_of(Compiler& compiler, const Declaration& declaration, Span where) {
    const auto* value = declaration.options.value;
    if (value == nullptr) {
        compiler.error(where, "a choice needs 'options': a list of what can be chosen");
        return nullptr;
    }
    const auto* options = value->literal;
    if (options == nullptr || !options->is(Type::list) || options->items().empty() ||
        !std::ranges::all_of(options->items(), is_plain)) {
        compiler.error(value->span,
                       "'options' of an input: expected a list of texts, numbers or booleans, written out");
        return nullptr;
    }
    return options;
}

bool check_default(Compiler& compiler, const Input& input) {
    if (input.fallback == nullptr) return true;
    if (input.required) {
        compiler.error(input.fallback->span, "an input with a default is never missing",
                       "leave out 'required'");
        return false;
    }
    if (input.fallback->literal == nullptr) return true;
    const auto value = convert_input(input, *input.fallback->literal, Spelling::value);
    if (!value)
        compiler.error(input.fallback->span,
                       "'default' of " + quote_whole(input.symbol->name) + ": " + value.error().message);
    return static_cast<bool>(value);
}

bool read_input(Compiler& compiler, syntax::Node key, syntax::Node value, Input& input) {
    Declaration declaration;
    if (!value.is(Type::map) && !value.is(Type::null)) {
        compiler.error(value.span(),
                       "an input is described by a mapping, not " + std::string(type_name(value.type())),
                       std::ranges::find(type_names, value.text()) != type_names.end()
                           ? "write {type: " + std::string(value.text()) + "}"
                           : "write {default: " + std::string(value.text()) + "} for its default");
        return false;
    }
    bool ok = !value.is(Type::map) || compiler.read_arguments(value, input_schema, &declaration);
    input.span = key.span();
    input.description = declaration.description;
    input.required = declaration.required;
    input.fallback = declaration.fallback.value;
    const bool has_options = declaration.options.value != nullptr;
    input.type =
        declaration.type.type.value_or(has_options ? InputType::choice : type_of_default(input.fallback));
    if (input.type == InputType::choice) {
        input.options = options_of(compiler, declaration, key.span());
        ok = ok && input.options != nullptr;
    } else if (has_options) {
        compiler.error(declaration.options.value->span, "'options' are those of a choice",
                       "write 'type: choice'");
        ok = false;
    }
    input.symbol = compiler.declaring([&] { return compiler.define(key, result_type_of(input.type)); });
    return ok && input.symbol != nullptr && check_default(compiler, input);
}

Result<Value> list_of(const Value& given, Spelling spelling) {
    if (given.is(Type::list)) return given;
    if (spelling == Spelling::value) return expected("a list", given);
    const auto text = trim(given.as_string());
    if (text.starts_with('[')) {
        auto value = parse_json(text);
        if (!value || !value->is(Type::list)) return expected("a list, as a,b or in JSON", given);
        return value;
    }
    std::vector<Value> items;
    if (!text.empty())
        for (const auto item : split(text, ",")) items.push_back(Value::string(trim(item)));
    return Value::list(std::move(items));
}

std::vector<std::string> texts_of(const Value& options) {
    std::vector<std::string> texts;
    for (const auto& option : options.items()) texts.push_back(option.to_text());
    return texts;
}

}  // namespace

template <>
struct TypeOf<TypeWord> : PlainType {
    static constexpr TypeInfo info{"type",
                                   R"({"enum":["string","number","boolean","duration","choice","list"]})"};
};

// Not in an unnamed namespace: field<>() finds it by argument-dependent lookup.
static bool read(Compiler& compiler, syntax::Node node, std::string_view what, TypeWord& out) {
    std::string_view name;
    if (!read(compiler, node, what, name)) return false;
    const auto found = std::ranges::find(type_names, name);
    if (found == type_names.end()) {
        compiler.error(node.span(),
                       std::string(what) + ": expected " + join_with_or(type_names) + ", not " + quote(name),
                       did_you_mean(name, {type_names.begin(), type_names.end()}, {}, other_type_names));
        return false;
    }
    out.type = static_cast<InputType>(found - type_names.begin());
    return true;
}

namespace {

constexpr std::array input_fields{
    field<&Declaration::description>("description", "what it is for"),
    field<&Declaration::required>("required", "whether it has to be given", {.fallback = "false"}),
    field<&Declaration::type>("type", "the type of its value",
                              {.fallback = "that of the default, or string"}),
    field<&Declaration::fallback>("default", "the value when none is given", {.fallback = "null"}),
    field<&Declaration::options>("options", "what can be chosen, for a choice"),
};

}  // namespace

constinit const ArgumentSchema input_schema{"input", input_fields, {}};

bool read(Compiler& compiler, syntax::Node node, std::string_view what, InputList& out) {
    if (!node.is(Type::map)) {
        compiler.error(node.span(), std::string(what) + ": expected a mapping of names and inputs, not " +
                                        std::string(type_name(node.type())));
        return false;
    }
    std::vector<Input> inputs;
    bool ok = true;
    node.for_each_entry([&](syntax::Node key, syntax::Node value) {
        Input input;
        if (read_input(compiler, key, value, input)) {
            inputs.push_back(input);
        } else {
            ok = false;
        }
    });
    out.inputs = compiler.arena().copy(inputs);
    return ok;
}

Result<Value> convert_input(const Input& input, const Value& given, Spelling spelling) {
    switch (input.type) {
        case InputType::string:
            if (!is_plain(given)) return expected("text", given);
            return given.is(Type::string) ? given : Value::string(given.to_text());
        case InputType::number: {
            if (given.is(Type::number)) return given;
            const auto n = number_of(given);
            if (!n || !std::isfinite(n->to_double())) return expected("a number", given);
            return Value::number(*n, trim(given.as_string()));
        }
        case InputType::boolean:
            if (given.is(Type::boolean)) return given;
            if (const auto truth = boolean_of(given)) return Value::boolean(*truth);
            return expected("true or false", given);
        case InputType::duration: {
            const auto duration = Codec<Duration>::from(given);
            if (!duration) return duration.error();
            return seconds_of(*duration);
        }
        case InputType::choice: {
            for (const auto& option : input.options->items())
                if (is_plain(given) && option.to_text() == given.to_text()) return option;
            return expected(join_with_or(texts_of(*input.options)), given);
        }
        case InputType::list:
            break;
    }
    return list_of(given, spelling);
}

std::string usage_of(const Input& input) {
    std::string value;
    switch (input.type) {
        case InputType::string:
            value = "TEXT";
            break;
        case InputType::number:
            value = "NUMBER";
            break;
        case InputType::boolean:
            value = "true|false";
            break;
        case InputType::duration:
            value = "DURATION";
            break;
        case InputType::choice:
            value = join(texts_of(*input.options), "|");
            break;
        case InputType::list:
            value = "A,B,...";
            break;
    }
    return input.symbol->name + '=' + value;
}

Result<Value> convert_variable(const GivenVariable& given, Type declared) {
    const auto& value = given.value;
    const auto mismatch = [&](std::string_view wanted) { return expected(wanted, value); };
    switch (declared) {
        case Type::number: {
            if (value.is(Type::number)) return value;
            const auto n = number_of(value);
            if (!n || !std::isfinite(n->to_double())) return mismatch("a number");
            return Value::number(*n, trim(value.as_string()));
        }
        case Type::boolean: {
            if (value.is(Type::boolean)) return value;
            const auto truth = boolean_of(value);
            if (!truth) return mismatch("true or false");
            return Value::boolean(*truth);
        }
        case Type::list:
        case Type::map: {
            if (value.is(declared)) return value;
            const std::string wanted = declared == Type::list ? "a list" : "a mapping";
            if (given.spelling == Spelling::value) return mismatch(wanted);
            auto parsed = parse_json(value.as_string());
            if (!parsed || parsed->type() != declared) return mismatch(wanted + " in JSON");
            return parsed;
        }
        case Type::string:
            if (value.is(Type::list) || value.is(Type::map)) return mismatch("text");
            return value.is(Type::string) ? value : Value::string(value.to_text());
        case Type::null:
            break;
    }
    return value;
}

bool check_given(const Body& body, GivenVariables given, bool all, Diagnostics& diagnostics) {
    std::map<std::string_view, const GivenVariable*> last;
    for (const auto& variable : given) last[variable.name] = &variable;
    const auto find = [&](const Symbol& symbol) {
        const auto found = last.find(symbol.name);
        return found == last.end() ? nullptr : found->second;
    };
    const auto report = [&](const GivenVariable& variable, Span declared, const Error& error) {
        const auto where = variable.where.source != nullptr ? variable.where : declared;
        diagnostics.error(where, variable.origin + ": " + error.message);
    };
    bool ok = true;
    for (const auto& input : body.inputs) {
        if (const auto* variable = find(*input.symbol)) {
            const auto value = convert_input(input, variable->value, variable->spelling);
            if (!value) report(*variable, input.span, value.error());
            ok = ok && value;
        } else if (input.required && input.fallback == nullptr && all) {
            std::string message = "the input " + quote_whole(input.symbol->name) + " is missing";
            if (!input.description.empty()) message += ": " + std::string(input.description);
            diagnostics.error(input.span, std::move(message), "give it as " + usage_of(input));
            ok = false;
        }
    }
    for (const auto& variable : body.variables) {
        if (variable.symbol == nullptr || variable.value->literal == nullptr) continue;
        const auto* found = find(*variable.symbol);
        if (found == nullptr) continue;
        const auto value = convert_variable(*found, variable.value->literal->type());
        if (!value) report(*found, variable.span, value.error());
    }
    return ok;
}

namespace {

/// Calls `f` with each variable that the expression reads whatever the other values are.
template <class F>
void for_each_read(const Expression& e, F&& f) {
    if (e.op == Op::variable) f(e);
    const bool is_default = e.op == Op::call && e.function->role == FunctionSpec::Role::default_;
    if (is_default) return;
    const bool is_lazy = e.op == Op::and_ || e.op == Op::or_;
    for (const auto* operand : is_lazy ? e.operands.first(1) : e.operands) for_each_read(*operand, f);
}

template <class F>
void for_each_read(const ValueTemplate& value, F&& f) {
    if (value.text != nullptr)
        for (const auto& part : value.text->parts)
            if (part.expression != nullptr) for_each_read(*part.expression, f);
    for (const auto& entry : value.entries) for_each_read(*entry.value, f);
}

struct Declared {
    const Symbol* symbol = nullptr;
    const ValueTemplate* value = nullptr;
    Span span;
    bool is_input = false;
};

}  // namespace

void check_declaration_order(Compiler& compiler, const Body& body) {
    std::vector<Declared> all;
    for (const auto& input : body.inputs) all.push_back({input.symbol, input.fallback, input.span, true});
    for (const auto& variable : body.variables)
        all.push_back({variable.symbol, variable.value, variable.span, false});
    for (auto reader = all.begin(); reader != all.end(); ++reader) {
        if (reader->value == nullptr || reader->symbol == nullptr) continue;
        for_each_read(*reader->value, [&](const Expression& read) {
            const auto later =
                std::find_if(reader, all.end(), [&](const Declared& d) { return d.symbol == read.symbol; });
            if (later == all.end()) return;
            // Unless an earlier script has set it, or the including one.
            const auto first = compiler.compilation().names.first_definition(*read.symbol);
            if (!first || first->source != later->span.source || first->begin != later->span.begin) return;
            const auto name = quote_whole(read.symbol->name);
            const auto reader_name = quote_whole(reader->symbol->name);
            if (later == reader)
                return compiler.error(read.span, name + " has no value yet: this is its first one");
            compiler.error(
                read.span, name + " has no value yet: it comes after " + reader_name,
                reader->is_input == later->is_input
                    ? "put " + name + " before " + reader_name
                    : "the inputs come before 'vars': make " + reader_name + " one of these, after " + name);
        });
    }
}

}  // namespace arun::script
