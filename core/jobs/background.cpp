#include "jobs/background.hpp"

#include "jobs/engine.hpp"
#include "jobs/readiness.hpp"
#include "jobs/run_job.hpp"
#include "rt/task.hpp"
#include "script/kind.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace arun::jobs {

namespace {

using script::Value;

void copy_scope(BackgroundRun& run, const Scope& scope) {
    run.script = owner_of(scope);
    run.job = scope.job();
    run.id = scope.job()->modifiers()->id;
    run.records = scope.engine().task_records(scope);
    for (const auto* round = scope.rounds(); round != nullptr; round = round->outer) {
        run.rounds.push_back(*round);
        run.items.push_back(round->item != nullptr ? *round->item : Value());
    }
    for (std::size_t i = 0; i < run.rounds.size(); ++i) {
        auto& round = run.rounds[i];
        if (round.item != nullptr) round.item = &run.items[i];
        round.outer = i + 1 < run.rounds.size() ? &run.rounds[i + 1] : nullptr;
    }
    for (auto* s = scope.parent(); s != nullptr && run.started_by == 0; s = s->parent())
        run.started_by = s->run();
    if (scope.list() != nullptr) {
        run.status.failed = scope.list()->failure();
        run.status.cancelled = scope.list()->is_cancelled();
        run.status.of_job = !scope.list()->job_succeeded();
    }
    for (auto* s = scope.parent(); s != nullptr && s->job() != nullptr; s = s->parent())
        run.chain.push_back(step_of(*s));
    if (scope.background() != nullptr) {
        run.outer = *scope.background();
        run.chain.insert(run.chain.end(), run.outer->chain.begin(), run.outer->chain.end());
    }
    if (scope.environment_layer() != nullptr) run.environment = *scope.environment_layer();
    for (auto* b = scope.bindings(); b != nullptr; b = b->next)
        run.bound.emplace_back(b->symbol, b->value != nullptr ? std::optional(*b->value) : std::nullopt);
    run.bindings.resize(run.bound.size());
    for (std::size_t i = 0; i < run.bound.size(); ++i) {
        auto* next = i + 1 < run.bound.size() ? &run.bindings[i + 1] : nullptr;
        const auto& [symbol, value] = run.bound[i];
        run.bindings[i] = {symbol, value ? &*value : nullptr, next};
    }
}

Coro<> run_background(Engine& engine, std::shared_ptr<BackgroundRun> run) {
    ListRun list(&run->status);
    Scope top(engine);
    top.detach(run);
    Scope scope(top, *run->job, list.status());
    CurrentJob current(scope);
    try {
        run->result = co_await run_job(scope);
        run->outcome = Outcome::success;
    } catch (const std::exception&) {
        run->failure = current_failure(scope);
        run->failed_at = engine.loop->time();
        run->outcome = Outcome::failure;
    }
    if (!run->failure) {
        engine.background.remove(*run);
    } else if (run->waiting == 0) {
        engine.report(*run->failure, FailureContext::background);
    }
}

/// Tells those who wait for it when the run has ended, also by a cancellation before its first step.
class EndOfRun {
public:
    explicit EndOfRun(std::shared_ptr<BackgroundRun> run) noexcept : run_(std::move(run)) {}
    EndOfRun(const EndOfRun&) = delete;
    EndOfRun& operator=(const EndOfRun&) = delete;
    EndOfRun(EndOfRun&&) noexcept = default;
    ~EndOfRun() {
        if (!run_) return;
        run_->started.set();
        if (run_->log) run_->log->end();
    }

private:
    std::shared_ptr<BackgroundRun> run_;
};

Coro<> run_to_end(Engine& engine, std::shared_ptr<BackgroundRun> run, [[maybe_unused]] EndOfRun end) {
    co_await run_background(engine, std::move(run));
}

bool needs_log(const Engine& engine, const script::Modifiers& modifiers) noexcept {
    if (modifiers.ready != nullptr && reads_own_output(*modifiers.ready)) return true;
    // What has not arrived yet may wait for any of them.
    return modifiers.id != nullptr && (modifiers.id->output_read || engine.scripts_arrive);
}

}  // namespace

