#include "reports/recorder.hpp"

#include "jobs/engine.hpp"
#include "jobs/run_job.hpp"
#include "reports/observers.hpp"
#include "rt/signals.hpp"
#include "script/kind.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

namespace arun::app {

using jobs::Outcome;
using jobs::Scope;

namespace {

bool is_in(const script::Job& job, const script::JobList& list) {
    return !list.empty() && &job >= list.jobs.data() && &job < list.jobs.data() + list.jobs.size();
}

CaseRecord new_case(const script::Job& job) {
    CaseRecord record;
    record.kind = job.kind()->name();
    record.place = job.span().position();
    if (job.modifiers() == nullptr) return record;
    if (job.modifiers()->id != nullptr) record.id = job.modifiers()->id->name;
    record.background = job.modifiers()->background;
    return record;
}

/// A job that was not reached. An expression in its name can no longer be evaluated.
CaseRecord unreached_case(const script::Job& job) {
    auto record = new_case(job);
    record.outcome = Outcome::skipped;
    record.reason = "not reached";
    const auto* modifiers = job.modifiers();
    if (modifiers != nullptr && modifiers->name && modifiers->name->computed() == nullptr)
        record.name = modifiers->name->literal();
    record.title = record.name.empty() ? script::default_label(job) : record.name;
    return record;
}

/// Servers identify cases by their names.
void make_titles_unique(std::vector<std::unique_ptr<CaseRecord>>& cases) {
    std::unordered_map<std::string, int> seen;
    for (auto& record : cases) {
        if (const int number = ++seen[record->title]; number > 1)
            record->title += " (" + std::to_string(number) + ')';
        make_titles_unique(record->cases);
    }
}

/// Sorts by position in the script instead of by start.
void sort_by_place(std::vector<std::unique_ptr<CaseRecord>>& cases) {
    std::ranges::sort(cases, [](const auto& a, const auto& b) {
        if (a->cleanup != b->cleanup) return b->cleanup;
        return std::tuple(a->place.line, a->place.column, a->start) <
               std::tuple(b->place.line, b->place.column, b->start);
    });
}

}  // namespace

void Recorder::run_started(const jobs::Engine& engine) {
    engine_ = &engine;
    run_.started = engine.loop->wall_time();
}

void Recorder::diagnosed(const Diagnostics& diagnostics) {
    for (const auto& diagnostic : diagnostics.sorted()) {
        if (diagnostic.severity != Severity::error) continue;
        run_.rejected.emplace();
        run_.rejected->message = diagnostic.message;
        run_.rejected->place = diagnostic.span.position();
        return;
    }
}

void Recorder::add_script(const script::Body& body) {
    bodies_.push_back(&body);
    auto& script = run_.scripts.emplace_back();
    script.name = body.name;
    // The script of a JSON Lines stream has no jobs of its own, and is named as its source.
    const auto& jobs = body.jobs.jobs;
    script.file = jobs.empty() ? script.name : jobs.front().span().source->name();
}

void Recorder::script_started(const script::Body& body) {
    add_script(body);
    auto& script = run_.scripts.back();
    script.started = true;
    script.start = engine_->elapsed();
}

void Recorder::script_finished(const script::Body& body, Outcome outcome, Duration taken) {
    auto& script = run_.scripts.back();
    script.outcome = outcome;
    script.duration = taken;
    run_.duration = engine_->elapsed();
    add_unreached(body, script);
}

void Recorder::add_unreached(const script::Body& body, ScriptRecord& script) {
    const auto add = [&](const script::JobList& list, bool cleanup) {
        for (const auto& job : list.jobs) {
            if (by_path_.contains({&job})) continue;
            auto& record = *script.cases.emplace_back(std::make_unique<CaseRecord>(unreached_case(job)));
            record.cleanup = cleanup;
            by_path_[{&job}] = &record;
        }
    };
    add(body.jobs, false);
    if (body.finally) add(*body.finally, true);
}

CaseRecord& Recorder::case_of(const Scope& scope) {
    const auto path = path_of(scope);
    auto& known = by_path_[path];
    if (known != nullptr) return *known;
    auto* cases = &run_.scripts.back().cases;
    for (auto size = path.size() - 1; size > 0; --size) {
        const auto outer =
            by_path_.find(JobPath(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(size)));
        if (outer == by_path_.end()) continue;
        cases = &outer->second->cases;
        break;
    }
    auto& record = *cases->emplace_back(std::make_unique<CaseRecord>(new_case(*scope.job())));
    known = &record;
    const auto step = jobs::step_of(scope);
    if (step.named) record.name = step.label;
    record.title = step.label;
    record.start = engine_->elapsed();
    const auto& body = *bodies_.back();
    record.cleanup = path.size() == 1 && body.finally && is_in(*path.front(), *body.finally);
    return record;
}

void Recorder::job_started(const Scope& scope) {
    auto& record = case_of(scope);
    if (!record.started) record.start = engine_->elapsed();
    // With a retry around it, the last run counts.
    record.started = true;
    record.outcome = Outcome::cancelled;
    record.reason.clear();
    record.failure.reset();
    ++record.attempts;
}

void Recorder::job_finished(const Scope& scope, const jobs::JobResult& result) {
    auto& record = case_of(scope);
    record.outcome = result.outcome;
    if (result.outcome == Outcome::skipped) {
        const auto* modifiers = scope.job()->modifiers();
        const bool checks_status = modifiers != nullptr && modifiers->condition_asks_status;
        const bool after_failure = scope.list() != nullptr && scope.list()->failed && !checks_status;
        record.reason = after_failure ? "an earlier job failed" : "its 'if' is false";
        return;
    }
    if (result.outcome == Outcome::cancelled) record.reason = "cancelled";
    record.duration = engine_->elapsed() - record.start;
    record.allowed = result.allowed;
    if (result.failure != nullptr) {
        record.failure = record_of(*result.failure);
        note_failure(*result.failure, *scope.job(), record);
    }
    // A group that succeeded, or was allowed to fail, has tolerated the failures inside.
    if (result.outcome == Outcome::success || result.allowed) record.allow();
    if (result.allowed) allow(*result.failure);
}

/// Drops the cases of an earlier failure that had the same address: this one has not passed through them.
void Recorder::note_failure(const jobs::Failure& failure, const script::Job& job, CaseRecord& record) {
    auto& known = by_failure_[&failure];
    std::erase_if(known, [&](const auto& entry) {
        return std::ranges::none_of(failure.chain, [&](const auto& step) { return step.job == entry.first; });
    });
    known.emplace_back(&job, &record);
}

/// Marks the cases that the failure has passed through: those around a job inside, or of a background job
/// that a `wait` waited for.
void Recorder::allow(const jobs::Failure& failure) {
    if (const auto found = by_failure_.find(&failure); found != by_failure_.end()) {
        for (const auto& [job, record] : found->second) {
            if (std::ranges::any_of(failure.chain, [&](const auto& step) { return step.job == job; }))
                record->allow();
        }
    }
    for (const auto& other : failure.others) allow(*other);
}

void Recorder::failed(const jobs::Failure& failure, jobs::FailureContext context) {
    if (context == jobs::FailureContext::allowed) allow(failure);
    // A failure without a job is that of the script.
    if (failure.chain.empty() && !run_.scripts.empty()) run_.scripts.back().failure = record_of(failure);
}

void Recorder::retrying(const Scope& scope, const jobs::Failure&, std::int64_t, Duration) {
    if (jobs::is_case(scope)) ++case_of(scope).attempts;
}

RunRecord Recorder::take(const jobs::RunResult& run_result, int exit_status) {
    run_.exit_status = exit_status;
    if (run_result.signal != 0) run_.signal = full_signal_name(run_result.signal);
    run_.internal = run_result.internal;
    if (engine_ != nullptr) run_.duration = std::max(run_.duration, run_result.duration);
    const std::unordered_set<const script::Body*> known(bodies_.begin(), bodies_.end());
    for (const auto& script : scripts_)
        if (!known.contains(&script->body)) add_script(script->body);
    for (std::size_t i = 0; i < run_.scripts.size(); ++i) {
        auto& script = run_.scripts[i];
        add_unreached(*bodies_[i], script);
        sort_by_place(script.cases);
        make_titles_unique(script.cases);
    }
    return std::move(run_);
}

}  // namespace arun::app
