#include "jobs/children.hpp"
#include "jobs/registry.hpp"
#include "jobs/run.hpp"
#include "plan/compiler.hpp"

#include <optional>

namespace arun {

namespace jobs {
enum class RaceGoal : std::uint8_t { finished, success };
}

template <>
struct plan::EnumNames<jobs::RaceGoal> {
    static constexpr std::array<std::string_view, 2> names{"finished", "success"};
};

}  // namespace arun

namespace arun::jobs {

namespace {

using plan::Value;

struct Race {
    struct Arguments {
        plan::ChildList jobs;
        plan::Dyn<RaceGoal> first{RaceGoal::finished};
    };
    static constexpr std::string_view name = "race";
    static constexpr std::string_view summary = "runs jobs at the same time and keeps the first";
    static constexpr std::string_view result = "{index, result} of the winner; the index counts from 0";
    static constexpr std::string_view shorthand = "jobs";
    static constexpr std::string_view notes =
        "The others are cancelled and awaited. With first: finished the first to end wins, and if it failed, "
        "the race fails; "
        "with first: success the race fails when all have. Skipped jobs do not compete.";
    static constexpr std::string_view example = "- race:\n  - {sleep: 10}\n  - {print: the winner}\n";
    static constexpr std::array fields{
        plan::field<&Arguments::jobs>("jobs", "the jobs", {.required = true}),
        plan::field<&Arguments::first>("first", "what it takes to win", {.fallback = "finished"}),
    };

    static void check(plan::Compiler& compiler, Arguments& arguments, doc::Node key) {
        if (arguments.jobs.jobs.empty()) compiler.error(key.span(), "'race' needs at least one job");
    }

    struct Winner {
        std::size_t index = 0;
        Value result;
        FailurePtr failure;
    };

    static Coro<> child(Children& children, const Scope& scope, const plan::Job& job, std::size_t index,
                        RaceGoal goal, std::optional<Winner>& winner) {
        ChildEnd end(children);
        ListRun list(scope.list());
        bool ran = false;
        Winner mine;
        mine.index = index;
        try {
            mine.result = co_await run_step(scope, job, list, &ran);
        } catch (const std::exception&) {
            Scope place(scope, job, list.status());
            mine.failure = current_failure(place);
            ran = true;
        }
        if (!ran || winner) co_return;
        if (mine.failure && goal == RaceGoal::success) {
            children.failed(mine.failure);
            co_return;
        }
        winner.emplace(std::move(mine));
        children.abort();
    }

    static Coro<Value> run(Scope& scope, const Arguments& arguments) {
        auto goal = arguments.first.get(scope);
        std::optional<Winner> winner;
        Children children(scope, 0);
        for (std::size_t i = 0; i < arguments.jobs.jobs.size(); ++i) {
            children.start(child(children, scope, arguments.jobs.jobs[i], i, goal, winner));
        }
        co_await children.join(nullptr);
        if (winner && winner->failure) throw JobFailure(winner->failure);
        if (!winner) {
            if (auto failure = children.failure()) throw JobFailure(failure);
            co_return Value();
        }
        std::vector<Value::Entry> entries;
        entries.emplace_back("index", Value::number(static_cast<double>(winner->index)));
        entries.emplace_back("result", winner->result);
        co_return Value::map(std::move(entries));
    }
};

}  // namespace

ARUN_JOB_KIND(race, Race)

}  // namespace arun::jobs
