#include "jobs/run.hpp"

#include "jobs/engine.hpp"
#include "jobs/kind.hpp"
#include "rt/errors.hpp"
#include "rt/task.hpp"
#include "script/cli_variables.hpp"
#include "script/expression.hpp"

#include <algorithm>
#include <utility>

namespace arun::jobs {

using script::Value;

InJob::InJob(const Scope& scope) : place_(&current_task().user), outer_(*place_) {
    *place_ = const_cast<Scope*>(&scope);
}
InJob::~InJob() {
    *place_ = outer_;
}

bool ListRun::wants(const Scope& scope) const {
    auto* modifiers = scope.job()->modifiers();
    bool well = !status_.failed || keep_going_;
    if (modifiers == nullptr || modifiers->condition == nullptr) return well;
    // An `if` that does not ask for the state has an implied success(), as on GitHub.
    if (!well && !modifiers->condition_asks_status) return false;
    return script::evaluate(*modifiers->condition, scope).truthy();
}

void ListRun::failed(FailurePtr failure) {
    status_.failed = true;
    if (!first_) first_ = std::move(failure);
}

void skip(const Scope& scope) {
    auto& engine = scope.engine();
    auto* modifiers = scope.job()->modifiers();
    if (modifiers != nullptr && modifiers->id != nullptr)
        engine.new_record(*modifiers->id, engine.next_run()).outcome = Outcome::skipped;
    if (is_told(scope)) engine.observer.job_finished(scope, {Outcome::skipped, nullptr, false, {}});
}

bool is_case(const Scope& scope) noexcept {
    if (scope.round() != 0) return false;
    auto* modifiers = scope.job()->modifiers();
    return (modifiers != nullptr && modifiers->name) || is_top_level(scope);
}

bool is_top_level(const Scope& scope) noexcept {
    if (scope.background() != nullptr && !(*scope.background())->chain.empty()) return false;
    return scope.parent() == nullptr || scope.parent()->job() == nullptr;
}

bool is_told(const Scope& scope) {
    auto event_filter = scope.engine().observer.event_filter();
    return event_filter == EventFilter::all || (event_filter == EventFilter::cases && is_case(scope));
}

/// A plan cannot say whether the job would run, and what it would do to those after it.
static void tell_unknown(const Scope& scope) {
    auto& engine = scope.engine();
    const auto* modifiers = scope.job()->modifiers();
    if (modifiers->id != nullptr)
        engine.new_record(*modifiers->id, engine.next_run()).result = Value::unknown();
    if (modifiers->capture != nullptr)
        modifiers->capture->variable.set_in(current_context(), Value::unknown());
    if (!is_told(scope)) return;
    engine.observer.job_started(scope);
    engine.observer.job_unknown(scope);
    engine.observer.job_finished(scope, {});
}

void assign(const Scope& scope, const script::Symbol& symbol, Value value) {
    if (symbol.secret) script::for_each_secret(value, [&](auto text) { scope.engine().output.hide(text); });
    symbol.variable.set_in(current_context(), std::move(value));
}

void set_variables(const Scope& scope, script::Variables variables) {
    for (auto& variable : variables) {
        Value value = Value::unknown();
        try {
            value = script::evaluate(*variable.value, scope);
        } catch (const script::UnknownValue&) {
            // And so is the variable.
        }
        assign(scope, *variable.symbol, std::move(value));
    }
}

void declare_variables(const Scope& scope, script::Variables variables, bool defaults) {
    for (auto& variable : variables) {
        auto& slot = variable.symbol->variable;
        auto outside = scope.engine().outside.find(variable.symbol);
        if (defaults && outside == scope.engine().outside.end() && slot.get_if() != nullptr) continue;
        auto value = script::evaluate(*variable.value, scope);
        if (outside != scope.engine().outside.end()) {
            auto given = script::parse_cli_variable(outside->second, value.type());
            if (!given)
                throw script::EvalError(variable.span,
                                        "--var " + variable.symbol->name + ": " + given.error());
            value = *given;
        }
        assign(scope, *variable.symbol, std::move(value));
    }
}

std::shared_ptr<const Environment> make_environment(const Scope& scope, script::TextMap entries) {
    auto layer = std::make_shared<Environment>();
    layer->outer =
        scope.environment_layer() != nullptr ? *scope.environment_layer() : scope.engine().environment;
    for (auto& entry : entries) {
        if (entry.unset) {
            layer->unset.emplace_back(entry.key);
        } else {
            auto value = entry.value.get(scope);
            if (scope.engine().symbols.is_secret(entry.key)) scope.engine().output.hide(value);
            layer->set[std::string(entry.key)] = std::move(value);
        }
    }
    return layer;
}

bool is_plain(const script::Job& job, const Engine& engine) {
    return job.modifiers() == nullptr && kind_of(job).run_now != nullptr &&
           engine.observer.event_filter() != EventFilter::all;
}

bool is_plain(const script::JobList& list, const Engine& engine) {
    return std::ranges::all_of(list.jobs, [&](const script::Job& job) { return is_plain(job, engine); });
}

void call_plain(Scope& scope) {
    auto& engine = scope.engine();
    const bool told = is_told(scope);
    if (told) {
        scope.set_run(engine.next_run());
        engine.observer.job_started(scope);
    }
    FailurePtr failure;
    try {
        kind_of(*scope.job()).run_now(scope, scope.job()->arguments);
    } catch (const std::exception&) {
        failure = current_failure(scope);
    }
    if (told) {
        const auto outcome = failure ? Outcome::failure : Outcome::success;
        engine.observer.job_finished(scope, {outcome, failure.get(), false, {}});
    }
    if (failure) throw JobFailure(failure);
}

Value run_plain(const Scope& outer, const script::JobList& list) {
    static constexpr ListStatus fresh;
    Value last;
    for (auto& job : list.jobs) {
        Scope scope(outer, job, outer.list() != nullptr ? *outer.list() : fresh);
        try {
            last = kind_of(job).run_now(scope, job.arguments);
        } catch (const std::exception&) {
            // The first failure ends the list: without an `if`, nothing in it could run after that.
            throw JobFailure(current_failure(scope));
        }
    }
    return last;
}

Coro<Value> run_list(const Scope& outer, const script::JobList& list, const ListStatus* of) {
    ListRun run(of != nullptr ? of : outer.list());
    Value last;
    // Jobs at the top of a script are told of even if they are plain.
    const bool plain = outer.job() != nullptr || outer.engine().observer.event_filter() == EventFilter::none;
    for (auto& job : list.jobs) {
        try {
            if (plain && is_plain(job, outer.engine())) {
                if (run.status().failed) continue;
                Scope scope(outer, job, run.status());
                last = kind_of(job).run_now(scope, job.arguments);
            } else {
                bool ran = false;
                auto result = co_await run_step(outer, job, run, &ran);
                if (ran) last = std::move(result);
            }
        } catch (const std::exception&) {
            last = Value();
            Scope scope(outer, job, run.status());
            auto failure = current_failure(scope);
            if (run.first()) outer.engine().observer.failed(*failure, FailureContext::secondary);
            run.failed(std::move(failure));
        }
    }
    if (run.first()) throw JobFailure(run.first());
    co_return last;
}

Coro<Value> run_step(const Scope& outer, const script::Job& job, const ListRun& list, bool* ran) {
    Scope scope(outer, job, list.status());
    bool unknown = false;
    try {
        if (!list.wants(scope)) {
            skip(scope);
            co_return Value();
        }
    } catch (const script::UnknownValue&) {
        unknown = true;
    }
    *ran = true;
    if (unknown) {
        tell_unknown(scope);
        co_return Value::unknown();
    }
    if (job.modifiers() != nullptr && job.modifiers()->background) {
        start_background(scope);
        co_return Value();
    }
    InJob here(scope);
    co_return co_await run_job(scope);
}

}  // namespace arun::jobs
