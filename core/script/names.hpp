/// The names of a run: variables and job ids, and where in a script each is visible.
#pragma once

#include "base/source.hpp"
#include "rt/context.hpp"
#include "script/value.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace arun::script {

/// The name of a variable, whose value lives in the runtime's Context.
struct Symbol {
    explicit Symbol(std::string_view n) : name(n), variable(std::string(n)) {}
    std::string name;
    ContextVar<Value> variable;
    bool lexical = false;  ///< a LexicalScope somewhere binds it, which may hide the Context's value
    bool secret = false;   ///< its values must not appear in any output
};

/// The id of a job. `index` numbers the ids from 0, for the engine's table.
struct JobId {
    std::string name;
    std::uint32_t index = 0;
    bool background = false;
    bool exists = false;  ///< a job declares it
    Span declared;        ///< where, while that script is being compiled
};

/// Interns names: the scripts of a run share one Symbol or JobId per name.
class Symbols {
public:
    Symbol& symbol(std::string_view name);
    const Symbol* find(std::string_view name) const;
    JobId& id(std::string_view name);
    const JobId* find_id(std::string_view name) const;
    /// A name listed in `secrets`: of a variable, an environment variable, or both.
    void add_secret(std::string_view name);
    bool is_secret(std::string_view name) const { return secrets_.contains(name); }
    const std::set<std::string, std::less<>>& secrets() const noexcept { return secrets_; }
    const std::deque<Symbol>& all() const noexcept { return symbols_; }
    const std::deque<JobId>& ids() const noexcept { return ids_; }

private:
    std::deque<Symbol> symbols_;
    std::deque<JobId> ids_;
    std::map<std::string, Symbol*, std::less<>> by_name_;
    std::map<std::string, JobId*, std::less<>> ids_by_name_;
    std::set<std::string, std::less<>> secrets_;
};

constexpr bool starts_name(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
constexpr bool continues_name(char c) noexcept {
    return starts_name(c) || (c >= '0' && c <= '9') || c == '-';
}
/// `[A-Za-z_][A-Za-z0-9_-]*`
bool is_name(std::string_view text);
/// The keywords and functions of the expression language, which cannot name a variable or job.
bool is_reserved(std::string_view name);

/// A part of a script with its own names. An isolating scope is a context: variables set inside are not
/// visible outside. Other scopes only bind names lexically, such as the variable of a for_each or `error` in
/// a finally.
struct LexicalScope {
    const LexicalScope* parent = nullptr;
    bool isolates = false;
    bool loop = false;                     ///< loop.index is known
    std::string description;               ///< for messages: "a background job"
    std::string_view shared_name;          ///< the name of a shared context
    bool shared_name_is_computed = false;  ///< a shared context that may have any name
    std::vector<const Symbol*> bindings;

    bool is_shared() const noexcept { return shared_name_is_computed || !shared_name.empty(); }
    const LexicalScope* context() const noexcept {
        auto* scope = this;
        while (!scope->isolates && scope->parent != nullptr) scope = scope->parent;
        return scope;
    }
};

/// Where variables are defined and referenced, in all scripts of a run.
class NameTable {
public:
    LexicalScope* root() noexcept { return &root_; }
    /// Opens a scope inside `parent`.
    LexicalScope* open(const LexicalScope* parent);

    void define(const Symbol& symbol, const LexicalScope* scope, Span span) {
        definitions_.push_back({&symbol, scope->context(), span});
    }
    void reference(const Symbol& symbol, const LexicalScope* scope, Span span) {
        references_.push_back({&symbol, scope, span});
    }

    /// Discards the references of a source that could not be read in full: what it did not get to may define
    /// them.
    void discard_references(const Source& source) {
        std::erase_if(references_, [&](const Occurrence& o) { return o.span.source == &source; });
    }

    struct Problem {
        Span span;
        std::string message;
        std::string hint;
    };
    /// Checks the references since the last call: each needs a definition that is visible there.
    std::vector<Problem> check_references();
    /// Drops all scopes and spans after check_references(), so that the compiled scripts may be destroyed.
    /// The definitions that later scripts can see are kept: those at the top level and in shared contexts.
    void detach();
    /// The number of occurrences and scopes that are kept.
    std::size_t size() const noexcept { return definitions_.size() + references_.size() + scopes_.size(); }

private:
    /// A place where a name is defined or referenced.
    struct Occurrence {
        const Symbol* symbol;
        const LexicalScope* scope;  ///< of a definition: the context
        Span span;
    };

    bool is_visible(const Occurrence& definition, const Occurrence& reference) const;
    const LexicalScope* detached_scope(const Occurrence& definition);

    LexicalScope root_;
    std::deque<LexicalScope> scopes_;
    std::vector<Occurrence> references_;
    std::vector<Occurrence> definitions_;  ///< detached ones first
    std::size_t detached_ = 0;
    // The detached definitions, each once.
    std::unordered_set<const Symbol*> global_;
    std::map<std::string, LexicalScope, std::less<>> shared_scopes_;
    LexicalScope computed_scope_;  ///< stands for all shared contexts with a computed name
    std::set<std::pair<const LexicalScope*, const Symbol*>> shared_;
};

}  // namespace arun::script
