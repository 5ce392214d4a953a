#include "base/suggestion.hpp"
#include "base/text.hpp"
#include "jobs/engine.hpp"
#include "jobs/kind.hpp"
#include "jobs/modifiers.hpp"
#include "jobs/run_job.hpp"
#include "jobs/variables.hpp"
#include "script/compiler.hpp"
#include "script/inputs.hpp"

#include <algorithm>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

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
        "set. Its `inputs`, the variables that it declares in `vars`, and those in the `vars` of "
        "this job are local to the include, like function parameters: the `vars` of this job "
        "give the inputs and win over the variables of the file, and afterwards all are as they "
        "were before. "
        "Its `env`, `timeout` and `finally` apply to its own jobs.";
    static constexpr std::string_view example =
        "- include: checks/health.yaml\n- include: {script: checks/page.yaml, vars: {path: /login}}\n";
    // `vars` comes first: the script's expressions know them.
    static constexpr std::array fields{
        script::field<&Arguments::variables>("vars", "values for the inputs and variables of the script"),
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

    static const script::Input* input_of(const script::Body& body, const script::Variable& variable) {
        const auto found = std::ranges::find(body.inputs, variable.symbol, &script::Input::symbol);
        return found != body.inputs.end() ? &*found : nullptr;
    }

    static void check(script::Compiler& compiler, Arguments& arguments, syntax::Node key) {
        const auto& body = *arguments.script.body;
        if (body.inputs.empty()) return;
        std::unordered_set<const script::Symbol*> known;
        for (const auto& variable : body.variables) known.insert(variable.symbol);
        for (const auto& variable : arguments.variables) {
            const auto* input = input_of(body, variable);
            if (input != nullptr) {
                check_value(compiler, *input, variable);
            } else if (variable.symbol != nullptr && !known.contains(variable.symbol)) {
                report_unknown(compiler, body, variable);
            }
            known.insert(variable.symbol);
        }
        for (const auto& input : body.inputs) {
            if (!input.required || known.contains(input.symbol)) continue;
            if (compiler.compilation().names.is_given(*input.symbol)) continue;
            std::string message =
                "the input " + quote_whole(input.symbol->name) + " of the script is missing";
            if (!input.description.empty()) message += ": " + std::string(input.description);
            compiler.error(key.span(), std::move(message), "give it in 'vars'");
        }
    }

    static void check_value(script::Compiler& compiler, const script::Input& input,
                            const script::Variable& variable) {
        if (variable.value->literal == nullptr) return;
        const auto value = script::convert_input(input, *variable.value->literal, script::Spelling::value);
        if (!value)
            compiler.error(variable.value->span,
                           "the input " + quote_whole(input.symbol->name) + ": " + value.error().message);
    }

    static void report_unknown(script::Compiler& compiler, const script::Body& body,
                               const script::Variable& variable) {
        std::vector<std::string_view> names;
        for (const auto& input : body.inputs) names.push_back(input.symbol->name);
        for (const auto& declared : body.variables)
            if (declared.symbol != nullptr) names.push_back(declared.symbol->name);
        const auto name = quote_whole(variable.symbol->name);
        compiler.error(variable.span, "the script has no input " + name,
                       did_you_mean(variable.symbol->name, names, "it has " + join(names, ", ")));
    }

    /// Sets what the job gives to the file, and what that declares. The command line's values come first,
    /// then the job's, then the file's. `inside` then sees them.
    static void set_parameters(const Scope& scope, const Arguments& arguments, ContextVariables& parameters,
                               Scope& inside) {
        const auto& body = *arguments.script.body;
        std::unordered_set<const script::Symbol*> symbols;
        for (const auto& variable : arguments.variables) {
            symbols.insert(variable.symbol);
            if (const auto* input = input_of(body, variable))
                declare_input(scope, *input, &variable);
            else
                declare_variables(scope, {&variable, 1});
        }
        parameters.show(arguments.variables, inside);
        for (const auto& input : body.inputs) {
            if (symbols.contains(input.symbol)) continue;
            declare_input(inside, input);
            parameters.show(*input.symbol, inside);
        }
        for (const auto& variable : body.variables) {
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
        for (const auto& input : arguments.script.body->inputs) saved.save(*input.symbol);
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
