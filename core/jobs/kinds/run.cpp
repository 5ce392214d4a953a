#include "jobs/kind.hpp"
#include "jobs/process.hpp"

namespace arun::jobs {

namespace {

struct Run {
    using Arguments = RunArguments;
    static constexpr std::string_view name = "run";
    static constexpr std::string_view summary = "runs a shell script";
    static constexpr std::string_view result = "`{exit, signal, stdout, stderr, duration}`";
    static constexpr const script::ResultType& result_type = process_result_type;
    static constexpr std::string_view shorthand = "script";
    static constexpr bool effects = true;
    static constexpr std::string_view notes =
        "The text runs as `/bin/sh -e -c TEXT`, so it ends at the first command that fails. A "
        "`shell` that is a string is run the same way; a list is used as it is, with the text "
        "as its last argument: `[bash, -euo, pipefail, -c]`.\n\n"
        "`$VAR` and `${VAR}` belong to the shell; `${{ }}` is evaluated before the shell sees "
        "the text. Do not put values from outside (a variable, a response of a server) into "
        "the text, where the shell would run them as commands: pass them with `env`, or write "
        "`${{ quote(x) }}`.\n\n"
        "Everything else is as with `exec`.";
    static constexpr std::string_view example =
        "- run: make -s all && echo built\n  timeout: 10m\n"
        "- run: |\n    cd \"$TARGET\"\n    ls | wc -l\n  env: {TARGET: /tmp}\n  name: count\n  output: "
        "prefix\n";
    static constexpr auto fields = with_process_fields(std::array{
        script::field<&Arguments::script>("script", "the text for the shell", {.required = true}),
        script::field<&Arguments::shell>("shell", "the shell", {.fallback = "/bin/sh"}),
    });

    static std::vector<std::string> argv_of(const Arguments& arguments, const Scope& scope) {
        std::vector<std::string> argv;
        if (arguments.shell) {
            for (const auto& text : arguments.shell->texts) argv.push_back(text.get(scope));
        } else {
            argv.emplace_back("/bin/sh");
        }
        if (argv.size() == 1) argv.insert(argv.end(), {"-e", "-c"});
        argv.push_back(arguments.script.get(scope));
        return argv;
    }

    static void check(script::Compiler& compiler, Arguments& arguments, syntax::Node) {
        apply_defaults(compiler, arguments);
    }

    static Coro<script::Value> run(Scope& scope, const Arguments& arguments) {
        MakeArgv argv = [&arguments](const Scope& inside) { return argv_of(arguments, inside); };
        return run_process(scope, arguments, std::move(argv));
    }
};

}  // namespace

ARUN_JOB_KIND(run, Run)

}  // namespace arun::jobs
