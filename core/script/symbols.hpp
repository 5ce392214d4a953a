/// The names of a whole run: variables and job ids, each known once, whatever script names it.
#pragma once

#include "base/source.hpp"
#include "rt/context.hpp"
#include "script/value.hpp"

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace arun::script {

/// A variable's name. Its value lives in the runtime's Context; `lexical` says that some for_each or some
/// scope-bound name (error, attempt, result) may stand in front of the context's value.
struct Symbol {
    explicit Symbol(std::string_view n) : name(n), variable(std::string(n)) {}
    std::string name;
    ContextVar<Value> variable;
    bool lexical = false;
    bool secret = false;  ///< no script's output may show its values
};

/// An id that some job declares. `index` numbers them from 0, for the engine's table.
struct JobId {
    std::string name;
    std::uint32_t index = 0;
    bool background = false;
    bool exists = false;  ///< some job declares it
    Span declared;        ///< where, while that script is compiled
};

class Symbols {
public:
    Symbol& symbol(std::string_view name);
    const Symbol* find(std::string_view name) const;
    JobId& id(std::string_view name);
    const JobId* find_id(std::string_view name) const;
    /// What `secrets` names: a variable, an environment variable, or both.
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

/// The texts that a secret value is to be hidden as: its own, or those of the texts and numbers in it.
void for_each_secret(const Value& value, const std::function<void(std::string_view)>& hide);

/// `[A-Za-z_][A-Za-z0-9_-]*`
bool is_name(std::string_view text);
/// Names that a script may not give to anything: the words and functions of the expression language.
bool is_reserved(std::string_view name);

}  // namespace arun::script