std::shared_ptr<BackgroundRun> start_background(const Scope& scope) {
    auto& engine = scope.engine();
    auto run = std::make_shared<BackgroundRun>();
    run->number = engine.next_background();
    copy_scope(*run, scope);
    engine.background.add(run);
    if (run->id != nullptr) {
        run->record = engine.start_record(scope, *run->id);
        run->record->background = run;
    }
    if (needs_log(engine, *run->job->modifiers())) {
        run->log = std::make_shared<OutputLog>();
        if (run->record) run->record->log = run->log;
    }
    run->task = create_task(run_to_end(engine, run, EndOfRun(run)));
    return run;
}

Coro<Value> wait_until_started(Engine& engine, std::shared_ptr<BackgroundRun> run) {
    const BackgroundRuns runs{run};
    const FailureTaker taker(engine, runs);
    co_await run->started.wait();
    if (auto failure = take_failure(engine, runs)) throw JobFailure(std::move(failure));
    co_return none;
}

bool is_inside(const BackgroundRun& run, const Scope& scope) noexcept {
    const BackgroundRun* around = scope.background() != nullptr ? scope.background()->get() : nullptr;
    while (around != nullptr && around != &run) around = around->outer.get();
    return around != nullptr;
}

bool is_stopped(const Scope& scope) noexcept {
    const BackgroundRun* around = scope.background() != nullptr ? scope.background()->get() : nullptr;
    while (around != nullptr && !around->stopped) around = around->outer.get();
    return around != nullptr;
}

BackgroundRuns runs_of(const Engine& engine, const script::JobId* id) {
    auto runs = engine.background.list(id);
    std::erase_if(runs,
                  [](const auto& run) { return run->task.done() && (!run->failure || run->takers != 0); });
    return runs;
}

void forget_cancelled(Engine& engine, const std::shared_ptr<BackgroundRun>& run) {
    if (run->failure) return;
    if (run->record && !run->record->outcome) run->record->outcome = Outcome::cancelled;
    engine.background.remove(*run);
}

FailurePtr take_failure(Engine& engine, const BackgroundRuns& runs) {
    BackgroundRuns failed;
    for (const auto& run : runs) {
        if (!run->failure) continue;
        ++run->takers;
        engine.background.remove(*run);
        failed.push_back(run);
    }
    if (failed.empty()) return nullptr;
    const auto first = std::ranges::min_element(
        failed, {}, [](const auto& run) { return std::tie(run->failed_at, run->number); });
    auto failure = std::make_shared<Failure>(*(*first)->failure);
    failure->taken_over.assign(failed.begin(), failed.end());
    engine.taken_over.insert(engine.taken_over.end(), failed.begin(), failed.end());
    return failure;
}

void drop(Engine& engine, const Failure& failure) {
    if (failure.taken_over.empty()) engine.observer.dropped(failure);
    for (const auto& taken : failure.taken_over) {
        const auto run = taken.lock();
        if (!run || run->takers == 0 || --run->takers != 0) continue;
        engine.background.add(run);
        if (run->waiting == 0) engine.report(*run->failure, FailureContext::background);
    }
    for (const auto& other : failure.others) drop(engine, *other);
}

void tolerate(Engine& engine, const Failure& failure) {
    if (failure.taken_over.empty()) engine.observer.dropped(failure);
    for (const auto& taken : failure.taken_over) {
        const auto run = taken.lock();
        if (run && *run->failure->telling != Telling::allowed)
            engine.report(*run->failure, FailureContext::allowed);
    }
    for (const auto& other : failure.others) tolerate(engine, *other);
}

FailureTaker::FailureTaker(Engine& engine, const BackgroundRuns& runs) noexcept
    : engine_(engine), runs_(runs) {
    for (const auto& run : runs_) ++run->waiting;
}

FailureTaker::~FailureTaker() {
    for (const auto& run : runs_)
        if (--run->waiting == 0 && run->failure && run->takers == 0)
            engine_.report(*run->failure, FailureContext::background);
}

Coro<> join_all(const BackgroundRuns& runs) {
    for (auto& run : runs) co_await wait_done(run->task);
}

std::string label_of(const BackgroundRun& run) {
    const auto& modifiers = *run.job->modifiers();
    Failure::Step step{run.job, script::default_label(*run.job), false};
    if (modifiers.name && modifiers.name->computed() == nullptr) {
        step.label = modifiers.name->literal();
        step.named = true;
    } else if (modifiers.id != nullptr) {
        step.label = modifiers.id->name;
        step.named = true;
    }
    return describe(step);
}

}  // namespace arun::jobs
