#include "report/recorder.hpp"

#include "jobs/engine.hpp"
#include "jobs/run.hpp"
#include "report/job_path.hpp"
#include "rt/signals.hpp"
#include "script/kind.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_map>

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

/// A job that did not get its turn: its label cannot be computed any more.
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

/// Test reports tell cases apart by their names.
void make_titles_unique(std::vector<std::unique_ptr<CaseRecord>>& cases) {
    std::unordered_map<std::string, int> seen;
    for (auto& record : cases) {
        if (const int number = ++seen[record->title]; number > 1)
            record->title += " (" + std::to_string(number) + ')';
        make_titles_unique(record->cases);
    }
}

/// The top-level jobs in the order of the script, not in that in which they were started.
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
    // A stream of lines has no jobs of its own, and is called as its source is.
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
    add_rest(body, script);
}

void Recorder::add_rest(const script::Body& body, ScriptRecord& script) {
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
    // A retry around it runs it again: the last time counts.
    record.started = true;
    record.outcome = Outcome::cancelled;
    record.reason.clear();
    record.failure.reset();
    ++record.attempts;
}

void Recorder::job_finished(const Scope& scope, const jobs::JobResult& ending) {
    auto& record = case_of(scope);
    record.outcome = ending.outcome;
    if (ending.outcome == Outcome::skipped) {
        const auto* modifiers = scope.job()->modifiers();
        const bool asks = modifiers != nullptr && modifiers->condition_asks_status;
        const bool after = scope.list() != nullptr && scope.list()->failed && !asks;
        record.reason = after ? "an earlier job failed" : "its 'if' is false";
        return;
    }
    if (ending.outcome == Outcome::cancelled) record.reason = "cancelled";
    record.duration = engine_->elapsed() - record.start;
    record.allowed = ending.allowed;
    if (ending.failure != nullptr) {
        record.failure = record_of(*ending.failure);
        remember(*ending.failure, *scope.job(), record);
    }
    // A group that is well, or may fail, has let its jobs fail.
    if (ending.outcome == Outcome::success || ending.allowed) record.allow();
    if (ending.allowed) allow(*ending.failure);
}

/// A later failure may have the address of one that is gone: what it has not gone through is forgotten.
void Recorder::remember(const jobs::Failure& failure, const script::Job& job, CaseRecord& record) {
    auto& known = by_failure_[&failure];
    std::erase_if(known, [&](const auto& entry) {
        return std::ranges::none_of(failure.chain, [&](const auto& step) { return step.job == entry.first; });
    });
    known.emplace_back(&job, &record);
}

/// The cases whose failure this is: of a job inside, or of a background job that was waited for.
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
    // What has no job is the script's.
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
    for (const auto& script : scripts_)
        if (std::find(bodies_.begin(), bodies_.end(), &script->body) == bodies_.end())
            add_script(script->body);
    for (std::size_t i = 0; i < run_.scripts.size(); ++i) {
        auto& script = run_.scripts[i];
        add_rest(*bodies_[i], script);
        sort_by_place(script.cases);
        make_titles_unique(script.cases);
    }
    return std::move(run_);
}

}  // namespace arun::app
