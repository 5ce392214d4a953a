/// The names of a run: variables and job ids, and where in a script each is visible.
#pragma once

#include "base/diagnostic.hpp"
#include "base/source.hpp"
#include "rt/context.hpp"
#include "script/result_type.hpp"
#include "script/value.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace arun::script {

/// The name of a variable, whose value lives in the runtime's Context.
struct Symbol {
    explicit Symbol(std::string_view n) : name(n), variable(std::string(n)) {}
    std::string name;
    ContextVar<Value> variable;
    KnownType type;        ///< of everything that any script assigns to it
    bool lexical = false;  ///< a LexicalScope somewhere binds it, which may hide the Context's value
    bool secret = false;   ///< its values must not appear in any output
};

/// The id of a job. `index` numbers the ids from 0, for the engine's table.
struct JobId {
    std::string name;
    std::uint32_t index = 0;
    bool background = false;
    bool exists = false;       ///< a job declares it
    bool output_read = false;  ///< something waits for words in its output
    bool result_read = false;  ///< an expression reads its result
    bool service = false;      ///< something cancels it, or waits only while it runs
    KnownType type;            ///< of the job's result
    Span declared;             ///< where, while that script is being compiled
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
/// The keywords of the expression language and its oldest functions, which cannot name a variable or job. The
/// names of later functions can, so that a new one breaks no script: a call has parentheses.
bool is_reserved(std::string_view name);

/// A part of a script with its own names. An isolating scope is a context: variables set inside are not
/// visible outside. Other scopes only bind names lexically, such as the variable of a for_each or `error` in
/// a finally.
struct LexicalScope {
    const LexicalScope* parent = nullptr;
    bool isolates = false;
    bool loop = false;                     ///< loop.index is known
    bool is_item = false;                  ///< a round of a for_each
    bool repeats = false;                  ///< the jobs in it run again in the same context
    std::string description;               ///< for messages: "a background job"
    std::string_view shared_name;          ///< the name of a shared context
    bool shared_name_is_computed = false;  ///< a shared context that may have any name
    std::vector<const Symbol*> bindings;
    std::vector<const Symbol*> context_variables;  ///< those that a `context` of a job declares
    /// The variables that an include and its file declare. They are not visible outside, and what its jobs
    /// assign to them is not either.
    std::unordered_set<const Symbol*> locals;

    bool is_shared() const noexcept { return shared_name_is_computed || !shared_name.empty(); }
    const LexicalScope* context() const noexcept {
        auto* scope = this;
        while (!scope->isolates && scope->parent != nullptr) scope = scope->parent;
        return scope;
    }
    /// The scope in which an assignment to the variable is visible: an include that declares it, or the
    /// context.
    const LexicalScope* owner_of(const Symbol& symbol) const noexcept;
};

/// Where variables are defined and referenced, in all scripts of a run.
class NameTable {
public:
    LexicalScope* root() noexcept { return &root_; }
    /// Opens a scope inside `parent`.
    LexicalScope* open(const LexicalScope* parent);

    /// `is_result`: the variable gets the result of a job.
    void define(const Symbol& symbol, const LexicalScope* scope, Span span, bool is_result = false);
    /// Where the variable was defined first, if that is in a script which is being compiled.
    std::optional<Span> first_definition(const Symbol& symbol) const;
    /// `optional`: the expression has a value if the variable is not visible there, but it has to exist.
    void reference(const Symbol& symbol, const LexicalScope* scope, Span span, bool optional = false) {
        references_.push_back({&symbol, scope, span, optional});
    }
    /// Records a `set` of the variable, whose value ends at `end`, to report it if nothing can read it.
    void watch(const Symbol& symbol, const LexicalScope* scope, Span name, std::uint32_t end) {
        // Anything may read what the script's own context and shared ones have.
        if (const auto* owner = scope->owner_of(symbol); owner->isolates && !owner->is_shared())
            watched_.push_back({&symbol, scope, name, end, references_.size()});
    }
    /// The scope whose binding hides what the Context has under that name, so that nothing can read what is
    /// assigned to it. Null if there is none.
    const LexicalScope* hiding_scope(const Symbol& symbol, const LexicalScope* scope) const;
    /// Whether the variable is visible in the scope.
    bool is_visible(const Symbol& symbol, const LexicalScope* scope) const;
    /// The names of all variables that are defined somewhere, sorted.
    std::vector<std::string_view> defined() const;

