#include "jobs/variables.hpp"

#include "jobs/engine.hpp"
#include "script/cli_variables.hpp"
#include "script/expression.hpp"

#include <utility>

namespace arun::jobs {

using script::Value;

void assign(const Scope& scope, const script::Symbol& symbol, Value value) {
    if (symbol.secret) script::for_each_secret(value, [&](auto text) { scope.engine().output.hide(text); });
    symbol.variable.set_in(current_context(), std::move(value));
}

void set_variables(const Scope& scope, script::Variables variables) {
    for (const auto& variable : variables) {
        // A variable that is computed from an unknown value is unknown.
        Value value = Value::unknown();
        try {
            value = script::evaluate(*variable.value, scope);
        } catch (const script::UnknownValue&) {
        }
        assign(scope, *variable.symbol, std::move(value));
    }
}

void declare_variables(const Scope& scope, script::Variables variables, bool defaults) {
    const auto& from_command_line = scope.engine().outside;
    for (const auto& variable : variables) {
        const auto given = from_command_line.find(variable.symbol);
        const bool is_given = given != from_command_line.end();
        if (defaults && !is_given && variable.symbol->variable.get_if() != nullptr) continue;
        auto value = script::evaluate(*variable.value, scope);
        if (is_given) {
            // The declaration decides the type.
            auto typed = script::outside_value(given->second, value.type());
            if (!typed)
                throw script::EvalError(variable.span,
                                        "--var " + variable.symbol->name + ": " + typed.error());
            value = *std::move(typed);
        }
        assign(scope, *variable.symbol, std::move(value));
    }
}

std::shared_ptr<const Environment> make_environment(const Scope& scope, script::TextMap entries) {
    auto& engine = scope.engine();
    auto layer = std::make_shared<Environment>();
    layer->outer = scope.environment_layer() != nullptr ? *scope.environment_layer() : engine.environment;
    for (const auto& entry : entries) {
        if (entry.unset) {
            layer->unset.emplace_back(entry.key);
            continue;
        }
        auto value = entry.value.get(scope);
        if (engine.symbols.is_secret(entry.key)) engine.output.hide(value);
        layer->set[std::string(entry.key)] = std::move(value);
    }
    return layer;
}

}  // namespace arun::jobs
