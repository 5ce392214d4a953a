#include "script/names.hpp"

#include "base/diagnostic.hpp"
#include "base/suggestion.hpp"
#include "script/functions.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace arun::script {

Symbol& Symbols::symbol(std::string_view name) {
    if (auto found = by_name_.find(name); found != by_name_.end()) return *found->second;
    auto& symbol = symbols_.emplace_back(name);
    symbol.secret = is_secret(name);
    by_name_.emplace(symbol.name, &symbol);
    return symbol;
}

const Symbol* Symbols::find(std::string_view name) const {
    auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : found->second;
}

JobId& Symbols::id(std::string_view name) {
    if (auto found = ids_by_name_.find(name); found != ids_by_name_.end()) return *found->second;
    auto& id = ids_.emplace_back();
    id.name = name;
    id.index = static_cast<std::uint32_t>(ids_.size() - 1);
    ids_by_name_.emplace(id.name, &id);
    return id;
}

const JobId* Symbols::find_id(std::string_view name) const {
    auto found = ids_by_name_.find(name);
    return found == ids_by_name_.end() ? nullptr : found->second;
}

void Symbols::add_secret(std::string_view name) {
    secrets_.emplace(name);
    if (auto found = by_name_.find(name); found != by_name_.end()) found->second->secret = true;
}

bool is_name(std::string_view text) {
    return !text.empty() && starts_name(text.front()) && std::ranges::all_of(text, continues_name);
}

bool is_reserved(std::string_view name) {
    constexpr std::array<std::string_view, 7> words{"all", "env", "jobs", "loop", "true", "false", "null"};
    return std::ranges::find(words, name) != words.end() || find_function(name) != nullptr;
}

LexicalScope* NameTable::open(const LexicalScope* parent) {
    auto& scope = scopes_.emplace_back();
    scope.parent = parent;
    scope.loop = parent->loop;
    return &scope;
}

namespace {

bool may_be_same_context(const LexicalScope& a, const LexicalScope& b) {
    if (!a.is_shared() || !b.is_shared()) return false;
    return a.shared_name_is_computed || b.shared_name_is_computed || a.shared_name == b.shared_name;
}

bool is_bound(const Symbol* symbol, const LexicalScope* scope) {
    for (; scope != nullptr; scope = scope->parent) {
        if (std::ranges::find(scope->bindings, symbol) != scope->bindings.end()) return true;
    }
    return false;
}

}  // namespace

bool NameTable::is_visible(const Occurrence& definition, const Occurrence& reference) const {
    for (auto* scope = reference.scope; scope != nullptr; scope = scope->parent) {
        if (scope == definition.scope || may_be_same_context(*scope, *definition.scope)) return true;
    }
    return definition.scope->context() == &root_;
}

/// The scope that a definition is kept in, or null when nothing later can see it or it is known already.
const LexicalScope* NameTable::detached_scope(const Occurrence& definition) {
    const auto& scope = *definition.scope;
    if (&scope == &root_) return global_.insert(definition.symbol).second ? &root_ : nullptr;
    if (!scope.is_shared()) return nullptr;
    auto* shared = &computed_scope_;
    if (!scope.shared_name_is_computed) {
        const auto entry = shared_scopes_.try_emplace(std::string(scope.shared_name)).first;
        shared = &entry->second;
        shared->shared_name = entry->first;
    }
    shared->shared_name_is_computed = scope.shared_name_is_computed;
    shared->isolates = true;
    shared->parent = &root_;
    shared->description = scope.description;
    return shared_.emplace(shared, definition.symbol).second ? shared : nullptr;
}

void NameTable::detach() {
    auto end = detached_;
    for (auto i = detached_; i < definitions_.size(); ++i) {
        const auto* symbol = definitions_[i].symbol;
        if (const auto* scope = detached_scope(definitions_[i])) definitions_[end++] = {symbol, scope, {}};
    }
    definitions_.resize(end);
    detached_ = end;
    scopes_.clear();
}

std::vector<NameTable::Problem> NameTable::check_references() {
    std::erase_if(references_, [&](const Occurrence& r) { return global_.contains(r.symbol); });
    if (references_.empty()) return {};
    std::unordered_map<const Symbol*, std::vector<const Occurrence*>> definitions;
    for (auto& d : definitions_) definitions[d.symbol].push_back(&d);

    std::vector<Problem> problems;
    for (auto& r : references_) {
        if (is_bound(r.symbol, r.scope)) continue;
        const auto found = definitions.find(r.symbol);
        if (found == definitions.end()) {
            std::vector<std::string_view> names;
            for (auto& [symbol, occurrences] : definitions) names.push_back(symbol->name);
            std::ranges::sort(names);
            problems.push_back(
                {r.span, "unknown name '" + r.symbol->name + "'",
                 did_you_mean(r.symbol->name, names,
                              "nothing in the script sets it; text in an expression needs quotes")});
            continue;
        }
        const auto& occurrences = found->second;
        if (std::ranges::any_of(occurrences, [&](const Occurrence* d) { return is_visible(*d, r); }))
            continue;
        const auto& first = *occurrences.front();
        const auto line =
            first.span.source != nullptr
                ? " (line " + std::to_string(first.span.source->position(first.span.begin).line) + ")"
                : std::string();
        problems.push_back({r.span,
                            "'" + r.symbol->name + "' is not known here: it is set only in " +
                                first.scope->description + line + " and is not visible outside",
                            "give that job an id and read jobs.ID.result"});
    }
    references_.clear();
    return problems;
}

}  // namespace arun::script