    /// Defines a variable of the command line. The scripts have to declare or read it.
    void give(const Symbol& symbol);
    /// A script declares the variable, so that the command line may give it.
    void want(const Symbol& symbol) {
        if (!given_.empty()) wanted_.insert(&symbol);
    }
    /// The variables of the command line that no script declares or reads.
    std::vector<const Symbol*> unwanted() const;
    bool is_given(const Symbol& symbol) const noexcept {
        return std::ranges::find(given_, &symbol) != given_.end();
    }
    /// The names of the variables that scripts declare or read, sorted. Empty if the command line gives none.
    std::vector<std::string_view> wanted() const;

    /// Discards the references for whose span `is_discarded` returns true, and what it watches there.
    template <class F>
    void discard(F&& is_discarded) {
        std::erase_if(references_, [&](const Occurrence& o) { return is_discarded(o.span); });
        std::erase_if(watched_, [&](const Watched& w) { return is_discarded(w.name); });
    }

    struct Problem {
        Severity severity;
        Span span;
        std::string message;
        std::string hint;
        const Symbol* symbol;
        bool unknown = false;  ///< nothing defines it; the caller adds a hint
    };
    /// Checks the references since the last call: each needs a definition that is visible there. Warns of
    /// variables that are watched and not read.
    std::vector<Problem> check_references();
    /// Drops all scopes and spans after check_references(), so that the compiled scripts may be destroyed.
    /// The definitions that later scripts can see are kept: those at the top level and in shared contexts.
    void detach();
    /// The number of variables, occurrences and scopes that are kept.
    std::size_t size() const noexcept;

private:
    /// A place where a name is defined or referenced.
    struct Occurrence {
        const Symbol* symbol;
        const LexicalScope* scope;  ///< of a definition: where it is visible
        Span span;
        bool optional = false;
        bool is_result = false;  ///< of a definition: by a `capture`
    };
    /// Where one variable is defined.
    struct Definitions {
        bool global = false;                     ///< at the top level of a script, which all can see
        bool in_shared = false;                  ///< in a shared context
        bool in_computed = false;                ///< in a shared context with a computed name
        const LexicalScope* detached = nullptr;  ///< the first that is kept by detach(), unless it is global
        std::optional<Occurrence> first;         ///< of those since the last detach()
    };
    struct Watched {
        const Symbol* symbol;
        const LexicalScope* scope;
        Span name;
        std::uint32_t end;
        std::size_t references;  ///< how many there were
    };

    bool is_visible(const Symbol& symbol, const Definitions& definitions, const LexicalScope* scope) const;
    Problem invisible_name(const Occurrence& reference, const Definitions& definitions) const;
    Problem unknown_name(const Occurrence& reference) const;
    void check_watched(std::vector<Problem>& problems);
    const LexicalScope* kept_scope(const LexicalScope& scope);

    LexicalScope root_;
    std::deque<LexicalScope> scopes_;
    std::vector<Occurrence> references_;
    std::unordered_map<const Symbol*, Definitions> definitions_;
    std::set<std::pair<const Symbol*, const LexicalScope*>> places_;  ///< the definitions that are not global
    std::set<std::pair<const Symbol*, std::string>> shared_names_;    ///< of those in shared contexts
    std::vector<Occurrence> recent_;  ///< the definitions since the last detach(), each once
    std::vector<Watched> watched_;
    std::vector<const Symbol*> given_;
    std::unordered_set<const Symbol*> wanted_;
    std::map<std::string, LexicalScope, std::less<>> shared_scopes_;  ///< of detached definitions
    LexicalScope computed_scope_;  ///< stands for all shared contexts with a computed name
};

}  // namespace arun::script
