/// Strings with `${{ }}` in them, and values built of such strings.
#pragma once

#include "script/expression.hpp"
#include "syntax/document.hpp"

#include <span>
#include <string>
#include <string_view>

namespace arun::script {

/// Literal text, or an expression when there is one.
struct TemplatePart {
    std::string_view text;
    const Expression* expression = nullptr;
};

/// A string with at least one `${{ }}`.
struct Template {
    Span span;
    std::span<const TemplatePart> parts;
};

/// An expression alone in its string keeps its type; otherwise the result is text. Throws EvalError.
Value evaluate(const Template& text, const EvalContext& context);
void append_text(const Template& text, const EvalContext& context, std::string& out);

/// True when the string needs parse_template().
inline bool has_expression(std::string_view text) noexcept {
    return text.find("${{") != std::string_view::npos;
}

/// Compiles a string that has_expression(). Null after an error. `node` says where the text stands.
const Template* parse_template(syntax::Node node, Arena& arena, NameSink& sink);

/// Compiles a condition (`if`, `until`, `assert`): an expression, bare or wholly in `${{ }}`. Null after an
/// error.
const Expression* parse_condition(syntax::Node node, Arena& arena, NameSink& sink);

/// Any value of a script, with `${{ }}` wherever a string may stand.
struct ValueTemplate {
    struct Entry;
    Span span;
    const Value* literal = nullptr;  ///< when nothing in it is computed
    const Template* text = nullptr;
    bool list = false;
    std::span<const Entry> entries;  ///< of a list or a mapping with something computed in it
};

struct ValueTemplate::Entry {
    std::string_view key;  ///< empty in a list
    const ValueTemplate* value = nullptr;
};

const ValueTemplate* parse_value(syntax::Node node, Arena& arena, NameSink& sink);
Value evaluate(const ValueTemplate& value, const EvalContext& context);

/// The value as it stands, `${{` being plain text.
Value literal_value(syntax::Node node);

}  // namespace arun::script
