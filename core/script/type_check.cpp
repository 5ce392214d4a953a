#include "script/type_check.hpp"

#include "base/ascii.hpp"
#include "base/suggestion.hpp"
#include "base/text.hpp"
#include "script/advice.hpp"
#include "script/expression_parser.hpp"
#include "script/functions.hpp"
#include "script/names.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace arun::script {
namespace {

constexpr std::array<std::string_view, 4> outcomes{"success", "failure", "cancelled", "skipped"};

constexpr std::array job_properties{ResultProperty{"result"}, ResultProperty{"outcome", Shape::text},
                                    ResultProperty{"error", Shape::text}};
constexpr ResultType job_type{Shape::mapping, job_properties};
using result_types::any;
constexpr ResultType any_mapping{Shape::mapping};

constexpr const ResultType& type_of(Shape shape) {
    switch (shape) {
        case Shape::any:
            break;
        case Shape::null:
            return result_types::null;
        case Shape::boolean:
            return result_types::boolean;
        case Shape::number:
            return result_types::number;
        case Shape::text:
            return result_types::text;
        case Shape::list:
            return result_types::list;
        case Shape::mapping:
            return any_mapping;
    }
    return any;
}

const ResultType& type_of_literal(const Value& value) {
    switch (value.type()) {
        case Type::null:
            return result_types::null;
        case Type::boolean:
            return result_types::boolean;
        case Type::number:
            return result_types::number;
        case Type::string:
            return result_types::text;
        case Type::list:
            return result_types::list;
        case Type::map:
            break;
    }
    return any_mapping;
}

const ResultType& or_any(const KnownType& type) {
    return type.get() != nullptr ? *type.get() : any;
}

const ResultProperty* find(const ResultType& type, std::string_view name) {
    const auto found = std::ranges::find(type.properties, name, &ResultProperty::name);
    return found == type.properties.end() ? nullptr : &*found;
}

const ResultType& type_of(const Expression& e) {
    switch (e.op) {
        case Op::literal:
            return type_of_literal(*e.literal);
        case Op::variable:
            return or_any(e.symbol->type);
        case Op::environment:
            return any_mapping;
        case Op::environment_value:
            return result_types::text;
        case Op::job_property:
            switch (e.job_property) {
                case JobProperty::result:
                    return or_any(e.id->type);
                case JobProperty::outcome:
                case JobProperty::error:
                    return result_types::text;
                case JobProperty::all:
                    return job_type;
            }
            return any;
        case Op::loop_index:
            return result_types::number;
        case Op::run_property:
            return result_types::text;
        case Op::property:
            if (e.each) return result_types::list;
            if (const auto* property = find(type_of(*e.operands[0]), e.literal->as_string()))
                return property->type != nullptr ? *property->type : type_of(property->shape);
            return any;
        case Op::not_:
        case Op::less:
        case Op::less_equal:
        case Op::greater:
        case Op::greater_equal:
        case Op::equal:
        case Op::not_equal:
            return result_types::boolean;
        case Op::negate:
        case Op::multiply:
        case Op::divide:
        case Op::remainder:
        case Op::add:
        case Op::subtract:
            return result_types::number;
        case Op::filter:
            return result_types::list;
        case Op::call:
            return e.function->type;
        case Op::index:
        case Op::and_:
        case Op::or_:
        case Op::loop:
        case Op::run:
        case Op::script:
            break;
    }
    return any;
}

/// As messages about values name the types.
std::string_view name_of(Shape shape) {
    switch (shape) {
        case Shape::any:
            break;
        case Shape::null:
            return type_name(Type::null);
        case Shape::boolean:
            return type_name(Type::boolean);
        case Shape::number:
            return type_name(Type::number);
        case Shape::text:
            return type_name(Type::string);
        case Shape::list:
            return type_name(Type::list);
        case Shape::mapping:
            return type_name(Type::map);
    }
    return "a value";
}

/// What other tools call the properties of results.
constexpr std::array property_synonyms{
    Synonym{"exitcode", "exit"},      Synonym{"exit_code", "exit"},    Synonym{"exit_status", "exit"},
    Synonym{"returncode", "exit"},    Synonym{"return_code", "exit"},  Synonym{"rc", "exit"},
    Synonym{"code", "exit"},          Synonym{"code", "status"},       Synonym{"status", "exit"},
    Synonym{"status_code", "status"}, Synonym{"statusCode", "status"}, Synonym{"out", "stdout"},
    Synonym{"output", "stdout"},      Synonym{"err", "stderr"},        Synonym{"text", "body"},
    Synonym{"content", "body"},       Synonym{"data", "json"},         Synonym{"time", "duration"},
    Synonym{"elapsed", "duration"},   Synonym{"winner", "index"},      Synonym{"value", "result"},
};

/// "write length(x)" for `x.length`, if a function of that name takes such a value. Empty otherwise.
std::string call_meant(std::string_view object, std::string_view name, Shape shape) {
    static constexpr std::array<std::string_view, 14> of_texts{
        "length", "lines",    "split",      "trim",     "lower",   "upper", "quote",
        "slice",  "contains", "startsWith", "endsWith", "matches", "match", "replace"};
    static constexpr std::array<std::string_view, 11> of_lists{
        "length", "join", "contains", "first", "last", "sort", "unique", "slice", "sum", "min", "max"};
    const auto* function = function_meant(name);
    if (function == nullptr || (shape != Shape::text && shape != Shape::list)) return {};
    const auto& list = shape == Shape::text ? std::span<const std::string_view>(of_texts) : of_lists;
    if (std::ranges::find(list, function->name) == list.end()) return {};
    return "write " + call_with(*function, object);
}

/// The object has no property of that name, whatever happens.
void check_property(const Expression& object, std::string_view name, Span where, Diagnostics& diagnostics) {
    const auto& type = type_of(object);
    if (type.shape == Shape::any || type.is_written) return;
    if (type.shape == Shape::mapping && type.has_lower_keys) {
        const auto lower_name = lower(name);
        if (lower_name == name) return;
        return diagnostics.error(where,
                                 quote_whole(object.text) + " has no property " + quote_whole(name) +
                                     ": the names in it are in lower case",
                                 "write " + std::string(object.text) +
                                     (is_name(name) ? "." + lower_name : "['" + lower_name + "']"));
    }
    if (type.shape == Shape::mapping) {
        if (type.properties.empty() || find(type, name) != nullptr) return;
        std::vector<std::string_view> names;
        for (const auto& property : type.properties) names.push_back(property.name);
        auto hint = difference_hint(std::string(object.text) + ".", name, [&](std::string_view part) {
            return std::ranges::find(names, part) != names.end();
        });
        if (hint.empty()) hint = did_you_mean(name, names, "it has " + join(names, ", "), property_synonyms);
        diagnostics.error(where, quote_whole(object.text) + " has no property " + quote_whole(name),
                          std::move(hint));
        return;
    }
    auto hint = call_meant(object.text, name, type.shape);
    if (hint.empty() && type.shape == Shape::text)
        hint = "write fromJSON(" + std::string(object.text) + ") if it is JSON";
    if (hint.empty() && type.shape == Shape::list)
        hint = "write " + std::string(object.text) + "[0] for its first item";
    diagnostics.error(
        where,
        quote_whole(object.text) + " is " + std::string(name_of(type.shape)) + ", which has no properties",
        std::move(hint));
}

void check_index(const Expression& object, const Expression& index, Diagnostics& diagnostics) {
    if (index.op != Op::literal) return;
    const auto& type = type_of(object);
    if (index.literal->is(Type::string)) {
        return check_property(object, index.literal->as_string(), index.span, diagnostics);
    }
    if (!index.literal->is(Type::number) || type.is_written) return;
    switch (type.shape) {
        case Shape::any:
            return;
        case Shape::list:
            if (index.literal->as_number() < 0) {
                diagnostics.error(index.span, "items are numbered from 0, so none has the number " +
                                                  index.literal->to_text());
            }
            return;
        case Shape::mapping:
            if (!type.properties.empty())
                check_property(object, index.literal->to_text(), index.span, diagnostics);
            return;
        default:
            diagnostics.error(index.span, quote_whole(object.text) + " is " +
                                              std::string(name_of(type.shape)) + ", which has no items");
    }
}

/// An operand of arithmetic that is no number, whatever happens.
void check_operand(const Expression& operand, Op op, Diagnostics& diagnostics) {
    const auto& type = type_of(operand);
    if (type.is_written) return;
    const bool is_literal = operand.op == Op::literal;
    switch (type.shape) {
        case Shape::any:
        case Shape::number:
            return;
        case Shape::text:
            if (!is_literal || number_of(*operand.literal)) return;
            break;
        case Shape::null:
            // A job without a result, which may be meant.
            if (!is_literal) return;
            break;
        default:
            break;
    }
    std::string hint;
    if (op == Op::add && type.shape == Shape::text)
        hint = "write format('{0}{1}', a, b) to put texts together, or '${{ a }}${{ b }}'";
    if (type.shape == Shape::list)
        hint = "write length(" + std::string(operand.text) + ") for the number of items";
    diagnostics.error(operand.span,
                      "arithmetic takes numbers, and " + std::string(operand.text) + " is " +
                          std::string(name_of(type.shape)),
                      std::move(hint));
}

void check_filtered(const Expression& object, Diagnostics& diagnostics) {
    const auto& type = type_of(object);
    if (type.is_written || type.shape == Shape::any || type.shape == Shape::list ||
        type.shape == Shape::mapping)
        return;
    diagnostics.error(object.span, "a filter needs a list or a mapping, and " + std::string(object.text) +
                                       " is " + std::string(name_of(type.shape)));
}

bool is_outcome(const Expression& e) {
    return e.op == Op::job_property && e.job_property == JobProperty::outcome;
}

/// What other tools call the outcomes.
constexpr std::array outcome_synonyms{
    Synonym{"failed", "failure"},     Synonym{"fail", "failure"},      Synonym{"error", "failure"},
    Synonym{"timeout", "failure"},    Synonym{"timed_out", "failure"}, Synonym{"succeeded", "success"},
    Synonym{"successful", "success"}, Synonym{"passed", "success"},    Synonym{"ok", "success"},
    Synonym{"done", "success"},       Synonym{"completed", "success"}, Synonym{"canceled", "cancelled"},
    Synonym{"aborted", "cancelled"},  Synonym{"stopped", "cancelled"}, Synonym{"skip", "skipped"},
};

void check_outcome(const Expression& outcome, const Expression& other, Diagnostics& diagnostics) {
    if (!is_outcome(outcome) || other.op != Op::literal || !other.literal->is(Type::string)) return;
    const std::string_view word = other.literal->as_string();
    if (word.empty() || std::ranges::find(outcomes, word) != outcomes.end()) return;
    diagnostics.error(
        other.span, "no job has the outcome " + quote_whole(word),
        did_you_mean(word, {outcomes.begin(), outcomes.end()},
                     "the outcomes are success, failure, cancelled and skipped", outcome_synonyms));
}

/// `r == 'ok'`, where r is all that a command or a request gives.
void check_comparison(const Expression& whole, const Expression& other, Diagnostics& diagnostics) {
    const auto& type = type_of(whole);
    if (type.shape != Shape::mapping || type.properties.empty() || type.is_written) return;
    if (other.op != Op::literal) return;
    const auto& literal = *other.literal;
    const bool is_number = literal.is(Type::number);
    if (!is_number && !literal.is(Type::string) && !literal.is(Type::boolean)) return;
    static constexpr std::array<std::string_view, 3> numbers{"exit", "status", "result"};
    static constexpr std::array<std::string_view, 3> texts{"stdout", "body", "outcome"};
    std::string hint;
    for (const auto name : is_number ? numbers : texts)
        if (hint.empty() && find(type, name) != nullptr)
            hint = "write " + std::string(whole.text) + '.' + std::string(name);
    diagnostics.error(
        whole.span,
        quote_whole(whole.text) + " is a mapping, which cannot be compared with " + std::string(other.text),
        std::move(hint));
}

bool has_time(std::string_view format) {
    return format.find('%') != format.npos || format == "iso8601" || format == "unix" || format == "unix_ms";
}

/// A format of times that is always the same text.
void check_date(const Expression& format, Diagnostics& diagnostics) {
    if (format.op != Op::literal || !format.literal->is(Type::string)) return;
    warn_about_time_format(format.literal->as_string(), format.span, diagnostics);
}

}  // namespace

