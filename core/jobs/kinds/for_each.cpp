#include "jobs/children.hpp"
#include "jobs/engine.hpp"
#include "jobs/items.hpp"
#include "jobs/kind.hpp"
#include "jobs/run_job.hpp"
#include "rt/context.hpp"
#include "rt/sleep.hpp"
#include "script/compiler.hpp"

#include <deque>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

namespace arun::jobs {

namespace {

using script::Value;

/// A field that gives items of a known type: numbers or texts.
template <auto Member>
constexpr script::ArgumentSpec items_field(std::string_view name, std::string_view help) {
    auto f = script::field<Member>(name, help);
    f.read = [](script::Compiler& compiler, syntax::Node node, std::string_view what, void* object) {
        using Class = typename script::detail::MemberOf<decltype(Member)>::Class;
        auto& member = static_cast<Class*>(object)->*Member;
        constexpr bool numbers = std::is_same_v<std::decay_t<decltype(member)>, script::AnyValue>;
        compiler.item_type = numbers ? &script::result_types::number : &script::result_types::text;
        return read(compiler, node, what, member);
    };
    return f;
}

/// The items, which a mapping is not: its keys are arguments.
constexpr script::ArgumentSpec list_field(script::ArgumentSpec field) {
    field.takes_map = false;
    return field;
}

/// A hint for the literal that is no list of items.
std::string hint_for_items(const Value& value, bool list) {
    if (!list) return {};
    if (value.is(script::Type::number)) return "write 'range: " + value.to_text() + "' for so many rounds";
    if (!value.is(script::Type::string)) return {};
    const auto text = value.to_text();
    if (text == "stdin" || text.find('/') != text.npos || text.find('.') != text.npos)
        return "write 'lines: " + text + "' for its lines";
    return "write [a, b] for a list";
}

struct ForEach {
    struct Arguments {
        script::AnyValue list;
        script::AnyValue range;
        std::optional<script::Text> lines;
        script::LoopName variable;
        script::Dyn<script::Count> max_concurrent{script::Count{1}};
        script::Dyn<bool> fail_fast{true};
        script::ItemBody body;
    };
    static constexpr std::string_view name = "for_each";
    static constexpr std::string_view summary = "runs jobs for each item of a list, or each line of a text";
    static constexpr std::string_view result =
        "the list of the rounds' results, in the order of the items; with `lines` the number of rounds";
    static constexpr const script::ResultType& result_type = script::result_types::list;
    static constexpr std::string_view shorthand = "in";
    static constexpr std::string_view notes =
        "Exactly one of `in`, `range` and `lines` gives the items. Each round runs in a copy "
        "of the job's context. The variable that `as` names holds the item, and `loop.index` "
        "counts the rounds from 1.\n\n"
        "A range is Python's: `N` means the numbers from 0 to N-1, `[start, stop]` and "
        "`[start, stop, step]` those from start up to, but not including, stop.\n\n"
        "`lines` are read as they arrive, from standard input with `lines: stdin`, otherwise "
        "from the file at that path, which may be a FIFO. A line is read only when its round "
        "can start, so a slow body makes the writer wait. A line ends at the newline, which "
        "is removed; a carriage return stays; the last line needs no newline. A line longer "
        "than 1 MiB fails the job. NUL bytes and invalid UTF-8 are kept as they are, except "
        "that JSON has U+FFFD for invalid UTF-8. A later `lines: stdin` continues where an "
        "earlier one stopped. `lines: stdin` is an error if the script itself comes from "
        "standard input.\n\n"
        "With `max_concurrent` above 1, or 0 for no limit, rounds run at the same time. The "
        "first failure cancels the other rounds and fails the loop. With `fail_fast: false`, "
        "all rounds run before it fails.";
    static constexpr std::string_view example =
        "- for_each: [alpha, beta]\n  as: host\n  do: {print: \"checking ${{ host }}\"}\n"
        "- for_each: {range: [1, 10, 3], max_concurrent: 0, do: {print: \"${{ item }}\"}}\n";
    static constexpr std::array fields{
        list_field(script::field<&Arguments::list>("in", "the items")),
        items_field<&Arguments::range>("range",
                                       "numbers instead of items: N, [start, stop] or [start, stop, step]"),
        items_field<&Arguments::lines>("lines", "lines instead of items: stdin, or the path of a file"),
        script::field<&Arguments::variable>("as", "the variable that holds the item", {.fallback = "item"}),
        script::field<&Arguments::max_concurrent>(
            "max_concurrent", "how many rounds run at a time; 0 means no limit (but 2,097,152)",
            {.fallback = "1"}),
        script::field<&Arguments::fail_fast>("fail_fast", "the first failure cancels the other rounds",
                                             {.fallback = "true"}),
        script::field<&Arguments::body>("do", "the body: the jobs of a round", {.required = true}),
    };

