/// Templates: strings that contain `${{ }}`, and values that contain such strings.
#pragma once

#include "script/expression_parser.hpp"
#include "syntax/document.hpp"

#include <span>
#include <string>
#include <string_view>

namespace arun::script {

/// A piece of literal text, or an expression.
struct TemplatePart {
    std::string_view text;
    const Expression* expression = nullptr;
};

/// A string that contains an expression.
struct Template {
    Span span;
    std::span<const TemplatePart> parts;
};

/// The result is text, unless the string is a single expression: then it is the value of that. Throws
/// EvalError.
Value evaluate(const Template& text, const EvalContext& context);
void append_text(const Template& text, const EvalContext& context, std::string& out);

/// Whether the string needs parse_template().
inline bool has_expression(std::string_view text) noexcept {
    return text.find("${{") != std::string_view::npos;
}

/// Compiles the text of a scalar. Returns null after an error. Precondition: has_expression(node.text()).
const Template* parse_template(syntax::Node node, Arena& arena, NameResolver& names);

/// Compiles a condition (`if`, `until`, `assert`): an expression, bare or wholly in `${{ }}`. Returns null
/// after an error.
const Expression* parse_condition(syntax::Node node, Arena& arena, NameResolver& names);

/// Any value of a script, in which strings may be templates.
struct ValueTemplate {
    struct Entry;
    Span span;
    const Value* literal = nullptr;  ///< if nothing in it is computed
    const Template* text = nullptr;
    bool list = false;
    std::span<const Entry> entries;  ///< of a list or mapping in which something is computed
};

struct ValueTemplate::Entry {
    std::string_view key;  ///< empty in a list
    const ValueTemplate* value = nullptr;
};

const ValueTemplate* parse_value(syntax::Node node, Arena& arena, NameResolver& names);
Value evaluate(const ValueTemplate& value, const EvalContext& context);

/// The value of a node, in which `${{` is plain text.
Value literal_value(syntax::Node node);

}  // namespace arun::script
