#include "jobs/background.hpp"

#include "jobs/run.hpp"
#include "rt/errors.hpp"
#include "rt/task.hpp"

#include <utility>

namespace arun::jobs {

namespace {

void remember_surroundings(BackgroundRun& run, const Scope& scope) {
    run.script = owner_of(scope);
    run.job = scope.job();
    run.id = scope.job()->modifiers()->id;
    run.round = scope.round();
    for (auto* s = scope.parent(); s != nullptr && run.started_by == 0; s = s->parent())
        run.started_by = s->run();
    if (scope.list() != nullptr) {
        run.status.failed = scope.list()->failure();
        run.status.cancelled = scope.list()->is_cancelled();
    }
    for (auto* s = scope.parent(); s != nullptr && s->job() != nullptr; s = s->parent())
        run.chain.push_back(step_of(*s));
    if (scope.background() != nullptr) {
        run.outer = *scope.background();
        run.chain.insert(run.chain.end(), run.outer->chain.begin(), run.outer->chain.end());
    }
    if (scope.environment_layer() != nullptr) run.environment = *scope.environment_layer();
    for (auto* b = scope.bindings(); b != nullptr; b = b->next) run.bound.emplace_back(b->symbol, *b->value);
    run.bindings.resize(run.bound.size());
    for (std::size_t i = 0; i < run.bound.size(); ++i) {
        auto* next = i + 1 < run.bound.size() ? &run.bindings[i + 1] : nullptr;
        run.bindings[i] = {run.bound[i].first, &run.bound[i].second, next};
    }
}

Coro<> run_background(Engine& engine, std::shared_ptr<BackgroundRun> run) {
    ListRun list(&run->status);
    Scope top(engine);
    top.detach(run);
    Scope scope(top, *run->job, list.status());
    InJob here(scope);
    try {
        run->result = co_await run_job(scope);
        run->outcome = Outcome::success;
    } catch (const std::exception&) {
        run->failure = current_failure(scope);
        run->outcome = Outcome::failure;
    }
    if (run->failure) {
        engine.observer.failed(*run->failure, FailureContext::background);
    } else {
        engine.background.remove(run);
    }
}

}  // namespace

void start_background(Scope& scope) {
    auto& engine = scope.engine();
    auto run = std::make_shared<BackgroundRun>();
    remember_surroundings(*run, scope);
    engine.background.push_back(run);
    run->task = create_task(run_background(engine, run));
    if (run->id != nullptr) {
        engine.new_record(*run->id, engine.next_run()).background = run;
    }
}

bool is_inside(const BackgroundRun& run, const Scope& scope) noexcept {
    auto* place = scope.background() != nullptr ? scope.background()->get() : nullptr;
    for (const BackgroundRun* p = place; p != nullptr; p = p->outer.get()) {
        if (p == &run) return true;
    }
    return false;
}

BackgroundRuns runs_of(const Engine& engine, const script::JobId* id) {
    BackgroundRuns runs;
    for (auto& run : engine.background) {
        bool open = !run->task.done() || (run->failure && !run->joined);
        if (open && (id == nullptr || run->id == id)) runs.push_back(run);
    }
    return runs;
}

Coro<> join(const BackgroundRuns& runs) {
    for (auto& run : runs) co_await wait_done(run->task);
}

}  // namespace arun::jobs
