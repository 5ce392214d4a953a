#include "jobs/run_job.hpp"

#include "jobs/background.hpp"
#include "jobs/engine.hpp"
#include "jobs/kind.hpp"
#include "jobs/modifiers.hpp"
#include "rt/task.hpp"
#include "script/expression.hpp"

#include <cstddef>
#include <utility>

namespace arun::jobs {

using script::Value;

CurrentJob::CurrentJob(const Scope& scope) : slot_(&current_task().user), outer_(*slot_) {
    *slot_ = const_cast<Scope*>(&scope);
}

CurrentJob::~CurrentJob() {
    *slot_ = outer_;
}

const Scope* current_scope() noexcept {
    for (const TaskBase* task = detail::running.task; task != nullptr; task = task->parent()) {
        if (task->user == nullptr) continue;
        const auto* scope = static_cast<const Scope*>(task->user);
        return scope->job() != nullptr ? scope : nullptr;
    }
    return nullptr;
}

bool ListRun::should_run(const Scope& scope) const {
    const auto* modifiers = scope.job()->modifiers();
    const bool ok = !status_.failed || keep_going_;
    if (modifiers == nullptr || modifiers->condition == nullptr) return ok;
    // An `if` that does not call a status function has an implied success(), as on GitHub.
    if (!ok && !modifiers->condition_asks_status) return false;
    return script::evaluate(*modifiers->condition, scope).truthy();
}

void ListRun::add_failure(FailurePtr failure) {
    status_.failed = true;
    if (!first_failure_) first_failure_ = std::move(failure);
}

bool is_top_level(const Scope& scope) noexcept {
    if (scope.background() != nullptr && !(*scope.background())->chain.empty()) return false;
    return scope.parent() == nullptr || scope.parent()->job() == nullptr;
}

bool is_case(const Scope& scope) noexcept {
    const auto* modifiers = scope.job()->modifiers();
    if (modifiers == nullptr || !modifiers->name) return scope.rounds() == nullptr && is_top_level(scope);
    for (const auto* round = scope.rounds(); round != nullptr; round = round->outer)
        if (!round->listed) return false;
    return true;
}

bool is_observed(const Scope& scope) noexcept {
    const auto filter = scope.engine().event_filter;
    return filter == EventFilter::all || (filter == EventFilter::cases && is_case(scope));
}

bool observes_steps(const Scope& scope) noexcept {
    return scope.engine().detail_level != DetailLevel::none && is_observed(scope);
}

RoundWatch::RoundWatch(const Scope& loop, const Round& round) noexcept : loop_(loop), round_(round) {
    if (observes_steps(loop)) started_ = loop.engine().elapsed();
}

RoundWatch::~RoundWatch() {
    if (started_) loop_.engine().observer.round_finished(loop_, round_, *started_, outcome_);
}

void skip_job(const Scope& scope) {
    auto& engine = scope.engine();
    const auto* modifiers = scope.job()->modifiers();
    if (modifiers != nullptr && modifiers->id != nullptr)
        engine.start_record(scope, *modifiers->id)->outcome = Outcome::skipped;
    if (is_observed(scope)) engine.observer.job_finished(scope, {Outcome::skipped, nullptr, false, {}});
}

namespace {

/// In a plan: whether the job would run depends on a result that is not known.
void report_unknown(const Scope& scope) {
    auto& engine = scope.engine();
    const auto* modifiers = scope.job()->modifiers();
    if (modifiers->id != nullptr) engine.start_record(scope, *modifiers->id)->result = Value::unknown();
    if (modifiers->capture != nullptr)
        modifiers->capture->variable.set_in(current_context(), Value::unknown());
    if (!is_observed(scope)) return;
    engine.observer.job_started(scope);
    engine.observer.job_unknown(scope);
    engine.observer.job_finished(scope, {});
}

/// In a plan, the result of a job with effects is unknown, and so is that of a job that needs such a result.
Coro<Value> plan_kind(Scope& scope) {
    const auto& kind = kind_of(*scope.job());
    if (!kind.effects) {
        try {
            co_return co_await kind.run(scope, scope.job()->arguments);
        } catch (const script::UnknownValue&) {
            // Reported below.
        }
    }
    scope.engine().observer.job_unknown(scope);
    co_return Value::unknown();
}

/// Precondition: runs_inline().
Value run_inline_observed(Scope& scope) {
    auto& engine = scope.engine();
    scope.set_run(engine.next_run());
    engine.observer.job_started(scope);
    if (observes_steps(scope)) engine.observer.kind_started(scope);
    try {
        auto result = kind_of(*scope.job()).call(scope, scope.job()->arguments);
        engine.observer.job_finished(scope, {Outcome::success, nullptr, false, {}});
        return result;
    } catch (const std::exception&) {
        auto failure = current_failure(scope);
        engine.observer.job_finished(scope, {Outcome::failure, failure.get(), false, {}});
        throw JobFailure(std::move(failure));
    }
}

/// Precondition: runs_inline().
inline Value run_inline(Scope& scope) {
    if (scope.engine().event_filter != EventFilter::none && is_observed(scope))
        return run_inline_observed(scope);
    return kind_of(*scope.job()).call(scope, scope.job()->arguments);
}

/// The rest of a list, from its first job that may have to wait, or after the failure of one that did not.
Coro<Value> run_rest(const Scope& outer, const script::JobList& list, std::size_t next,
                     const ListStatus* status, FailurePtr failure, Value last) {
    ListRun run(status);
    if (failure) run.add_failure(std::move(failure));
    for (; next < list.jobs.size(); ++next) {
        Scope scope(outer, list.jobs[next], run.status());
        try {
            CurrentJob current(scope);
            if (auto started = start_job(scope, run)) last = co_await *std::move(started);
        } catch (const std::exception&) {
            last = Value();
            auto failure = current_failure(scope);
            if (run.first_failure()) outer.engine().report(*failure, FailureContext::secondary);
            run.add_failure(std::move(failure));
            // It failed before it was cancelled, and so has the list. A list that is cancelled ends at once.
            if (current_task().cancel_due()) break;
        }
    }
    if (run.first_failure()) throw JobFailure(run.first_failure());
    co_return last;
}

}  // namespace

bool runs_inline(const script::Job& job, const Engine& engine) noexcept {
    return job.modifiers() == nullptr && kind_of(job).is_synchronous() && !engine.planning;
}

ValueTask<Value> run_kind(Scope& scope) {
    if (scope.engine().planning) return plan_kind(scope);
    return kind_of(*scope.job()).run(scope, scope.job()->arguments);
}

ValueTask<Value> run_job(Scope& scope) {
    if (runs_inline(*scope.job(), scope.engine())) return run_inline(scope);
    if (scope.job()->modifiers() == nullptr && !is_observed(scope)) return run_kind(scope);
    return run_modifiers(scope);
}

std::optional<ValueTask<Value>> start_job(Scope& scope, const ListRun& list) {
    try {
        if (!list.should_run(scope)) {
            skip_job(scope);
            return std::nullopt;
        }
    } catch (const script::UnknownValue&) {
        report_unknown(scope);
        return Value::unknown();
    }
    const auto* modifiers = scope.job()->modifiers();
    if (modifiers != nullptr && modifiers->background) {
        auto run = start_background(scope);
        if (modifiers->ready == nullptr) return Value();
        if (!scope.engine().planning) return wait_until_started(scope.engine(), std::move(run));
        scope.engine().observer.delayed(scope, "it has to get ready");
        return Value();
    }
    return run_job(scope);
}

ValueTask<Value> run_list(const Scope& outer, const script::JobList& list, const ListStatus* status) {
    if (status == nullptr) status = outer.list();
    ListStatus running;
    running.outer = status;
    Value last;
    // A job without modifiers, and thus without a name, is a case only at the top of a script.
    const auto filter = outer.engine().event_filter;
    const bool observed =
        filter == EventFilter::all || (filter == EventFilter::cases && outer.job() == nullptr);
    const auto size = list.jobs.size();
    std::size_t i = 0;
    for (; i < size && runs_inline(list.jobs[i], outer.engine()); ++i) {
        const auto& job = list.jobs[i];
        Scope scope(outer, job, running);
        try {
            if (observed) {
                last = run_inline(scope);
            } else if (i + 1 == size) {
                return kind_of(job).call(scope, job.arguments);
            } else {
                last = kind_of(job).call(scope, job.arguments);
            }
        } catch (const std::exception&) {
            return run_rest(outer, list, i + 1, status, current_failure(scope), Value());
        }
    }
    if (i == size) return last;
    return run_rest(outer, list, i, status, nullptr, std::move(last));
}

}  // namespace arun::jobs
