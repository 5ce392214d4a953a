#include "script/names.hpp"

#include "base/diagnostic.hpp"
#include "base/suggestion.hpp"
#include "script/functions.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

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

const LexicalScope* LexicalScope::owner_of(const Symbol& symbol) const noexcept {
    auto* scope = this;
    while (!scope->isolates && scope->parent != nullptr) {
        if (std::ranges::find(scope->locals, &symbol) != scope->locals.end()) break;
        scope = scope->parent;
    }
    return scope;
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

bool NameTable::is_visible(const Occurrence& definition, const LexicalScope* from) const {
    if (definition.scope == &root_) return true;
    for (auto* scope = from; scope != nullptr; scope = scope->parent) {
        if (scope == definition.scope || may_be_same_context(*scope, *definition.scope)) return true;
    }
    return false;
}

std::vector<bool> NameTable::are_visible(
    std::span<const std::pair<const Symbol*, const LexicalScope*>> names) const {
    std::vector<bool> visible;
    if (names.empty()) return visible;
    std::unordered_map<const Symbol*, std::vector<const Occurrence*>> definitions;
    for (const auto& [symbol, scope] : names) definitions[symbol];
    for (const auto& d : definitions_)
        if (const auto found = definitions.find(d.symbol); found != definitions.end())
            found->second.push_back(&d);
    for (const auto& [symbol, scope] : names) {
        const auto is_there = [&](const Occurrence* d) { return is_visible(*d, scope); };
        visible.push_back(is_bound(symbol, scope) || std::ranges::any_of(definitions.at(symbol), is_there));
    }
    return visible;
}

void NameTable::give(const Symbol& symbol) {
    define(symbol, &root_, {});
    if (std::ranges::find(given_, &symbol) == given_.end()) given_.push_back(&symbol);
}

std::vector<const Symbol*> NameTable::unwanted() const {
    auto list = given_;
    std::erase_if(list, [&](const Symbol* symbol) { return wanted_.contains(symbol); });
    return list;
}

std::vector<std::string_view> NameTable::wanted() const {
    std::vector<std::string_view> names;
    for (const auto* symbol : wanted_) names.push_back(symbol->name);
    std::ranges::sort(names);
    return names;
}

namespace {

bool is_inside(const LexicalScope* scope, const LexicalScope* outer) {
    while (scope != nullptr && scope != outer) scope = scope->parent;
    return scope == outer;
}

/// Whether a loop in the context runs what is in `scope` and then what is in `other`:
///
///     repeat: {count: 3, do: [{print: "${{ n }}"}, {set: {n: 2}}]}
bool may_run_again(const LexicalScope* scope, const LexicalScope* other, const LexicalScope* context) {
    for (; scope != context && scope != nullptr; scope = scope->parent) {
        if (!scope->repeats) continue;
        // The condition of a loop has a scope beside that of its body.
        for (auto* s = other; s != nullptr; s = s->parent)
            if (s->repeats && s->parent == scope->parent) return true;
    }
    return false;
}

}  // namespace

bool NameTable::is_read(const Watched& watched, const ReferencesBySymbol& references) const {
    const auto* owner = watched.scope->owner_of(*watched.symbol);
    const auto found = references.find(watched.symbol);
    return found != references.end() && std::ranges::any_of(found->second, [&](std::size_t i) {
               const auto& r = references_[i];
               if (!is_inside(r.scope, owner)) return false;
               // An alias is compiled again where it is used, but has its place in the text only once.
               return i >= watched.references || r.span.source != watched.name.source ||
                      r.span.begin >= watched.end || may_run_again(watched.scope, r.scope, owner);
           });
}

void NameTable::check_watched(std::vector<Problem>& problems) {
    if (watched_.empty()) return;
    ReferencesBySymbol references;
    for (const auto& watched : watched_) references[watched.symbol];
    for (std::size_t i = 0; i < references_.size(); ++i)
        if (const auto found = references.find(references_[i].symbol); found != references.end())
            found->second.push_back(i);
    for (const auto& watched : std::exchange(watched_, {})) {
        if (is_read(watched, references)) continue;
        problems.push_back(
            {Severity::warning, watched.name,
             "'" + watched.symbol->name + "' is set in a round of for_each, and nothing reads it there",
             "it is not visible outside; give the for_each an id and read jobs.ID.result", watched.symbol});
    }
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
    std::vector<Problem> problems;
    check_watched(problems);
    if (!given_.empty()) {
        for (const auto& r : references_)
            if (!is_bound(r.symbol, r.scope)) wanted_.insert(r.symbol);
    }
    std::erase_if(references_, [&](const Occurrence& r) { return global_.contains(r.symbol); });
    if (references_.empty()) return problems;
    std::unordered_map<const Symbol*, std::vector<const Occurrence*>> definitions;
    for (auto& d : definitions_) definitions[d.symbol].push_back(&d);

    for (auto& r : references_) {
        if (is_bound(r.symbol, r.scope)) continue;
        const auto found = definitions.find(r.symbol);
        if (found == definitions.end()) {
            std::vector<std::string_view> names;
            for (auto& [symbol, occurrences] : definitions) names.push_back(symbol->name);
            std::ranges::sort(names);
            problems.push_back(
                {Severity::error, r.span, "unknown name '" + r.symbol->name + "'",
                 did_you_mean(r.symbol->name, names,
                              "nothing in the script sets it; text in an expression needs quotes"),
                 r.symbol});
            continue;
        }
        const auto& occurrences = found->second;
        if (r.optional ||
            std::ranges::any_of(occurrences, [&](const Occurrence* d) { return is_visible(*d, r.scope); }))
            continue;
        const auto& first = *occurrences.front();
        std::string line;
        if (const auto* source = first.span.source) {
            const auto number = std::to_string(source->position(first.span.begin).line);
            line = source == r.span.source ? " (line " + number + ")"
                                           : " (" + source->name() + ":" + number + ")";
        }
        const bool local = !first.scope->locals.empty();
        problems.push_back({Severity::error, r.span,
                            "'" + r.symbol->name + "' is not known here: it is " +
                                (local ? "declared" : "set") + " only in " + first.scope->description + line +
                                " and is not visible outside",
                            local ? "set another variable in the included script, or declare it here too"
                                  : "give that job an id and read jobs.ID.result",
                            r.symbol});
    }
    references_.clear();
    // What is read in a place that cannot see it is reported there.
    std::unordered_set<const Symbol*> wrong;
    for (const auto& problem : problems)
        if (problem.severity == Severity::error) wrong.insert(problem.symbol);
    std::erase_if(problems, [&](const Problem& problem) {
        return problem.severity == Severity::warning && wrong.contains(problem.symbol);
    });
    return problems;
}

}  // namespace arun::script
