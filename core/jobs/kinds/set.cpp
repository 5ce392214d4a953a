#include "jobs/kind.hpp"
#include "jobs/variables.hpp"
#include "script/compiler.hpp"

namespace arun::jobs {

namespace {

struct Set {
    struct Arguments {
        script::Variables variables;
    };
    static constexpr std::string_view name = "set";
    static constexpr std::string_view summary = "sets variables in the current context";
    static constexpr std::string_view result = "null";
    static constexpr const script::ResultType& result_type = script::result_types::null;
    static constexpr std::string_view shorthand = "variables";
    static constexpr bool bare = true;
    static constexpr std::string_view notes =
        "The value is a mapping from names to values. They are set in order, and each entry "
        "sees the earlier ones.\n\n"
        "What a job of `parallel`, `race` or `for_each` or a `background` job sets stays in "
        "that job. So does what a job with a `context` of its own sets.";
    static constexpr std::string_view example =
        "- set: {host: localhost, url: \"http://${{ host }}:8080\"}\n- print: ${{ url }}\n";
    static constexpr std::array fields{
        script::field<&Arguments::variables>("variables", "names and their values", {.required = true}),
    };

    static void check(script::Compiler& compiler, Arguments& arguments, syntax::Node) {
        compiler.assignments(arguments.variables);
    }

    static script::Value run(Scope& scope, const Arguments& arguments) {
        set_variables(scope, arguments.variables);
        return {};
    }
};

}  // namespace

ARUN_JOB_KIND(set, Set)

}  // namespace arun::jobs
