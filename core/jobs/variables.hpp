/// Giving values to variables and environment variables while a script runs.
#pragma once

#include "jobs/scope.hpp"
#include "script/job.hpp"
#include "script/value.hpp"

#include <forward_list>
#include <memory>
#include <optional>
#include <unordered_map>

namespace arun::jobs {

/// Sets a variable in the running context. Values of secrets are hidden from then on.
void assign(const Scope& scope, const script::Symbol& symbol, script::Value value);

/// Sets variables in the running context, in order; each entry sees the earlier ones. Throws EvalError.
void set_variables(const Scope& scope, script::Variables variables);

/// Sets the variables that a script declares in `vars`. Those given on the command line keep their values,
/// with the type of the declared one. Throws EvalError.
void declare_variables(const Scope& scope, script::Variables variables);

/// Sets an input of a script: to the value from outside, else to that of `given`, which an include has in its
/// `vars`, else to its default, else to null. Throws EvalError if that is not of its type.
void declare_input(const Scope& scope, const script::Input& input, const script::Variable* given = nullptr);

/// The values that variables have in the running context, to be put back later: those of an include are
/// local.
class SavedVariables {
public:
    void save(const script::Symbol& symbol);
    /// Puts the values back into the running context; unsets the variables that had none.
    void restore(const Scope& scope);

private:
    std::unordered_map<const script::Symbol*, std::optional<script::Value>> values_;
};

/// Variables that a job declares for what is inside it: there they mean the context's, even if a binding
/// around the job has the same name (the item of a for_each). Lives as long as the scopes inside.
class ContextVariables {
public:
    void show(const script::Symbol& symbol, Scope& inside);
    void show(script::Variables variables, Scope& inside);

private:
    std::forward_list<Binding> bindings_;
};

/// The environment that `entries` make on top of that of `scope`. Throws EvalError.
std::shared_ptr<const Environment> make_environment(const Scope& scope, script::TextMap entries);

}  // namespace arun::jobs
