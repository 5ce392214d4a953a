#include "jobs/engine.hpp"
#include "jobs/kind.hpp"

namespace arun::jobs {

namespace {

struct Fail {
    struct Arguments {
        script::Text message{"failed"};
    };
    static constexpr std::string_view name = "fail";
    static constexpr std::string_view summary = "always fails";
    static constexpr std::string_view result = "none";
    static constexpr std::string_view shorthand = "message";
    static constexpr std::string_view notes = "For checks of your own, mostly with an `if`.";
    static constexpr std::string_view example = "- fail: the host is not set\n  if: env.HOST == null\n";
    static constexpr std::array fields{
        script::field<&Arguments::message>("message", "what the failure says", {.fallback = "failed"}),
    };

    static script::Value run(Scope& scope, const Arguments& arguments) {
        jobs::fail(scope, arguments.message.get(scope));
    }
};

}  // namespace

ARUN_JOB_KIND(fail, Fail)

}  // namespace arun::jobs
