#include "jobs/background.hpp"
#include "jobs/children.hpp"
#include "jobs/engine.hpp"
#include "jobs/kind.hpp"
#include "jobs/run_job.hpp"
#include "rt/event.hpp"
#include "rt/sleep.hpp"
#include "script/compiler.hpp"

#include <algorithm>
#include <vector>

namespace arun {

namespace jobs {
enum class RaceGoal : std::uint8_t { finished, success };
}

template <>
struct script::EnumNames<jobs::RaceGoal> {
    static constexpr std::array<std::string_view, 2> names{"finished", "success"};
};

}  // namespace arun

namespace arun::jobs {

namespace {

using script::Value;

struct Race {
    struct Arguments {
        script::ChildList jobs;
        script::Dyn<RaceGoal> first{RaceGoal::finished};
    };
    static constexpr std::string_view name = "race";
    static constexpr std::string_view summary = "runs jobs at the same time and keeps the first";
    static constexpr std::string_view result = "{index, result} of the winner; the index counts from 0";
    static constexpr std::array properties{script::ResultProperty{"index", script::Shape::number},
                                           script::ResultProperty{"result"}};
    static constexpr script::ResultType result_type{script::Shape::mapping, properties};
    static constexpr std::string_view shorthand = "jobs";
    static constexpr std::string_view notes =
        "The others are cancelled and awaited. With `first: finished`, the first job to end "
        "wins, and if it failed, so does the race. With `first: success`, the first job to "
        "succeed wins, and the race fails when all have failed. A skipped job does not "
        "compete; if all are skipped, the race succeeds with null. Each job runs in a copy of the "
        "context.";
    static constexpr std::string_view example = "- race:\n  - {sleep: 10}\n  - {print: the winner}\n";
    static constexpr std::array fields{
        script::field<&Arguments::jobs>("jobs", "the jobs that compete", {.required = true}),
        script::field<&Arguments::first>("first", "what a job must do to win", {.fallback = "finished"}),
    };

    static void check(script::Compiler& compiler, Arguments& arguments, syntax::Node key) {
        if (arguments.jobs.jobs.empty()) compiler.error(key.span(), "'race' needs at least one job");
    }

    struct Racer {
        bool ended = false;
        bool competes = false;  ///< not skipped
        Duration at{};          ///< when it ended
        Value result;
        FailurePtr failure;
    };

    static Coro<> child(Children& children, const Scope& scope, const script::Job& job, std::uint64_t index,
                        Racer& racer, Event& ended) {
        ChildEnd end(children);
        const ListRun list(scope.list());
        const auto records = scope.engine().task_records(scope);
        Scope inside(scope, job, list.status());
        inside.set_records(records);
        CurrentJob current(inside);
        try {
            auto started = start_job(inside, list);
            racer.competes = started.has_value();
            if (started) racer.result = co_await *std::move(started);
        } catch (const std::exception&) {
            racer.failure = current_failure(inside);
            racer.competes = true;
            children.failed(index, racer.failure);
        }
        racer.at = scope.engine().loop->time() - (racer.failure ? racer.failure->lag : Duration());
        racer.ended = true;
        ended.set();
    }

    static bool meets(const Racer& racer, RaceGoal goal) {
        return racer.ended && racer.competes && !(racer.failure && goal == RaceGoal::success);
    }

    /// The first in script order of those that meet the goal so far; null if none does.
    static const Racer* winner_of(const std::vector<Racer>& racers, RaceGoal goal) {
        const auto found = std::ranges::find_if(racers, [&](const Racer& r) { return meets(r, goal); });
        return found == racers.end() ? nullptr : &*found;
    }

    /// Whether no racer that still runs could win in its place.
    static bool is_final(const std::vector<Racer>& racers, const Racer* winner) {
        const auto end = winner != nullptr ? racers.begin() + (winner - racers.data()) : racers.end();
        return std::all_of(racers.begin(), end, [](const Racer& r) { return r.ended; });
    }

    static Coro<Value> run(Scope& scope, const Arguments& arguments) {
        auto goal = arguments.first.get(scope);
        std::vector<Racer> racers(arguments.jobs.jobs.size());
        const Racer* winner = nullptr;
        Event ended;
        Children children(scope, 0);
        std::exception_ptr error;
        try {
            for (std::size_t i = 0; i < racers.size(); ++i)
                children.start(child(children, scope, arguments.jobs.jobs[i], i, racers[i], ended));
            while (winner == nullptr && !is_final(racers, nullptr)) {
                co_await ended.wait();
                ended.clear();
                winner = winner_of(racers, goal);
                if (winner == nullptr || is_final(racers, winner)) continue;
                // A racer further up in the script may end at the same instant, however many turns of the
                // loop it takes to.
                co_await settle();
                winner = winner_of(racers, goal);
            }
        } catch (...) {
            error = std::current_exception();
        }
        children.abort();
        co_await children.join(error, Children::Failing::child);
        if (winner == nullptr) {
            if (auto failure = children.failure()) throw JobFailure(failure);
            co_return none;
        }
        // That a child has failed is known a little after its end.
        for (const auto& racer : racers)
            if (goal == RaceGoal::finished && racer.failure && racer.at < winner->at) winner = &racer;
        for (const auto& racer : racers) {
            if (&racer == winner || !racer.failure) continue;
            if (goal == RaceGoal::finished) {
                drop(scope.engine(), *racer.failure);
            } else {
                tolerate(scope.engine(), *racer.failure);
            }
        }
        if (winner->failure) throw JobFailure(winner->failure);
        std::vector<Value::Entry> entries;
        entries.emplace_back("index", Value::number(winner - racers.data()));
        entries.emplace_back("result", winner->result);
        co_return Value::map(std::move(entries));
    }
};

}  // namespace

ARUN_JOB_KIND(race, Race)

}  // namespace arun::jobs
