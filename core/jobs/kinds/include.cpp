#include "jobs/engine.hpp"
#include "jobs/kind.hpp"
#include "jobs/modifiers.hpp"
#include "jobs/run_job.hpp"
#include "jobs/variables.hpp"

#include <exception>
#include <memory>
#include <unordered_set>

namespace arun::jobs {

namespace {

using script::Value;

struct Include {
    struct Arguments {
        script::DeclaredVariables variables;
        script::Included script;
    };
    static constexpr std::string_view name = "include";
    static constexpr std::string_view summary = "runs another script here";
    static constexpr std::string_view result = "its last job's";
    static constexpr std::string_view shorthand = "script";
    static constexpr bool has_locals = true;
    static constexpr std::string_view notes =
        "The path is relative to the including file. The file is read when the script is "
        "checked, so the path cannot be an expression.\n\n"
        "The included script runs in the current context: variables that its jobs set stay "
        "set. The variables that it declares in `vars`, and those in the `vars` of this job, "
        "are local to the include, like function parameters: the `vars` of this job "
        "win over those of the file, and afterwards the variables are as they were before. "
        "Its `env`, `timeout` and `finally` apply to its own jobs.";
    static constexpr std::string_view example =
        "- include: checks/health.yaml\n- include: {script: checks/page.yaml, vars: {path: /login}}\n";
    // `vars` comes first: the script's expressions know them.
    static constexpr std::array fields{
        script::field<&Arguments::variables>("vars", "values for the variables of the script"),
        script::field<&Arguments::script>("script", "the file to run", {.required = true}),
    };

    static Coro<Value> run_jobs(const Scope& scope, const script::Body& body) {
        co_return co_await run_list(scope, body.jobs);
    }

    static Coro<Value> run_limited(const Scope& scope, const script::Body& body) {
        const auto limit = body.timeout ? body.timeout->get(scope) : Duration::zero();
        if (limit == Duration::zero()) return run_jobs(scope, body);
        return with_timeout(scope, limit, run_jobs(scope, body));
    }

    /// Sets what the job gives to the file, and what that declares. The command line's values come first,
    /// then the job's, then the file's. `inside` then sees them.
    static void set_parameters(const Scope& scope, const Arguments& arguments, ContextVariables& parameters,
                               Scope& inside) {
        const script::Variables given = arguments.variables;
        declare_variables(scope, given);
        parameters.show(given, inside);
        std::unordered_set<const script::Symbol*> symbols;
        for (const auto& variable : given) symbols.insert(variable.symbol);
        for (const auto& variable : arguments.script.body->variables) {
            if (symbols.contains(variable.symbol)) continue;
            declare_variables(inside, {&variable, 1});
            parameters.show(*variable.symbol, inside);
        }
    }

    static Coro<Value> run_script(Scope& scope, const Arguments& arguments) {
        ContextVariables parameters;
        Scope inside(scope);
        set_parameters(scope, arguments, parameters, inside);
        const auto& body = *arguments.script.body;
        std::shared_ptr<const Environment> environment;
        if (!body.environment.empty()) {
            environment = make_environment(inside, body.environment);
            inside.set_environment(environment);
        }
        if (!body.finally) co_return co_await run_limited(inside, body);
        co_return co_await with_finally(inside, run_limited(inside, body), *body.finally);
    }

    static Coro<Value> run(Scope& scope, const Arguments& arguments) {
        SavedVariables saved;
        for (const auto& variable : arguments.variables) saved.save(*variable.symbol);
        for (const auto& variable : arguments.script.body->variables) saved.save(*variable.symbol);
        Value result;
        std::exception_ptr error;
        try {
            result = co_await run_script(scope, arguments);
        } catch (...) {
            error = std::current_exception();
        }
        saved.restore(scope);
        if (error) std::rethrow_exception(error);
        co_return result;
    }
};

}  // namespace

ARUN_JOB_KIND(include, Include)

}  // namespace arun::jobs
