#include "jobs/background.hpp"
#include "jobs/engine.hpp"
#include "jobs/kind.hpp"
#include "script/compiler.hpp"

namespace arun::jobs {

namespace {

using script::Value;

struct Cancel {
    struct Arguments {
        script::IdList ids;
    };
    static constexpr std::string_view name = "cancel";
    static constexpr std::string_view summary = "cancels background jobs and waits until they have ended";
    static constexpr std::string_view result = "null";
    static constexpr const script::ResultType& result_type = script::result_types::null;
    static constexpr std::string_view shorthand = "job";
    static constexpr std::string_view notes =
        "`all` means every background job except those that contain this job. The next job "
        "starts when the cancelled ones have ended, including their `finally`. A job that was "
        "cancelled has not failed. Jobs that have ended or have not started are left alone.";
    static constexpr std::string_view example =
        "- tick: 1s\n  do: {print: tick}\n  id: clock\n  background: true\n- sleep: 3.5\n- cancel: clock\n";
    static constexpr std::array fields{
        script::field<&Arguments::ids>("job", "an id, a list of ids, or all", {.required = true}),
    };

    static void check(script::Compiler& compiler, const Arguments& arguments, syntax::Node) {
        for (const auto* id : arguments.ids.ids) compiler.compilation().symbols.id(id->name).service = true;
    }

    static Coro<Value> run(Scope& scope, const Arguments& arguments) {
        auto& engine = scope.engine();
        BackgroundRuns runs;
        auto add = [&](const script::JobId* id) {
            for (auto& run : runs_of(engine, id)) {
                if (run->task.done()) continue;
                if (!is_inside(*run, scope)) {
                    runs.push_back(run);
                } else if (id != nullptr) {
                    fail(scope, "a job cannot cancel itself: '" + id->name + "'");
                }
            }
        };
        if (arguments.ids.all) add(nullptr);
        for (auto* id : arguments.ids.ids) add(id);
        for (auto& run : runs) {
            run->stopped = true;
            run->task.cancel();
        }
        co_await join_all(runs);
        for (auto& run : runs) forget_cancelled(engine, run);
        co_return none;
    }
};

}  // namespace

ARUN_JOB_KIND(cancel, Cancel)

}  // namespace arun::jobs
