#include "jobs/background.hpp"
#include "jobs/engine.hpp"
#include "jobs/kind.hpp"

#include <algorithm>

namespace arun::jobs {

namespace {

using script::Value;

struct Wait {
    struct Arguments {
        script::IdList ids;
    };
    static constexpr std::string_view name = "wait";
    static constexpr std::string_view summary = "waits until background jobs have ended";
    static constexpr std::string_view result = "the job's result; of several jobs a list";
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

    static BackgroundRuns targets(const Scope& scope, const Arguments& arguments) {
        auto& engine = scope.engine();
        if (arguments.ids.all) {
            auto runs = runs_of(engine, nullptr);
            std::erase_if(runs, [&](const auto& run) { return is_inside(*run, scope); });
            return runs;
        }
        BackgroundRuns runs;
        for (auto* id : arguments.ids.ids) {
            for (auto& run : runs_of(engine, id)) {
                if (is_inside(*run, scope)) fail(scope, "a job cannot wait for itself: '" + id->name + "'");
                runs.push_back(run);
            }
        }
        return runs;
    }

    static Coro<Value> run(Scope& scope, const Arguments& arguments) {
        auto& engine = scope.engine();
        auto runs = targets(scope, arguments);
        co_await join(runs);

        FailurePtr first;
        for (auto& run : runs) {
            if (!run->failure) continue;
            if (!first) first = run->failure;
            run->joined = true;
            engine.background.remove(run);
        }
        for (auto* id : arguments.ids.ids) {
            auto& record = engine.record(*id);
            if (!first && record.failure && !record.allowed) first = record.failure;
        }
        if (first) throw JobFailure(first);

        // For each id, the results of the runs that were awaited, or else that of the last run.
        std::vector<Value> results;
        if (arguments.ids.all)
            for (auto& run : runs) results.push_back(run->result);
        for (auto* id : arguments.ids.ids) {
            const auto before = results.size();
            for (auto& run : runs)
                if (run->id == id) results.push_back(run->result);
            if (results.size() == before) results.push_back(engine.record(*id).result);
        }
        if (arguments.ids.single && results.size() == 1) co_return results.front();
        co_return Value::list(std::move(results));
    }
};

}  // namespace

ARUN_JOB_KIND(wait, Wait)

}  // namespace arun::jobs