    static bool lists_rounds(const Arguments& arguments) {
        if (arguments.lines) return false;
        const bool list = arguments.list.value != nullptr;
        const auto* literal = (list ? arguments.list : arguments.range).value->literal;
        if (literal == nullptr) return true;
        const auto items = list ? Items::of_list(*literal) : Items::of_range(*literal);
        return items && items->size() <= max_listed_rounds;
    }

    static void check(script::Compiler& compiler, Arguments& arguments, syntax::Node key) {
        bool list = arguments.list.value != nullptr;
        bool range = arguments.range.value != nullptr;
        const int sources = int{list} + int{range} + int{arguments.lines.has_value()};
        if (sources == 0) compiler.error(key.span(), "'for_each' needs in, range or lines");
        if (sources > 1) compiler.error(key.span(), "'for_each' takes only one of in, range and lines");
        if (arguments.lines && arguments.lines->literal() == "stdin" &&
            compiler.compilation().stdin_is_script)
            compiler.error(key.span(), std::string(stdin_taken), "put the script into a file");
        if (arguments.variable.symbol == nullptr)
            arguments.variable.symbol = &compiler.compilation().symbols.symbol("item");
        // Literal items are checked before anything runs.
        auto* value = list ? arguments.list.value : arguments.range.value;
        if (value == nullptr || value->literal == nullptr) return;
        auto items = list ? Items::of_list(*value->literal) : Items::of_range(*value->literal);
        if (!items)
            compiler.error(value->span,
                           std::string(list ? "'in'" : "'range'") + " of for_each: " + items.error().message,
                           hint_for_items(*value->literal, list));
        // If the variable is a secret, so are the items.
        const script::Variable items_of_list{arguments.variable.symbol, value, value->span};
        if (list)
            compiler.compilation().assigned.push_back(
                {compiler.arena().make<script::Variable>(items_of_list), 1});
    }

    static Items items_of(const Scope& scope, const Arguments& arguments) {
        bool list = arguments.list.value != nullptr;
        auto& source = list ? *arguments.list.value : *arguments.range.value;
        auto value = script::evaluate(source, scope);
        auto items = list ? Items::of_list(value) : Items::of_range(value);
        if (!items)
            throw script::EvalError(source.span, std::string(list ? "'in'" : "'range'") +
                                                     " of for_each: " + items.error().message);
        return *std::move(items);
    }

    static Coro<Value> round(const Scope& scope, const Arguments& arguments, Value item, std::uint64_t index,
                             bool listed) {
        auto& symbol = *arguments.variable.symbol;
        if (symbol.secret)
            script::for_each_secret(item, [&](auto text) { scope.engine().output.hide(text); });
        Binding binding{&symbol, &item, scope.bindings()};
        const auto records = scope.engine().task_records(scope);
        Scope inside(scope);
        inside.bind(binding);
        const Round here{scope.job(), index, &item, listed, scope.rounds()};
        inside.set_round(here);
        inside.set_records(records);
        RoundWatch watch(scope, here);
        Value result;
        try {
            result = co_await run_list(inside, arguments.body);
        } catch (const std::exception&) {
            watch.ended(Outcome::failure);
            throw;
        }
        watch.ended(Outcome::success);
        co_return result;
    }

