#include "jobs/children.hpp"
#include "jobs/engine.hpp"
#include "jobs/items.hpp"
#include "jobs/kind.hpp"
#include "jobs/registry.hpp"
#include "jobs/run.hpp"
#include "plan/compiler.hpp"
#include "rt/context.hpp"
#include "rt/sleep.hpp"

#include <vector>

namespace arun::jobs {

namespace {

using plan::Value;

struct ForEach {
    struct Arguments {
        plan::AnyValue list;
        plan::AnyValue range;
        plan::LoopName variable;
        plan::Dyn<plan::Count> max_concurrent{plan::Count{1}};
        plan::Dyn<bool> fail_fast{true};
        plan::ItemBody body;
    };
    static constexpr std::string_view name = "for_each";
    static constexpr std::string_view summary = "runs jobs for each item of a list";
    static constexpr std::string_view result = "the list of the rounds' results, in the order of the items";
    static constexpr std::string_view shorthand = "in";
    static constexpr std::string_view notes =
        "Either `in` or `range` says what the items are. Each round runs in a copy of the job's context; "
        "the item is in the variable that `as` names, and `loop.index` counts the rounds from 1.\n\n"
        "A range is Python's: `N` stands for the numbers from 0 to N-1, `[start, stop]` and `[start, "
        "stop, step]` for those from start up to, but without, stop.\n\n"
        "With a `max_concurrent` above 1, or 0 for no limit, rounds run at the same time. The first "
        "failure cancels the other rounds and fails the loop. With `fail_fast: false` all rounds run "
        "before it fails.";
    static constexpr std::string_view example =
        "- for_each: [alpha, beta]\n  as: host\n  do: {print: \"checking ${{ host }}\"}\n"
        "- for_each: {range: [1, 10, 3], max_concurrent: 0, do: {print: \"${{ item }}\"}}\n";
    static constexpr std::array fields{
        plan::field<&Arguments::list>("in", "the items"),
        plan::field<&Arguments::range>("range",
                                       "numbers instead of items: N, [start, stop] or [start, stop, step]"),
        plan::field<&Arguments::variable>("as", "the variable that holds the item", {.fallback = "item"}),
        plan::field<&Arguments::max_concurrent>("max_concurrent", "rounds at a time; 0 means no limit",
                                                {.fallback = "1"}),
        plan::field<&Arguments::fail_fast>("fail_fast", "the first failure cancels the other rounds",
                                           {.fallback = "true"}),
        plan::field<&Arguments::body>("do", "the body: the jobs of a round", {.required = true}),
    };

    static void check(plan::Compiler& compiler, Arguments& arguments, doc::Node key) {
        bool list = arguments.list.value != nullptr;
        bool range = arguments.range.value != nullptr;
        if (list == range)
            compiler.error(key.span(),
                           list ? "'for_each' takes in or range, not both" : "'for_each' needs in or range");
        if (arguments.variable.symbol == nullptr)
            arguments.variable.symbol = &compiler.universe().symbols.symbol("item");
        // What is wrong with a literal is known before anything runs.
        auto* value = list ? arguments.list.value : arguments.range.value;
        if (value == nullptr || value->literal == nullptr) return;
        auto items = list ? Items::of_list(*value->literal) : Items::of_range(*value->literal);
        if (!items)
            compiler.error(value->span,
                           std::string(list ? "'in'" : "'range'") + " of for_each: " + items.error());
    }

    static Items items_of(const Scope& scope, const Arguments& arguments) {
        bool list = arguments.list.value != nullptr;
        auto& source = list ? *arguments.list.value : *arguments.range.value;
        auto value = plan::evaluate(source, scope);
        auto items = list ? Items::of_list(value) : Items::of_range(value);
        if (!items)
            throw plan::EvalError(source.span,
                                  std::string(list ? "'in'" : "'range'") + " of for_each: " + items.error());
        return *std::move(items);
    }

    static Coro<Value> round(const Scope& scope, const Arguments& arguments, Value item,
                             std::uint64_t index) {
        auto& symbol = *arguments.variable.symbol;
        if (symbol.secret) plan::for_each_secret(item, [&](auto text) { scope.engine().output.hide(text); });
        Binding binding{&symbol, &item, scope.bindings()};
        Scope inside(scope);
        inside.bind(binding);
        inside.set_round(index);
        co_return co_await run_list(inside, arguments.body);
    }

    static Coro<> child(Children& children, const Scope& scope, const Arguments& arguments, Value item,
                        std::uint64_t index, Value* result, bool fail_fast) {
        ChildEnd end(children);
        try {
            auto value = co_await round(scope, arguments, std::move(item), index);
            if (result != nullptr) *result = std::move(value);
        } catch (const std::exception&) {
            children.failed(current_failure(scope));
            if (fail_fast) throw;
        }
    }

    /// A body that is a single job which cannot tell the rounds apart needs no surroundings of its own for
    /// each round.
    static bool is_uniform(const Scope& scope, const Arguments& arguments) {
        auto jobs = arguments.body.jobs;
        return jobs.size() == 1 && jobs[0].modifiers == nullptr && !jobs[0].reads_names &&
               kind_of(jobs[0]).run != nullptr && !scope.job()->result_read &&
               scope.engine().observer.interest() != Interest::all;
    }

    static Coro<Value> run(Scope& scope, const Arguments& arguments) {
        auto items = items_of(scope, arguments);
        auto limit = static_cast<std::uint64_t>(arguments.max_concurrent.get(scope).value);
        bool fail_fast = arguments.fail_fast.get(scope);
        bool keep = scope.job()->result_read;
        bool lean = limit == 0 && fail_fast && is_uniform(scope, arguments);
        std::vector<Value> results(keep ? items.size() : 0);
        ListStatus status;
        status.of = scope.list();
        if (arguments.body.empty()) co_return Value::list(std::move(results));
        auto& job = arguments.body.jobs.front();
        Scope shared(scope, job, status);
        Children children(scope, limit);
        std::exception_ptr error;
        try {
            for (std::uint64_t i = 0; i < items.size(); ++i) {
                if (lean) {
                    children.group().start(kind_of(job).run(shared, job.arguments));
                    continue;
                }
                if (!children.has_room()) co_await children.room();
                children.start(child(children, scope, arguments, items.at(i), i + 1,
                                     keep ? &results[i] : nullptr, fail_fast));
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

ARUN_JOB_KIND(for_each, ForEach)

}  // namespace arun::jobs
