#include "jobs/engine.hpp"
#include "jobs/kind.hpp"
#include "jobs/modifiers.hpp"
#include "jobs/run_job.hpp"
#include "jobs/variables.hpp"

#include <memory>

namespace arun::jobs {

namespace {

using script::Value;

struct Include {
    struct Arguments {
        script::Variables variables;
        script::Included script;
    };
    static constexpr std::string_view name = "include";
    static constexpr std::string_view summary = "runs another script here";
    static constexpr std::string_view result = "its last job's";
    static constexpr std::string_view shorthand = "script";
    static constexpr std::string_view notes =
        "The path is relative to the including file. The file is read when the script is "
        "checked, so the path cannot be an expression.\n\n"
        "The included script runs in the current context, so variables that it sets stay set. "
        "Its own `vars` are defaults: variables that have a value keep it, and the `vars` of "
        "this job win. Its `env`, `timeout` and `finally` apply to its own jobs.";
    static constexpr std::string_view example =
        "- include: checks/health.yaml\n- include: {script: checks/page.yaml, vars: {path: /login}}\n";
    // `vars` comes first: the script's expressions know them.
    static constexpr std::array fields{
        script::field<&Arguments::variables>("vars", "variables to set first"),
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

    static Coro<Value> run(Scope& scope, const Arguments& arguments) {
        auto& body = *arguments.script.body;
        set_variables(scope, arguments.variables);
        declare_variables(scope, body.variables, true);
        Scope inside(scope);
        std::shared_ptr<const Environment> environment;
        if (!body.environment.empty()) {
            environment = make_environment(scope, body.environment);
            inside.set_environment(environment);
        }
        if (!body.finally) co_return co_await run_limited(inside, body);
        co_return co_await with_finally(inside, run_limited(inside, body), *body.finally);
    }
};

}  // namespace

ARUN_JOB_KIND(include, Include)

}  // namespace arun::jobs
