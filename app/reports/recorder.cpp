#include "reports/recorder.hpp"

#include "base/text.hpp"
#include "jobs/background.hpp"
#include "jobs/engine.hpp"
#include "jobs/run_job.hpp"
#include "reports/observers.hpp"
#include "rt/signals.hpp"
#include "script/kind.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

namespace arun::app {

using jobs::Outcome;
using jobs::Scope;

namespace {

/// Units: bytes.
constexpr std::size_t max_step_text = 160;
constexpr std::size_t max_item_text = 40;
/// Of all cases together.
constexpr std::size_t max_output = std::size_t{16} << 20;

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
    // The first of several titles stays as it is, and so do the keys.
    std::unordered_map<std::string_view, int> seen;
    for (auto& record : cases) {
        if (const int number = ++seen[record->title]; number > 1)
            record->title += " (" + std::to_string(number) + ')';
        make_titles_unique(record->cases);
    }
}

/// Sorts by position in the script instead of by start.
void sort_by_place(std::vector<std::unique_ptr<CaseRecord>>& cases) {
    std::ranges::stable_sort(cases, [](const auto& a, const auto& b) {
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
            const JobPath path{{&job, 0}};
            if (by_path_.contains(path)) continue;
            auto& record = *script.cases.emplace_back(std::make_unique<CaseRecord>(unreached_case(job)));
            record.cleanup = cleanup;
            by_path_[path] = &record;
        }
    };
    add(body.jobs, false);
    if (body.finally) add(*body.finally, true);
}

/// From the top of the script down to the job of `scope`. For a background job, it includes the jobs around
/// it when it was started.
Recorder::JobPath Recorder::path_of(const Scope& scope) {
    JobPath path;
    for (const auto* s = &scope; s != nullptr && s->job() != nullptr; s = s->parent())
        path.push_back({s->job(), s->round()});
    if (const auto* run = scope.background())
        for (const auto& step : (*run)->chain) path.push_back({step.job, step.round});
    std::reverse(path.begin(), path.end());
    return path;
}

/// The case of the path's last job, or else the innermost one around it. Null if there is none.
CaseRecord* Recorder::innermost_case(JobPath path) {
    for (; !path.empty(); path.pop_back())
        if (const auto found = by_path_.find(path); found != by_path_.end()) return found->second;
    return nullptr;
}

/// The list of the innermost case around the path's last job.
std::vector<std::unique_ptr<CaseRecord>>& Recorder::cases_around(JobPath path) {
    path.pop_back();
    auto* around = innermost_case(std::move(path));
    return around != nullptr ? around->cases : run_.scripts.back().cases;
}

CaseRecord& Recorder::case_of(const Scope& scope) {
    const auto path = path_of(scope);
    if (const auto found = by_path_.find(path); found != by_path_.end()) return *found->second;
    auto& record = *cases_around(path).emplace_back(std::make_unique<CaseRecord>(new_case(*scope.job())));
    by_path_[path] = &record;
    const auto step = jobs::step_of(scope);
    if (step.named) record.name = step.label;
    record.title = jobs::label_with_items(step);
    record.items = step.items;
    record.start = engine_->elapsed();
    const auto& body = *bodies_.back();
    record.cleanup = path.size() == 1 && body.finally && is_in(*path.front().job, *body.finally);
    return record;
}

/// Lists the cases inside a job that was cut short which it did not reach, in the rounds that it did.
void Recorder::add_unreached_inside(JobPath& path) {
    const auto& job = *path.back().job;
    std::vector<std::uint64_t> rounds;
    if (job.kind()->lists_rounds == nullptr) {
        rounds.push_back(path.back().round);
    } else if (job.kind()->lists_rounds(job.arguments)) {
        for (auto at = by_path_.upper_bound(path); at != by_path_.end(); ++at) {
            const auto& inside = at->first;
            if (inside.size() <= path.size() || !std::equal(path.begin(), path.end(), inside.begin())) break;
            rounds.push_back(inside[path.size()].round);
        }
        std::ranges::sort(rounds);
        rounds.erase(std::unique(rounds.begin(), rounds.end()), rounds.end());
        if (rounds.empty()) rounds.push_back(0);
    }
    for (const auto& field : job.kind()->schema.fields) {
        if (field.jobs == nullptr) continue;
        for (const auto round : rounds) add_unreached_jobs(path, field.jobs(job.arguments), round);
    }
}

void Recorder::add_unreached_jobs(JobPath& path, std::span<const script::Job> jobs, std::uint64_t round) {
    std::string items;  // of the round, as a case that it has reached shows them
    for (const auto& job : jobs) {
        path.push_back({&job, round});
        const auto known = by_path_.find(path);
        if (known != by_path_.end()) {
            items = known->second->items;
        } else if (job.modifiers() == nullptr || !job.modifiers()->name) {
            add_unreached_inside(path);
        } else {
            auto& record =
                *cases_around(path).emplace_back(std::make_unique<CaseRecord>(unreached_case(job)));
            if (!items.empty()) record.title += ' ' + items;
            record.items = items;
            by_path_[path] = &record;
        }
        path.pop_back();
    }
}

void Recorder::job_started(const Scope& scope) {
    auto& record = case_of(scope);
    if (!record.started) {
        record.start = engine_->elapsed();
    } else if (has_details()) {
        // Something around it tries again.
        auto& detail = record.make_detail();
        if (detail.attempts.empty()) {
            const auto text = record.failure ? record.failure->headline() : std::move(detail.cut);
            detail.attempt_start = record.start;
            end_attempt(record, record.start + record.duration, record.outcome, text);
        }
        detail.attempt_start = engine_->elapsed();
        detail.cut.clear();
        std::erase_if(cuts_, [&](const Cut& cut) { return cut.record == &record; });
    }
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
    record.duration = engine_->elapsed() - record.start;
    record.allowed = result.allowed;
    if (result.outcome == Outcome::cancelled && result.stopped) {
        // As the script has it: a server does its job until it is no longer needed.
        record.outcome = Outcome::success;
        record.reason = "stopped by the script";
    } else if (result.outcome == Outcome::cancelled) {
        record.reason = "cancelled";
        if (has_details()) cuts_.push_back({&record, path_of(scope), engine_->elapsed()});
    }
    if (record.detail && !record.detail->attempts.empty())
        end_attempt(record, engine_->elapsed(), result.outcome,
                    result.failure != nullptr ? first_line(result.failure->message) : record.reason);
    if (has_details() && result.failure != nullptr) explain_cuts(*result.failure);
    if (result.outcome == Outcome::success && !cuts_.empty() && !record.cases.empty())
        explain_lost_races(path_of(scope));
    if (result.failure != nullptr) {
        record.failure = std::make_unique<FailureRecord>(record_of(*result.failure, scope.job()));
        // Of a background job that it waited for, if that is a case.
        const auto known = by_failure_.find(result.failure->telling.get());
        if (!result.failure->is_of(*scope.job()) && known != by_failure_.end()) {
            waiters_.push_back(
                {&record, known->second.origin,
                 "it waited for " + jobs::title_of(result.failure->chain.front()) + ", which failed"});
        }
        note_failure(*result.failure, *scope.job(), record);
    }
    if (result.outcome == Outcome::failure || result.outcome == Outcome::cancelled) {
        auto path = path_of(scope);
        add_unreached_inside(path);
    }
    // A group that did not fail, or was allowed to, has tolerated the failures inside. One that was cancelled
    // after a job of it had failed it has failed.
    if (result.outcome != Outcome::failure || result.allowed) record.allow();
    if (result.allowed) allow(*result.failure);
}

void Recorder::note_failure(const jobs::Failure& failure, const script::Job& job, CaseRecord& record) {
    auto& known = by_failure_[failure.telling.get()];
    known.failure = failure.telling;
    if (known.origin == nullptr) known.origin = &record;
    known.by_job[&job].push_back(&record);
}

/// Marks the cases that the failure has passed through: those around a job inside, or of a background job
/// that a `wait` waited for.
void Recorder::allow(const jobs::Failure& failure) {
    dropped(failure);
    for (const auto& other : failure.others) allow(*other);
}

void Recorder::dropped(const jobs::Failure& failure) {
    hidden_.erase(failure.telling.get());
    const auto found = by_failure_.find(failure.telling.get());
    if (found == by_failure_.end()) return;
    auto& by_job = found->second.by_job;
    for (const auto& step : failure.chain) {
        const auto cases = by_job.find(step.job);
        if (cases == by_job.end()) continue;
        for (auto* record : cases->second) record->allow();
        by_job.erase(cases);
    }
}

/// A background job inside of a group or loop may fail when that has passed.
void Recorder::note_hidden(const jobs::Failure& failure) {
    const auto* step = failure.background_job();
    if (step == nullptr || run_.scripts.empty()) return;
    HiddenFailure hidden{failure.telling, run_.scripts.size() - 1, hidden_.size(), new_case(*step->job)};
    auto& record = hidden.record;
    if (step->named) record.name = step->label;
    record.title = jobs::label_with_items(*step);
    record.items = step->items;
    record.started = true;
    record.outcome = Outcome::failure;
    record.start = engine_->elapsed();
    record.failure = std::make_unique<FailureRecord>(record_of(failure, step->job));
    hidden_.emplace(failure.telling.get(), std::move(hidden));
}

/// Makes cases of the failures that are in no other case and were not allowed.
void Recorder::add_hidden() {
    std::vector<HiddenFailure*> found;
    for (auto& [telling, hidden] : hidden_) {
        const auto known = by_failure_.find(telling);
        if (known == by_failure_.end() || known->second.origin->allowed) found.push_back(&hidden);
    }
    std::ranges::sort(found, {}, &HiddenFailure::number);
    for (auto* hidden : found)
        run_.scripts[hidden->script].cases.push_back(std::make_unique<CaseRecord>(std::move(hidden->record)));
}

void Recorder::failed(const jobs::Failure& failure, jobs::FailureContext context) {
    if (has_details()) explain_cuts(failure);
    if (context == jobs::FailureContext::allowed) allow(failure);
    if (context == jobs::FailureContext::background) note_hidden(failure);
    // A failure without a job is that of the script.
    if (!failure.chain.empty() || run_.scripts.empty()) return;
    run_.scripts.back().failure = record_of(failure);
    explain_all_cuts(std::string(first_line(failure.message)));
}

void Recorder::retrying(const Scope& scope, const jobs::Failure& failure, std::int64_t, Duration wait) {
    if (!jobs::is_case(scope)) return;
    auto& record = case_of(scope);
    ++record.attempts;
    if (!has_details()) return;
    explain_cuts(failure);
    auto& detail = record.make_detail();
    if (detail.attempts.empty()) detail.attempt_start = record.start;
    end_attempt(record, engine_->elapsed(), Outcome::failure, first_line(failure.message));
    detail.attempt_start = engine_->elapsed() + wait;
}

/// Precondition: the record has a detail, with the start of the attempt.
void Recorder::end_attempt(CaseRecord& record, Duration end, Outcome outcome, std::string_view text) {
    auto& detail = *record.detail;
    // It was cancelled before the attempt began.
    if (detail.attempt_start > end) return;
    const auto number = detail.attempts.total() + 1;
    StepRecord step{detail.attempt_start, end, outcome, number, number, {}};
    if (outcome != Outcome::success) step.text = excerpt(one_line(text), max_step_text);
    detail.attempts.add(std::move(step));
}

void Recorder::kind_started(const Scope& scope) {
    auto& record = case_of(scope);
    if (record.detail && !record.detail->attempts.empty()) record.detail->attempt_start = engine_->elapsed();
    if (!record.name.empty()) return;
    auto label = script::computed_label(*scope.job(), scope);
    if (!record.items.empty()) label += ' ' + record.items;
    if (label != record.title) record.make_detail().label = std::move(label);
}

void Recorder::round_finished(const Scope& scope, const jobs::Round& round, Duration started,
                              Outcome outcome) {
    auto& rounds = case_of(scope).make_detail().rounds;
    StepRecord step{started, engine_->elapsed(), outcome, round.index, round.index, {}};
    // Rounds that become one have no item.
    if (round.item != nullptr && rounds.is_complete())
        step.text = excerpt(one_line(round.item->to_text()), max_item_text);
    rounds.add(std::move(step));
}

void Recorder::printed(const Scope& scope, jobs::Stream stream, std::string_view text) {
    if (text.empty()) return;
    auto* record = innermost_case(path_of(scope));
    if (record == nullptr) return;
    auto& detail = record->make_detail();
    const auto before = detail.output_size();
    if (before == 0) with_output_.push_back(record);
    (stream == jobs::Stream::out ? detail.out : detail.err).add(text);
    output_size_ += detail.output_size() - before;
    while (output_size_ > max_output && with_output_.size() > 1) {
        auto& oldest = *with_output_.front()->detail;
        with_output_.pop_front();
        output_size_ -= oldest.output_size();
        oldest.out = oldest.err = {};
        oldest.output_dropped = true;
    }
}

namespace {

void set_cut(CaseRecord& record, const std::string& reason) {
    auto& detail = record.make_detail();
    detail.cut = reason;
    if (detail.attempts.empty()) return;
    auto& last = detail.attempts.steps().back();
    if (last.outcome == Outcome::cancelled) last.text = excerpt(one_line(reason), max_step_text);
}

}  // namespace

/// Records the failure as the reason of the cases that it has cancelled.
void Recorder::explain_cuts(const jobs::Failure& failure) {
    if (cuts_.empty() || failure.chain.empty()) return;
    const auto* origin = failure.chain.front().job;
    const auto time = engine_->before + failure.at;
    const auto is_around = [](const Cut& cut, const script::Job* job) {
        return std::ranges::find(cut.path, job, &Place::job) != cut.path.end();
    };
    const auto explain = [&](Cut& cut) {
        if (failure.cause == jobs::Cause::timeout && is_around(cut, origin)) {
            const bool own = cut.path.back().job == origin;
            set_cut(*cut.record, (own ? "" : jobs::title_of(failure.chain.front()) + ' ') +
                                     std::string(first_line(failure.message)));
            return true;
        }
        if (cut.time < time || is_around(cut, origin)) return false;
        // The job of the group around both that failed.
        for (std::size_t i = 1; i < failure.chain.size(); ++i) {
            if (!is_around(cut, failure.chain[i].job)) continue;
            set_cut(*cut.record, jobs::title_of(failure.chain[i - 1]) + " failed");
            return true;
        }
        return false;
    };
    std::erase_if(cuts_, explain);
}

/// `around`: of a case that has succeeded. What was cancelled inside has lost a race.
void Recorder::explain_lost_races(const JobPath& around) {
    const auto explain = [&](Cut& cut) {
        if (cut.path.size() <= around.size() || !std::equal(around.begin(), around.end(), cut.path.begin()))
            return false;
        // The innermost race around it, which may be the case itself.
        const auto first = cut.path.rend() - static_cast<std::ptrdiff_t>(around.size() - 1);
        const auto race = std::find_if(cut.path.rbegin() + 1, first,
                                       [](const Place& p) { return p.job->kind()->name() == "race"; });
        if (race == first) return false;
        set_cut(*cut.record, "another job won the race");
        return true;
    };
    std::erase_if(cuts_, explain);
}

void Recorder::explain_all_cuts(const std::string& reason) {
    for (const auto& cut : cuts_) set_cut(*cut.record, reason);
    cuts_.clear();
}

RunRecord Recorder::take(const jobs::RunResult& run_result, int exit_status) {
    run_.exit_status = exit_status;
    if (run_result.signal != 0) run_.signal = full_signal_name(run_result.signal);
    run_.internal = run_result.internal;
    if (engine_ != nullptr) run_.duration = std::max(run_.duration, run_result.duration);
    const std::unordered_set<const script::Body*> known(bodies_.begin(), bodies_.end());
    for (const auto& script : scripts_)
        if (!known.contains(&script->body)) add_script(script->body);
    for (std::size_t i = 0; i < run_.scripts.size(); ++i) add_unreached(*bodies_[i], run_.scripts[i]);
    by_path_.clear();
    // A failure counts once: where it happened, or, if it is allowed there, where it is not.
    for (auto& waiter : waiters_) {
        auto& record = *waiter.record;
        if (!record.allowed && waiter.origin->allowed) continue;
        record.outcome = Outcome::cancelled;
        record.reason = std::move(waiter.reason);
        record.failure.reset();
    }
    if (!run_.signal.empty()) explain_all_cuts("interrupted by " + run_.signal);
    if (!run_.internal.empty()) explain_all_cuts(run_.internal);
    add_hidden();
    for (auto& script : run_.scripts) {
        sort_by_place(script.cases);
        make_titles_unique(script.cases);
    }
    return std::move(run_);
}

}  // namespace arun::app
