#include "script/names.hpp"

#include "base/ascii.hpp"
#include "base/diagnostic.hpp"

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
    constexpr std::array<std::string_view, 9> words{"all",    "env",  "jobs",  "loop", "run",
                                                    "script", "true", "false", "null"};
    constexpr std::array<std::string_view, 14> functions{
        "contains", "startsWith", "endsWith", "format",    "join",   "toJSON",  "fromJSON",
        "success",  "failure",    "always",   "cancelled", "length", "default", "now"};
    return std::ranges::find(words, name) != words.end() ||
           std::ranges::any_of(functions, [&](auto function) { return equal_ignoring_case(function, name); });
}

const LexicalScope* LexicalScope::owner_of(const Symbol& symbol) const noexcept {
    auto* scope = this;
    while (!scope->isolates && scope->parent != nullptr) {
        if (scope->locals.contains(&symbol)) break;
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

void NameTable::define(const Symbol& symbol, const LexicalScope* scope, Span span, bool is_result) {
    const auto* owner = scope->owner_of(symbol);
    auto& definitions = definitions_[&symbol];
    const bool is_new =
        owner == &root_ ? !std::exchange(definitions.global, true) : places_.emplace(&symbol, owner).second;
    if (!is_new) return;
    if (owner->is_shared()) {
        definitions.in_shared = true;
        definitions.in_computed = definitions.in_computed || owner->shared_name_is_computed;
        shared_names_.emplace(&symbol, owner->shared_name);
    }
    recent_.push_back({&symbol, owner, span, false, is_result});
    if (!definitions.first) definitions.first = recent_.back();
}

std::optional<Span> NameTable::first_definition(const Symbol& symbol) const {
    const auto found = definitions_.find(&symbol);
    if (found == definitions_.end() || !found->second.first) return std::nullopt;
    return found->second.first->span;
}

const LexicalScope* NameTable::hiding_scope(const Symbol& symbol, const LexicalScope* scope) const {
    const auto has = [&](const std::vector<const Symbol*>& symbols) {
        return std::ranges::find(symbols, &symbol) != symbols.end();
    };
    for (; symbol.lexical && scope != nullptr; scope = scope->parent) {
        if (has(scope->bindings)) return scope;
        // Bindings outside of these do not hide the variable.
        if (has(scope->context_variables) || scope->locals.contains(&symbol)) break;
    }
    return nullptr;
}

namespace {

bool is_bound(const Symbol& symbol, const LexicalScope* scope) {
    for (; symbol.lexical && scope != nullptr; scope = scope->parent) {
        if (std::ranges::find(scope->bindings, &symbol) != scope->bindings.end()) return true;
    }
    return false;
}

}  // namespace

bool NameTable::is_visible(const Symbol& symbol, const Definitions& definitions,
                           const LexicalScope* scope) const {
    if (definitions.global) return true;
    for (; scope != nullptr; scope = scope->parent) {
        if (places_.contains({&symbol, scope})) return true;
        if (!definitions.in_shared || !scope->is_shared()) continue;
        // A computed name may be that of any shared context.
        if (definitions.in_computed || scope->shared_name_is_computed ||
            shared_names_.contains({&symbol, std::string(scope->shared_name)}))
            return true;
    }
    return false;
}

bool NameTable::is_visible(const Symbol& symbol, const LexicalScope* scope) const {
    if (is_bound(symbol, scope)) return true;
    const auto found = definitions_.find(&symbol);
    return found != definitions_.end() && is_visible(symbol, found->second, scope);
}

std::vector<std::string_view> NameTable::defined() const {
    std::vector<std::string_view> names;
    for (const auto& [symbol, definitions] : definitions_) names.push_back(symbol->name);
    std::ranges::sort(names);
    return names;
}

std::size_t NameTable::size() const noexcept {
    return definitions_.size() + recent_.size() + references_.size() + scopes_.size();
}

void NameTable::give(const Symbol& symbol) {
    define(symbol, &root_, {});
    given_.push_back(&symbol);
}

std::vector<const Symbol*> NameTable::unwanted() const {
    auto list = given_;
    auto known = wanted_;
    std::erase_if(list, [&](const Symbol* symbol) { return !known.insert(symbol).second; });
    return list;
}

std::vector<std::string_view> NameTable::wanted() const {
    std::vector<std::string_view> names;
    for (const auto* symbol : wanted_) names.push_back(symbol->name);
    std::ranges::sort(names);
    return names;
}

namespace {

/// The references of one variable inside one scope.
class Reads {
public:
    /// `index`: numbers the references in the order in which they were compiled.
    void add(std::size_t index, Span where, const LexicalScope* scope) {
        end_ = index + 1;
        auto& last = last_begin_[where.source];
        last = std::max(last, where.begin);
        for (; scope != nullptr; scope = scope->parent)
            if (scope->repeats) repeated_in_.insert(scope->parent);
    }
    /// Whether one was compiled as number `index` or later.
    bool is_after(std::size_t index) const noexcept { return end_ > index; }
    /// Whether one is in another source, or in this one at `begin` or later.
    bool is_behind(const Source* source, std::uint32_t begin) const {
        const auto here = last_begin_.find(source);
        if (here == last_begin_.end()) return !last_begin_.empty();
        return last_begin_.size() > 1 || here->second >= begin;
    }
    /// Whether a loop in `context` runs what is in `scope` and then one of them:
    ///
    ///     repeat: {count: 3, do: [{print: "${{ n }}"}, {set: {n: 2}}]}
    bool may_come_again(const LexicalScope* scope, const LexicalScope* context) const {
        // The condition of a loop has a scope beside that of its body.
        for (; scope != context && scope != nullptr; scope = scope->parent)
            if (scope->repeats && repeated_in_.contains(scope->parent)) return true;
        return false;
    }

private:
    std::size_t end_ = 0;
    std::unordered_map<const Source*, std::uint32_t> last_begin_;
    std::unordered_set<const LexicalScope*> repeated_in_;  ///< what is around the loops that they are in
};

/// How a value leaves the scope. The result of a job that sets it is null.
std::string way_out(const LexicalScope& scope, bool is_result) {
    const std::string job = scope.is_item ? "for_each" : "job";
    if (is_result) return "give the " + job + " an id and read jobs.ID.result";
    if (scope.is_item)
        return "a 'set' has no result: end the rounds with a job that has one, and read the list of them "
               "with 'capture' or jobs.ID.result of the for_each";
    return "give the job an id and read jobs.ID.result; that of a 'set' is null, so end it with a job that "
           "has one";
}

}  // namespace

void NameTable::check_watched(std::vector<Problem>& problems) {
    if (watched_.empty()) return;
    std::map<std::pair<const Symbol*, const LexicalScope*>, Reads> reads;
    std::unordered_set<const Symbol*> symbols;
    for (const auto& watched : watched_) {
        reads[{watched.symbol, watched.scope->owner_of(*watched.symbol)}];
        symbols.insert(watched.symbol);
    }
    for (std::size_t i = 0; i < references_.size(); ++i) {
        const auto& r = references_[i];
        if (!symbols.contains(r.symbol)) continue;
        for (const auto* scope = r.scope; scope != nullptr; scope = scope->parent)
            if (const auto found = reads.find({r.symbol, scope}); found != reads.end())
                found->second.add(i, r.span, r.scope);
    }
    for (const auto& watched : std::exchange(watched_, {})) {
        const auto* owner = watched.scope->owner_of(*watched.symbol);
        const auto& inside = reads.at({watched.symbol, owner});
        // An alias is compiled again where it is used, but has its place in the text only once.
        if (inside.is_after(watched.references) || inside.is_behind(watched.name.source, watched.end) ||
            inside.may_come_again(watched.scope, owner))
            continue;
        problems.push_back({Severity::warning, watched.name,
                            "'" + watched.symbol->name + "' is set in " + owner->description +
                                ", and nothing reads it there",
                            "it is not visible outside; " + way_out(*owner, false), watched.symbol});
    }
}

/// What stands for a shared context when its scopes are gone.
const LexicalScope* NameTable::kept_scope(const LexicalScope& scope) {
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
    return shared;
}

void NameTable::detach() {
    for (const auto& [symbol, scope, span, optional, is_result] : recent_) {
        const auto found = definitions_.find(symbol);
        if (found == definitions_.end()) continue;
        auto& definitions = found->second;
        definitions.first.reset();
        if (scope->is_shared() && definitions.detached == nullptr) definitions.detached = kept_scope(*scope);
        if (!definitions.global && !definitions.in_shared) definitions_.erase(found);
    }
    recent_.clear();
    places_.clear();
    scopes_.clear();
}

/// Reports a name that nothing defines; it may be bound in another scope, such as a loop.
NameTable::Problem NameTable::unknown_name(const Occurrence& reference) const {
    const auto& symbol = *reference.symbol;
    const auto binds = [&](const LexicalScope& scope) {
        return std::ranges::find(scope.bindings, &symbol) != scope.bindings.end();
    };
    const auto scope = symbol.lexical ? std::ranges::find_if(scopes_, binds) : scopes_.end();
    if (scope == scopes_.end() || scope->description.empty())
        return {Severity::error, reference.span, "unknown name '" + symbol.name + "'", {}, &symbol, true};
    return {Severity::error, reference.span,
            "'" + symbol.name + "' is not known here: it belongs to " + scope->description,
            scope->is_item
                ? "use it in 'do'; an 'if' next to for_each is evaluated once, before the first round"
                : "",
            &symbol};
}

NameTable::Problem NameTable::invisible_name(const Occurrence& reference,
                                             const Definitions& definitions) const {
    const auto first = definitions.detached != nullptr
                           ? Occurrence{reference.symbol, definitions.detached, {}}
                           : *definitions.first;
    std::string line;
    if (const auto* source = first.span.source) {
        const auto number = std::to_string(source->position(first.span.begin).line);
        line = source == reference.span.source ? " (line " + number + ")"
                                               : " (" + source->name() + ":" + number + ")";
    }
    const bool local = !first.scope->locals.empty();
    return {Severity::error, reference.span,
            "'" + reference.symbol->name + "' is not known here: it is " + (local ? "declared" : "set") +
                " only in " + first.scope->description + line + " and is not visible outside",
            local ? "set another variable in the included script, or declare it here too"
                  : way_out(*first.scope, first.is_result),
            reference.symbol};
}

std::vector<NameTable::Problem> NameTable::check_references() {
    std::vector<Problem> problems;
    check_watched(problems);
    for (const auto& r : references_) {
        if (is_bound(*r.symbol, r.scope)) continue;
        if (!given_.empty()) wanted_.insert(r.symbol);
        const auto found = definitions_.find(r.symbol);
        if (found == definitions_.end()) {
            problems.push_back(unknown_name(r));
        } else if (!r.optional && !is_visible(*r.symbol, found->second, r.scope)) {
            problems.push_back(invisible_name(r, found->second));
        }
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
