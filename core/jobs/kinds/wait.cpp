#include "jobs/background.hpp"
#include "jobs/registry.hpp"

#include <algorithm>

namespace arun::jobs {

namespace {

using plan::Value;

struct Wait {
    struct Arguments {
        plan::IdList ids;
    };
    static constexpr std::string_view name = "wait";
    static constexpr std::string_view summary = "waits until background jobs have ended";
    static constexpr std::string_view result = "the job's result; of several jobs a list";
    static constexpr std::string_view shorthand = "for";
    static constexpr std::string_view notes =
        "wait: all stands for every background job but those that the waiting job is in.\n\n"
        "If one of them failed, the wait fails, after all have ended; with continue_on_error that failure is "
        "allowed. "
        "Cancelling or timing out a wait leaves its jobs running. For a job that has ended it gives the "
        "result at once, "
        "for one that was not started null. An id that runs several times stands for all its runs.";
    static constexpr std::string_view example =
        "- do: [{sleep: 1}, {print: done}]\n  id: work\n  background: true\n- wait: work\n";
    static constexpr std::array fields{
        plan::field<&Arguments::ids>("for", "an id, a list of ids, or all", {.required = true}),
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
            if (!first && record.failure) first = record.failure;
        }
        if (first) throw JobFailure(first);

        if (arguments.ids.single) {
            auto& id = *arguments.ids.ids.front();
            auto live = std::ranges::count_if(runs, [&](const auto& run) { return run->id == &id; });
            if (live <= 1) co_return engine.record(id).result;
        }
        std::vector<Value> results;
        if (arguments.ids.all || arguments.ids.single) {
            for (auto& run : runs) results.push_back(run->result);
        } else {
            for (auto* id : arguments.ids.ids) results.push_back(engine.record(*id).result);
        }
        co_return Value::list(std::move(results));
    }
};

}  // namespace

ARUN_JOB_KIND(wait, Wait)

}  // namespace arun::jobs
