#include "jobs/background.hpp"
#include "jobs/engine.hpp"
#include "jobs/kind.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace arun::jobs {

namespace {

using script::Value;

struct Wait {
    struct Arguments {
        script::IdList ids;
    };
    static constexpr std::string_view name = "wait";
    static constexpr std::string_view summary = "waits until background jobs have ended";
    static constexpr std::string_view result = "the job's result, or a list of results for several jobs";
    static constexpr std::string_view shorthand = "for";
    static constexpr std::string_view notes =
        "`wait: all` means every background job except those that contain this job.\n\n"
        "If one of the jobs fails, the wait fails once all of them have ended; "
        "`continue_on_error` at the wait allows that failure. For a job that has ended, the "
        "wait gives its result at once; for one that was not started, null. While an id has "
        "several runs, it means all of them.\n\n"
        "Cancelling a wait, or its timeout, leaves its jobs running.";
    static constexpr std::string_view example =
        "- do: [{sleep: 1}, {print: done}]\n  id: work\n  background: true\n- wait: work\n";
    static constexpr std::array fields{
        script::field<&Arguments::ids>("for", "an id, a list of ids, or all", {.required = true}),
    };

    /// The runs of an id that live or that failed, or else the last run, which has ended.
    struct Target {
        BackgroundRuns runs;
        std::optional<JobRecord> ended;
    };

    static Target target_of(const Scope& scope, const script::JobId& id) {
        Target target{runs_of(scope.engine(), &id), {}};
        for (const auto& run : target.runs)
            if (is_inside(*run, scope)) fail(scope, "a job cannot wait for itself: '" + id.name + "'");
        const auto* record = scope.engine().find_record(scope, id);
        if (!target.runs.empty() || record == nullptr) return target;
        // One whose failure another wait has taken: that may give it back, but then this one still has it.
        if (const auto run = record->background.lock(); run && run->failure) {
            target.runs.push_back(run);
        } else {
            target.ended = *record;
        }
        return target;
    }

    /// Waits for the runs. Throws JobFailure if any of them has failed.
    static Coro<> join_runs(Engine& engine, const BackgroundRuns& runs) {
        const FailureTaker taker(engine, runs);
        co_await join_all(runs);
        if (auto failure = take_failure(engine, runs)) throw JobFailure(std::move(failure));
    }

    static Coro<Value> wait_for_all(Scope& scope) {
        auto& engine = scope.engine();
        auto runs = runs_of(engine, nullptr);
        std::erase_if(runs, [&](const auto& run) { return is_inside(*run, scope); });
        co_await join_runs(engine, runs);
        std::vector<Value> results;
        for (const auto& run : runs) results.push_back(run->result);
        co_return Value::list(std::move(results));
    }

    static Coro<Value> run(Scope& scope, const Arguments& arguments) {
        if (arguments.ids.all) co_return co_await wait_for_all(scope);
        std::vector<Target> targets;
        BackgroundRuns runs;
        for (const auto* id : arguments.ids.ids) {
            targets.push_back(target_of(scope, *id));
            runs.insert(runs.end(), targets.back().runs.begin(), targets.back().runs.end());
        }
        co_await join_runs(scope.engine(), runs);
        std::vector<Value> results;
        for (const auto& [waited, ended] : targets) {
            if (ended && ended->failure && !ended->allowed) throw JobFailure(ended->failure);
            for (const auto& run : waited) results.push_back(run->result);
            if (waited.empty()) results.push_back(ended ? ended->result : Value());
        }
        if (arguments.ids.single && results.size() == 1) co_return results.front();
        co_return Value::list(std::move(results));
    }
};

}  // namespace

ARUN_JOB_KIND(wait, Wait)

}  // namespace arun::jobs
