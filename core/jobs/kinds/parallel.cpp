#include "jobs/children.hpp"
#include "jobs/engine.hpp"
#include "jobs/kind.hpp"
#include "jobs/run_job.hpp"

#include <vector>

namespace arun::jobs {

namespace {

using script::Value;

struct Parallel {
    struct Arguments {
        script::ChildList jobs;
        script::Dyn<script::Count> max_concurrent{script::Count{0}};
        script::Dyn<bool> fail_fast{true};
    };
    static constexpr std::string_view name = "parallel";
    static constexpr std::string_view summary = "runs jobs at the same time";
    static constexpr std::string_view result = "the list of their results, in the order of the script";
    static constexpr const script::ResultType& result_type = script::result_types::list;
    static constexpr std::string_view shorthand = "jobs";
    static constexpr std::string_view notes =
        "Each job runs in a copy of the context, so what it sets stays in it.\n\n"
        "The first failure cancels the other jobs, waits until they have ended, and fails the "
        "group. With `fail_fast: false`, all jobs run to their end before it fails.";
    static constexpr std::string_view example = "- parallel:\n  - {sleep: 1}\n  - {print: at once}\n";
    static constexpr std::array fields{
        script::field<&Arguments::jobs>("jobs", "the jobs that run at the same time", {.required = true}),
        script::field<&Arguments::max_concurrent>("max_concurrent", "how many run at a time; 0 means all",
                                                  {.fallback = "0"}),
        script::field<&Arguments::fail_fast>("fail_fast", "the first failure cancels the others",
                                             {.fallback = "true"}),
    };

    static Coro<> child(Children& children, const Scope& scope, const script::Job& job, std::uint64_t index,
                        Value& result, bool fail_fast) {
        ChildEnd end(children);
        const ListRun list(scope.list());
        const auto records = scope.engine().task_records(scope);
        Scope inside(scope, job, list.status());
        inside.set_records(records);
        CurrentJob current(inside);
        try {
            if (auto started = start_job(inside, list)) result = co_await *std::move(started);
        } catch (const std::exception&) {
            auto failure = current_failure(inside);
            result = failure->result;
            children.failed(index, failure);
            if (fail_fast) throw;
        }
    }

    static Coro<Value> run(Scope& scope, const Arguments& arguments) {
        bool fail_fast = arguments.fail_fast.get(scope);
        auto limit = static_cast<std::uint64_t>(arguments.max_concurrent.get(scope).value);
        std::vector<Value> results(arguments.jobs.jobs.size());
        Children children(scope, limit);
        std::exception_ptr error;
        try {
            for (std::size_t i = 0; i < results.size(); ++i) {
                if (!children.has_room()) co_await children.room();
                children.start(child(children, scope, arguments.jobs.jobs[i], i, results[i], fail_fast));
            }
        } catch (...) {
            error = std::current_exception();
        }
        co_await children.join(error);
        if (auto failure = children.failure()) throw JobFailure(failure);
        co_return Value::list(std::move(results));
    }
};

}  // namespace

ARUN_JOB_KIND(parallel, Parallel)

}  // namespace arun::jobs
