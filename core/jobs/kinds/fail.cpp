#include "jobs/engine.hpp"
#include "jobs/kind.hpp"

namespace arun::jobs {

namespace {

struct Fail {
    struct Arguments {
        script::Text message{"failed"};
        script::Dyn<script::ExitStatus> exit{script::ExitStatus{1}};
    };
    static constexpr std::string_view name = "fail";
    static constexpr std::string_view summary = "always fails";
    static constexpr std::string_view result = "none";
    static constexpr std::string_view shorthand = "message";
    static constexpr std::string_view notes =
        "For checks of your own, mostly with an `if`. If it is the first failure of the run, `arun` "
        "exits with `exit`, which is better not 2, 124 or 125: those have a meaning of their own.";
    static constexpr std::string_view example =
        "- fail: the host is not set\n  if: env.HOST == null\n"
        "- fail: {message: try again later, exit: 75}\n  if: env.BUSY != null\n";
    static constexpr std::array fields{
        script::field<&Arguments::message>("message", "what the failure says", {.fallback = "failed"}),
        script::field<&Arguments::exit>("exit", "the exit status of arun, 1 to 255", {.fallback = "1"}),
    };

    static script::Value run(Scope& scope, const Arguments& arguments) {
        auto failure = std::make_shared<Failure>(*make_failure(scope, arguments.message.get(scope)));
        failure->exit_status = arguments.exit.get(scope).value;
        throw JobFailure(failure);
    }
};

}  // namespace

ARUN_JOB_KIND(fail, Fail)

}  // namespace arun::jobs
