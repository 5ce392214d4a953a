#include "rt/sleep.hpp"
#include "jobs/engine.hpp"
#include "jobs/kind.hpp"

namespace arun::jobs {

namespace {

struct Sleep {
    struct Arguments {
        script::Dyn<Duration> length;
    };
    static constexpr std::string_view name = "sleep";
    static constexpr std::string_view summary = "waits for a time";
    static constexpr std::string_view result = "null";
    static constexpr const script::ResultType& result_type = script::result_types::null;
    static constexpr std::string_view shorthand = "for";
    static constexpr std::string_view notes =
        "A sleep never ends early. With a length of 0, it lets other jobs run first.";
    static constexpr std::string_view example = "- sleep: 1.5\n- sleep: 250ms\n";
    static constexpr std::array fields{
        script::field<&Arguments::length>("for", "how long", {.required = true}),
    };

    /// Its frame holds nothing but the timer: there may be a million of them.
    static Coro<script::Value> pause(arun::detail::SleepFor timer) {
        co_await timer;
        co_return none;
    }

    static Coro<script::Value> run(Scope& scope, const Arguments& arguments) {
        return pause(arun::sleep(arguments.length.get(scope)));
    }
};

}  // namespace

ARUN_JOB_KIND(sleep, Sleep)

}  // namespace arun::jobs