void warn_about_time_format(std::string_view format, Span where, Diagnostics& diagnostics) {
    if (format.empty() || has_time(format)) return;
    diagnostics.warning(where, "the format " + quote(format) + " has no '%', so it does not show the time",
                        "write %Y-%m-%d %H:%M:%S, for example, or iso8601");
}

void check_types(const Expression& e, Diagnostics& diagnostics) {
    switch (e.op) {
        case Op::property: {
            if (e.each) break;
            const auto name_begin = e.span.end - static_cast<std::uint32_t>(e.literal->as_string().size());
            // An expression that is not in the source as it is has one span for all of its parts.
            const bool exact =
                e.span.begin != e.operands[0]->span.begin || e.span.end != e.operands[0]->span.end;
            check_property(*e.operands[0], e.literal->as_string(),
                           exact ? Span{e.span.source, name_begin, e.span.end} : e.span, diagnostics);
            break;
        }
        case Op::index:
            if (e.each) break;
            check_index(*e.operands[0], *e.operands[1], diagnostics);
            break;
        case Op::equal:
        case Op::not_equal:
            check_outcome(*e.operands[0], *e.operands[1], diagnostics);
            check_outcome(*e.operands[1], *e.operands[0], diagnostics);
            [[fallthrough]];
        case Op::less:
        case Op::less_equal:
        case Op::greater:
        case Op::greater_equal:
            check_comparison(*e.operands[0], *e.operands[1], diagnostics);
            check_comparison(*e.operands[1], *e.operands[0], diagnostics);
            break;
        case Op::negate:
        case Op::multiply:
        case Op::divide:
        case Op::remainder:
        case Op::add:
        case Op::subtract:
            for (const auto* operand : e.operands) check_operand(*operand, e.op, diagnostics);
            break;
        case Op::filter:
            check_filtered(*e.operands[0], diagnostics);
            break;
        case Op::call:
            if (e.function->role == FunctionSpec::Role::date) check_date(*e.operands[0], diagnostics);
            break;
        default:
            break;
    }
    for (std::size_t i = 0; i < e.operands.size(); ++i) {
        // default(a.b, c) is for what may be missing.
        if (e.op == Op::call && e.function->role == FunctionSpec::Role::default_ && i == 0) continue;
        check_types(*e.operands[i], diagnostics);
    }
}

bool needs_quoting(const Expression& e) {
    switch (type_of(e).shape) {
        case Shape::null:
        case Shape::boolean:
        case Shape::number:
            return false;
        default:
            break;
    }
    const auto operand_needs_quoting = [&](std::size_t i) { return needs_quoting(*e.operands[i]); };
    switch (e.op) {
        case Op::literal:
            return false;
        case Op::job_property:
            return !is_outcome(e);
        case Op::run_property:
            return e.literal->as_string() != "id";  // hexadecimal digits
        case Op::and_:
            // Of the first operand, only null, false, 0 and empty text are left.
            return operand_needs_quoting(1);
        case Op::or_:
            return operand_needs_quoting(0) || operand_needs_quoting(1);
        case Op::call:
            if (e.function->role == FunctionSpec::Role::quote) return false;
            return std::ranges::any_of(e.operands, [](const Expression* o) { return needs_quoting(*o); });
        default:
            return true;
    }
}

}  // namespace arun::script
