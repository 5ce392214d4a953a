#include "jobs/kind.hpp"
#include "jobs/run_job.hpp"

namespace arun::jobs {

namespace {

struct Do {
    struct Arguments {
        script::JobList jobs;
    };
    static constexpr std::string_view name = "do";
    static constexpr std::string_view summary = "runs jobs in order";
    static constexpr std::string_view result = "the last job's";
    static constexpr std::string_view shorthand = "jobs";
    static constexpr std::string_view notes =
        "Gives several jobs one `timeout`, `retry`, `if`, `context` or `finally`. Beside "
        "`tick`, `repeat` or `for_each`, `do` is not a kind but their body.";
    static constexpr std::string_view example =
        "- do: [{print: working}, {sleep: 5}]\n  timeout: 2s\n  continue_on_error: true\n";
    static constexpr std::array fields{
        script::field<&Arguments::jobs>("jobs", "the jobs, run one after the other", {.required = true}),
    };

    static ValueTask<script::Value> run(Scope& scope, const Arguments& arguments) {
        return run_list(scope, arguments.jobs);
    }
};

}  // namespace

ARUN_JOB_KIND(do, Do)

}  // namespace arun::jobs
