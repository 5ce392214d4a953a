#include "jobs/engine.hpp"
#include "jobs/kind.hpp"
#include "jobs/run_job.hpp"
#include "rt/sleep.hpp"

#include <limits>
#include <optional>

namespace arun::jobs {

namespace {

using script::Value;

struct Repeat {
    struct Arguments {
        std::optional<script::Dyn<script::Count>> count;
        script::Dyn<Duration> delay{Duration::zero()};
        script::LoopCondition until;
        script::LoopBody body;
    };
    static constexpr std::string_view name = "repeat";
    static constexpr std::string_view summary = "runs jobs again and again";
    static constexpr std::string_view result = "the number of rounds";
    static constexpr const script::ResultType& result_type = script::result_types::number;
    static constexpr std::string_view shorthand = "count";
    static constexpr std::string_view notes =
        "The rounds run one after the other in the job's context; `loop.index` counts them "
        "from 1. Without `count`, they go on until `until` is true, a job fails, or the loop "
        "is cancelled.\n\n"
        "`until` is evaluated after each round; when it is true, the loop ends. If `count` "
        "runs out first, the job fails.";
    static constexpr std::string_view example =
        "- repeat: 3\n  delay: 100ms\n  do: {print: \"round ${{ loop.index }}\"}\n";
    static constexpr std::array fields{
        script::field<&Arguments::count>("count", "the number of rounds", {.fallback = "unlimited"}),
        script::field<&Arguments::delay>("delay", "the pause between rounds", {.fallback = "0"}),
        script::field<&Arguments::until>("until", "ends the loop when it is true after a round"),
        script::field<&Arguments::body>("do", "the body: the jobs of a round", {.required = true}),
    };

    static bool lists_rounds(const Arguments& arguments) {
        if (!arguments.count) return false;
        return arguments.count->computed != nullptr ||
               is_listed(static_cast<std::uint64_t>(arguments.count->literal.value));
    }
    static bool is_listed(std::uint64_t count) { return count <= max_listed_rounds; }

    static Coro<Value> run(Scope& scope, const Arguments& arguments) {
        auto count = arguments.count ? static_cast<std::uint64_t>(arguments.count->get(scope).value)
                                     : std::numeric_limits<std::uint64_t>::max();
        auto delay = arguments.delay.get(scope);
        Scope round(scope);
        Round here{scope.job(), 0, nullptr, is_listed(count), scope.rounds()};
        round.set_round(here);
        for (std::uint64_t i = 1; i <= count; ++i) {
            // Without a delay, each round still gives the loop one turn.
            auto pause = Duration::zero();
            if (i > 1) pause = delay;
            co_await sleep(pause);
            here.index = i;
            {
                RoundWatch watch(scope, here);
                try {
                    auto body = run_list(round, arguments.body);
                    if (!body.ready()) co_await std::move(body).coroutine();
                } catch (const std::exception&) {
                    watch.ended(Outcome::failure);
                    throw;
                }
                watch.ended(Outcome::success);
            }
            if (arguments.until && script::evaluate(*arguments.until.expression, round).truthy()) {
                co_return Value::number(i);
            }
        }
        if (arguments.until)
            fail(scope,
                 "until never became true in " + std::to_string(count) + (count == 1 ? " round" : " rounds"));
        co_return Value::number(count);
    }
};

}  // namespace

ARUN_JOB_KIND(repeat, Repeat)

}  // namespace arun::jobs
