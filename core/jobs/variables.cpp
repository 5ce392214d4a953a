#include "jobs/variables.hpp"

#include "base/text.hpp"
#include "jobs/engine.hpp"
#include "script/expression.hpp"
#include "script/inputs.hpp"

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

void declare_variables(const Scope& scope, script::Variables variables) {
    const auto& from_command_line = scope.engine().outside;
    for (const auto& variable : variables) {
        auto value = script::evaluate(*variable.value, scope);
        if (const auto given = from_command_line.find(variable.symbol); given != from_command_line.end()) {
            auto typed = script::convert_variable(*given->second, value.type());
            if (!typed)
                throw script::EvalError(variable.span, given->second->origin + ": " + typed.error().message);
            value = *std::move(typed);
        }
        assign(scope, *variable.symbol, std::move(value));
    }
}

void declare_input(const Scope& scope, const script::Input& input, const script::Variable* given) {
    const auto& from_outside = scope.engine().outside;
    const auto outside = from_outside.find(input.symbol);
    const auto convert = [&](const Value& value, script::Spelling spelling, Span where) {
        auto typed = script::convert_input(input, value, spelling);
        if (!typed)
            throw script::EvalError(
                where, "the input " + quote_whole(input.symbol->name) + ": " + typed.error().message);
        assign(scope, *input.symbol, *std::move(typed));
    };
    if (outside != from_outside.end()) {
        convert(outside->second->value, outside->second->spelling, input.span);
    } else if (given != nullptr) {
        convert(script::evaluate(*given->value, scope), script::Spelling::value, given->span);
    } else if (input.fallback != nullptr) {
        convert(script::evaluate(*input.fallback, scope), script::Spelling::value, input.fallback->span);
    } else {
        assign(scope, *input.symbol, {});
    }
}

void SavedVariables::save(const script::Symbol& symbol) {
    const auto* value = symbol.variable.get_if();
    values_.try_emplace(&symbol, value != nullptr ? std::optional(*value) : std::nullopt);
}

void SavedVariables::restore(const Scope& scope) {
    for (auto& [symbol, value] : values_) {
        if (value) {
            assign(scope, *symbol, *std::move(value));
        } else {
            symbol->variable.unset_in(current_context());
        }
    }
    values_.clear();
}

void ContextVariables::show(const script::Symbol& symbol, Scope& inside) {
    if (!symbol.lexical) return;
    bindings_.push_front({&symbol, nullptr, inside.bindings()});
    inside.bind(bindings_.front());
}

void ContextVariables::show(script::Variables variables, Scope& inside) {
    for (const auto& variable : variables) show(*variable.symbol, inside);
}

std::shared_ptr<const Environment> make_environment(const Scope& scope, script::TextMap entries) {
    auto& engine = scope.engine();
    auto layer = std::make_shared<Environment>();
    layer->outer = scope.environment_layer() != nullptr ? *scope.environment_layer() : engine.environment;
    for (const auto& entry : entries) {
        if (entry.unset) {
            layer->unset.emplace(entry.key);
            continue;
        }
        auto value = entry.value.get(scope);
        if (engine.symbols.is_secret(entry.key)) engine.output.hide(value);
        layer->set[std::string(entry.key)] = std::move(value);
    }
    return layer;
}

}  // namespace arun::jobs