    static Coro<> child(Children& children, const Scope& scope, const Arguments& arguments, Value item,
                        std::uint64_t index, bool listed, Value* result, bool fail_fast) {
        ChildEnd end(children);
        try {
            auto value = co_await round(scope, arguments, std::move(item), index, listed);
            if (result != nullptr) *result = std::move(value);
        } catch (const std::exception&) {
            children.failed(index, current_failure(scope));
            if (fail_fast) throw;
        }
    }

    /// Whether the body is a single job for which all rounds are the same: one scope serves them all.
    static bool is_uniform(const Scope& scope, const Arguments& arguments) {
        auto jobs = arguments.body.jobs;
        return jobs.size() == 1 && jobs[0].modifiers() == nullptr && !jobs[0].reads_names &&
               !kind_of(jobs[0]).is_synchronous() && !scope.job()->result_read &&
               scope.engine().event_filter != EventFilter::all && !observes_steps(scope) &&
               !scope.engine().planning;
    }

    /// Runs a round for each line; returns their number.
    static Coro<std::uint64_t> run_lines(Scope& scope, const Arguments& arguments, std::string_view path,
                                         Children& children, bool fail_fast) {
        LineItems lines(scope, path);
        std::uint64_t count = 0;
        for (;;) {
            if (!children.has_room()) co_await children.room();
            auto line = co_await lines.next();
            if (!line) co_return count;
            children.start(
                child(children, scope, arguments, *std::move(line), ++count, false, nullptr, fail_fast));
        }
    }

    static Coro<Value> run_all_lines(Scope& scope, const Arguments& arguments) {
        auto limit = static_cast<std::uint64_t>(arguments.max_concurrent.get(scope).value);
        const auto path = arguments.lines->get(scope);
        Children children(scope, limit);
        std::uint64_t count = 0;
        std::exception_ptr error;
        try {
            count = co_await run_lines(scope, arguments, path, children, arguments.fail_fast.get(scope));
        } catch (...) {
            error = std::current_exception();
        }
        co_await children.join(error);
        if (auto failure = children.failure()) throw JobFailure(failure);
        co_return Value::number(count);
    }

    static Coro<Value> run(Scope& scope, const Arguments& arguments) {
        return arguments.lines ? run_all_lines(scope, arguments) : run_items(scope, arguments);
    }

    static Coro<Value> run_items(Scope& scope, const Arguments& arguments) {
        auto items = items_of(scope, arguments);
        auto limit = static_cast<std::uint64_t>(arguments.max_concurrent.get(scope).value);
        bool fail_fast = arguments.fail_fast.get(scope);
        bool keep = scope.job()->result_read;
        bool lean = limit == 0 && fail_fast && is_uniform(scope, arguments);
        std::optional<std::deque<Value>> results;  // grows: there may be more items than memory for results
        if (keep) results.emplace();
        const bool listed = items.size() <= max_listed_rounds;
        ListStatus status;
        status.outer = scope.list();
        if (arguments.body.empty()) co_return Value::list({});
        auto& job = arguments.body.jobs.front();
        Scope shared(scope, job, status);
        Children children(scope, limit);
        std::exception_ptr error;
        try {
            for (std::uint64_t i = 0; i < items.size(); ++i) {
                if (!children.has_room()) co_await children.room();
                if (lean && i < Children::max_live) {
                    auto started = kind_of(job).run(shared, job.arguments);
                    if (!started.ready()) children.group().start(std::move(started).coroutine());
                    children.started();
                    continue;
                }
                auto* result = results ? &results->emplace_back() : nullptr;
                children.start(
                    child(children, scope, arguments, items.at(i), i + 1, listed, result, fail_fast));
            }
        } catch (...) {
            error = std::current_exception();
        }
        co_await children.join(error);
        if (auto failure = children.failure()) throw JobFailure(failure);
        if (!results) co_return Value::list({});
        co_return Value::list(
            {std::make_move_iterator(results->begin()), std::make_move_iterator(results->end())});
    }
};

}  // namespace

ARUN_JOB_KIND(for_each, ForEach)

}  // namespace arun::jobs
