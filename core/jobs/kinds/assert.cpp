#include "jobs/engine.hpp"
#include "jobs/kind.hpp"
#include "script/expression.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace arun::jobs {

namespace {

using script::Expression;
using script::Op;

/// The parts of an expression whose values explain why it is false: names and calls, not literals.
void collect(const Expression& e, std::vector<const Expression*>& out) {
    bool named = e.op == Op::variable || e.op == Op::environment_value || e.op == Op::job_property ||
                 e.op == Op::loop_index || e.op == Op::property || e.op == Op::index || e.op == Op::call;
    if (named) out.push_back(&e);
    if (named && e.op != Op::call) return;
    for (auto* operand : e.operands) collect(*operand, out);
}

std::string quoted_value(const script::Value& value) {
    std::string out;
    if (value.is(script::Type::number)) {
        value.append_text(out);
    } else {
        script::append_json(out, value);
    }
    constexpr std::size_t max_size = 200;
    if (out.size() > max_size) out = out.substr(0, max_size) + "...";
    return out;
}

std::string explain(const Expression& condition, const Scope& scope) {
    std::vector<const Expression*> parts;
    collect(condition, parts);
    std::string out = "assertion failed: " + std::string(condition.text);
    std::vector<std::string_view> shown;
    for (auto* part : parts) {
        auto text = part->text;
        if (part == &condition || std::ranges::find(shown, text) != shown.end()) continue;
        out += shown.empty() ? "\n  where " : "\n    and ";
        shown.push_back(text);
        out += std::string(text) + " is ";
        // `||` and `&&` may have skipped a part that cannot be evaluated.
        try {
            out += quoted_value(script::evaluate(*part, scope));
        } catch (const script::EvalError& e) {
            out += std::string("unknown: ") + e.what();
        }
    }
    return out;
}

struct Assert {
    struct Arguments {
        script::ConditionList conditions;
    };
    static constexpr std::string_view name = "assert";
    static constexpr std::string_view summary = "fails unless an expression is true";
    static constexpr std::string_view result = "true";
    static constexpr const script::ResultType& result_type = script::result_types::boolean;
    static constexpr std::string_view shorthand = "that";
    static constexpr std::string_view notes =
        "The failure shows the expression and the values of the names in it. All expressions "
        "of a list must be true; the failure shows the first that is not.";
    static constexpr std::string_view example =
        "- set: {stock: 3}\n- assert: stock > 0\n- assert: [stock > 0, stock < 10]\n";
    static constexpr std::array fields{
        script::field<&Arguments::conditions>("that", "an expression, or a list of them", {.required = true}),
    };

    static script::Value run(Scope& scope, const Arguments& arguments) {
        for (auto* condition : arguments.conditions.conditions) {
            if (!script::evaluate(*condition, scope).truthy()) jobs::fail(scope, explain(*condition, scope));
        }
        return script::Value::boolean(true);
    }
};

}  // namespace

ARUN_JOB_KIND(assert, Assert)

}  // namespace arun::jobs
