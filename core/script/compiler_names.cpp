// What the Compiler resolves: names, ids and literals.
#include "base/text.hpp"
#include "script/compiler.hpp"
#include "script/lookalikes.hpp"

#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

namespace arun::script {

const Symbol& Compiler::variable(std::string_view name, Span where) {
    ++names_read_;
    auto& symbol = compilation_.symbols.symbol(name);
    compilation_.names.reference(symbol, scope_, where, optional_);
    return symbol;
}

const JobId& Compiler::job(std::string_view id, Span where) {
    auto& job = compilation_.symbols.id(id);
    compilation_.id_uses.push_back({&job, where, false});
    return job;
}

const JobId& Compiler::background_id(std::string_view id, Span where) {
    auto& job = compilation_.symbols.id(id);
    compilation_.id_uses.push_back({&job, where, true});
    return job;
}

Value Compiler::script_property(std::string_view name) {
    if (name == "name") return Value::string(script_name_);
    std::error_code ignored;
    const std::filesystem::path directory(compilation_.directory);
    const auto path = std::filesystem::absolute(directory / including_.back(), ignored);
    return Value::string(path.parent_path().lexically_normal().string());
}

void Compiler::loop(Span where) {
    ++names_read_;
    if (!scope_->loop)
        error(where, "loop.index is known only inside a loop", "the loops are tick, repeat and for_each");
}

const Symbol* Compiler::define(syntax::Node name, const ResultType* type, bool is_result) {
    if (!is_name(name.text())) {
        const auto bare = name.text().substr(name.text().starts_with('$'));
        error(
            name.span(), quote_whole(name.text()) + " is not a valid variable name",
            bare != name.text() && is_name(bare)
                ? "write " + std::string(bare)
                : "a name consists of letters, digits, '_' and '-', and does not start with a digit or '-'");
        return nullptr;
    }
    if (is_reserved(name.text())) {
        error(name.span(), quote_whole(name.text()) + " cannot be the name of a variable",
              "the expression language reserves it");
        // Defined all the same, so that its uses are not reported too.
        compilation_.names.define(compilation_.symbols.symbol(name.text()), scope_, name.span());
        return nullptr;
    }
    auto& symbol = compilation_.symbols.symbol(name.text());
    symbol.type.add(type);
    if (declaring_) {
        compilation_.names.want(symbol);
        if (scope_->parent != nullptr) scope_->locals.insert(&symbol);
    }
    compilation_.names.define(symbol, scope_, name.span(), is_result);
    return &symbol;
}

void Compiler::bind(LexicalScope& scope, std::string_view name, const ResultType* type) {
    auto& symbol = compilation_.symbols.symbol(name);
    symbol.lexical = true;
    symbol.type.add(type);
    scope.bindings.push_back(&symbol);
}

const JobId* Compiler::declare_id(syntax::Node name) {
    if (!is_name(name.text()) || is_reserved(name.text())) {
        error(name.span(), quote_whole(name.text()) + " cannot be the id of a job",
              is_name(name.text())
                  ? "the expression language reserves it"
                  : "an id consists of letters, digits, '_' and '-', and does not start with a digit or '-'");
        return nullptr;
    }
    auto& id = compilation_.symbols.id(name.text());
    // Another script may use the same id. A YAML alias reads the same declaration again.
    const bool is_repeated = !declared_ids_.insert(&id).second;
    if (is_repeated && id.declared.source == name.span().source && id.declared.begin != name.span().begin) {
        error(name.span(),
              "the id " + quote_whole(name.text()) + " is already used by the job on line " +
                  std::to_string(id.declared.source->position(id.declared.begin).line),
              "ids must be unique within a script");
        return nullptr;
    }
    id.declared = name.span();
    id.exists = true;
    id.type.add(result_type_);
    return &id;
}

void Compiler::shell_text(const Template& text) {
    // A text that is one expression as a whole is a program that the author has somewhere else.
    if (text.parts.size() > 1 && !ignores(Warning::unquoted)) compilation_.shell_texts.push_back(&text);
}

bool Compiler::assignment(const Symbol& symbol, Span name) {
    const auto* hiding = compilation_.names.hiding_scope(symbol, scope_);
    if (hiding == nullptr) return true;
    error(name, quote_whole(symbol.name) + " belongs to " + hiding->description + ", and cannot be set there",
          hiding->is_item ? "choose another name, or give the for_each another 'as'" : "choose another name");
    return false;
}

void Compiler::assignments(Variables variables) {
    for (const auto& variable : variables) {
        if (variable.symbol != nullptr && assignment(*variable.symbol, variable.span) &&
            !ignores(Warning::unread))
            compilation_.names.watch(*variable.symbol, scope_, variable.span, variable.value->span.end);
    }
}

void Compiler::plain_text(std::string_view text, Span where) {
    if (ignores(Warning::unexpanded)) return;
    for_each_lookalike(text, for_shell_, [&](std::string_view piece, std::string_view name) {
        compilation_.lookalikes.push_back({scope_, where, piece, name});
    });
}

const Value* Compiler::keep(Value value) {
    return &script_.literals.emplace_front(std::move(value));
}

const Regex* Compiler::keep(std::shared_ptr<const Regex> pattern) {
    return script_.patterns.emplace_back(std::move(pattern)).get();
}

}  // namespace arun::script
