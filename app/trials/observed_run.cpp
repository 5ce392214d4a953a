#include "trials/observed_run.hpp"

#include "base/text.hpp"
#include "jobs/blocked_jobs.hpp"
#include "jobs/http.hpp"
#include "jobs/process_arguments.hpp"
#include "jobs/readiness.hpp"
#include "jobs/run_job.hpp"
#include "rt/context.hpp"
#include "rt/signals.hpp"
#include "rt/task.hpp"
#include "script/kind.hpp"
#include "script/names.hpp"
#include "tape/made_events.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <functional>
#include <utility>

namespace arun::app {
namespace {

using jobs::Scope;
using tape::Answer;
using tape::Question;

std::string place_of(const script::Job& job) {
    const auto place = job.span().position();
    return place.file + ':' + std::to_string(place.line);
}

JobPlace place_of(const Scope& scope) {
    JobPlace place;
    place.job = scope.job();
    const auto step = jobs::step_of(scope);
    const auto* modifiers = place.job->modifiers();
    place.label = modifiers != nullptr && modifiers->id != nullptr ? modifiers->id->name
                  : step.named                                     ? one_line(step.label)
                                                                   : place_of(*place.job);
    // A masked name cannot be typed as part of an id.
    const auto& output = scope.engine().output;
    if (output.masked(place.label) != place.label) place.label = place_of(*place.job);
    place.title = output.masked(jobs::title_of(step));
    for (const auto* up = &scope; up != nullptr; up = up->parent())
        if (up->job() != nullptr && (place.chain.empty() || place.chain.back() != up->job()))
            place.chain.push_back(up->job());
    return place;
}

const jobs::ReadinessArguments* readiness_of(const script::Job& job) {
    const auto* modifiers = job.modifiers();
    const void* arguments = nullptr;
    if (job.kind()->name() == "wait_for") arguments = job.arguments;
    if (modifiers != nullptr && modifiers->ready != nullptr) arguments = modifiers->ready->arguments;
    return static_cast<const jobs::ReadinessArguments*>(arguments);
}

bool is_inverted(const script::Job& job) {
    const auto* readiness = readiness_of(job);
    return readiness != nullptr && readiness->invert.literal;
}

/// A background job that is meant to run until something stops it.
bool is_service(const script::Job& job) {
    const auto* modifiers = job.modifiers();
    if (modifiers == nullptr || !modifiers->background) return false;
    return modifiers->ready != nullptr || modifiers->ends_by_failure ||
           (modifiers->id != nullptr && modifiers->id->service);
}

/// Answers of success, where there are no others.
class Assumptions {
public:
    /// `job`: the one that asks, or null.
    const Answer* answer(const Question& question, const script::Job* job) {
        const std::string where = "an assumption";
        if (job != nullptr && is_inverted(*job) &&
            (question.kind == "connect" || question.kind == "file" || question.child != nullptr ||
             question.request != nullptr)) {
            const auto* found = answer(question, nullptr);
            return &made_.emplace_back(without_end(*found, true));
        }
        if (question.child != nullptr) {
            auto& made = made_.emplace_back(tape::made_process(where, question));
            // It prints what its own `ready` waits for.
            const auto* readiness = job != nullptr ? readiness_of(*job) : nullptr;
            if (readiness != nullptr && readiness->own_output && readiness->contains)
                tape::add_output(made, next_time(), OutputStream::out,
                                 std::string(readiness->contains->literal()) + '\n');
            if (job == nullptr || !is_service(*job)) tape::add_exit(made, next_time(), 0, 0);
            return &made;
        }
        if (question.request != nullptr) {
            auto& made = made_.emplace_back(tape::made_request(where));
            made.arrivals.push_back({next_time(), tape::made_response(where, 200, {}, {}, std::nullopt)});
            return &made;
        }
        const auto& kind = question.kind;
        if (kind == "connect") return &made_.emplace_back(tape::made_connection(where, std::nullopt));
        if (kind == "file") return &made_.emplace_back(tape::made_look(where, question.key, 0));
        if (kind != "input" && kind != "whole" && kind != "lines") return nullptr;
        auto& made = made_.emplace_back(
            tape::made_answer(tape::made_event(where, {{std::string(kind), tape::text(question.key)}})));
        if (kind == "lines") tape::add_lines(made, Duration(), {}, true);
        if (kind == "input")
            made.arrivals.push_back({Duration(), tape::made_event(where, {{"done", tape::number(1)}})});
        return &made;
    }

private:
    /// Each takes its own time, so that there is an order in which they end.
    Duration next_time() {
        constexpr int distinct = 5000;
        // Longer than a failure is held back for a signal that may have caused it.
        return std::chrono::milliseconds(60) + std::chrono::microseconds(++taken_ % distinct);
    }

    std::deque<Answer> made_;
    int taken_ = 0;
};

bool is_point(std::string_view kind) {
    return kind == "start" || kind == "request" || kind == "connect" || kind == "file" || kind == "lines";
}

/// Answers as `base` does, with faults, and notes what was asked.
class FaultyAnswers final : public tape::AnswerSource {
public:
    FaultyAnswers(AnswerSource& base, const std::vector<Fault>& faults, ObservedRun& run, bool takes_notes)
        : base_(base), faults_(faults), run_(run), takes_notes_(takes_notes) {}

    void rewind() noexcept override { base_.rewind(); }
    const Answer* next(const Question& question) override {
        const auto* answer = base_.next(question);
        if (answer == nullptr) answer = base_.next_or_last(question);
        return noted(question, answer);
    }
    const Answer* next_or_last(const Question& question) override {
        return noted(question, base_.next_or_last(question));
    }
    bool knows(const Question& question) const override { return base_.knows(question); }
    std::string missing(const Question& question) const override { return base_.missing(question); }
    const std::vector<tape::SignalArrival>& signals() const noexcept override { return base_.signals(); }
    std::optional<std::string> text_of_file(const std::string& path, Duration time) override {
        const auto text = base_.text_of_file(path, time);
        return text ? text : std::string();
    }
    bool is_cut() const noexcept override { return base_.is_cut(); }

    std::size_t met = 0;  ///< how many of the faults
    /// An attempt of the job begins.
    void begin(const script::Job* job) { started_.erase(job); }

private:
    const Answer* noted(const Question& question, const Answer* answer) {
        const auto* scope = is_point(question.kind) ? jobs::current_scope() : nullptr;
        const auto* job = scope != nullptr ? scope->job() : nullptr;
        if (answer == nullptr) answer = assumptions_.answer(question, job);
        if (answer == nullptr || scope == nullptr) return answer;
        const auto number = count_++;
        const bool probe = is_probe(*scope, question);
        if (takes_notes_) {
            auto& asked = run_.asked.emplace_back();
            asked.by = place_of(*scope);
            asked.at = question.now;
            asked.jumps = run_.jumps.size();
            asked.probe = probe;
            asked.kinds = faults_for(*answer, probe);
            for (const auto& [after, event] : answer->arrivals) {
                asked.arrivals.push_back(asked.at + after);
                if (event.is("exit") || event.is("response") || event.is("done"))
                    asked.end = asked.at + after;
            }
        }
        bool is_broken = probe && broken_.contains(job);
        for (const auto& fault : faults_) {
            if (fault.is_at_jump()) continue;
            if (fault.point == number) {
                ++met;
            } else if (number < fault.point || fault.always != job || probe ||
                       !can_have(*answer, fault.kind)) {
                continue;
            }
            is_broken = true;
            // From then on, the wait finds nothing.
            if (probe) broken_.insert(job);
            if (!probe) answer = &made_.emplace_back(faulty(*answer, fault));
        }
        if (is_broken && probe) answer = &made_.emplace_back(without_end(*answer, !is_inverted(*job)));
        return answer;
    }

    static bool can_have(const Answer& answer, FaultKind kind) {
        const auto kinds = faults_for(answer, false);
        return std::ranges::find(kinds, kind) != kinds.end();
    }
    static Answer faulty(const Answer& answer, const Fault& fault) {
        if (!fault.at_question) return with_fault(answer, fault.kind);
        SignalScope::pretend(SIGINT);
        Loop::get_running().replay_wake();
        // In a clean-up it still comes.
        auto late = answer;
        for (auto& arrival : late.arrivals) arrival.after += std::chrono::milliseconds(1);
        return late;
    }

    /// Of a job with `ready`, the first command is its own.
    bool is_probe(const Scope& scope, const Question& question) {
        if (question.kind == "lines" || readiness_of(*scope.job()) == nullptr) return false;
        const bool is_request = scope.job()->kind()->name() == "http";
        const bool own = scope.job()->kind()->name() != "wait_for" &&
                         question.kind == (is_request ? std::string_view("request") : "start");
        return !own || !started_.insert(scope.job()).second;
    }

    AnswerSource& base_;
    const std::vector<Fault>& faults_;
    ObservedRun& run_;
    bool takes_notes_;
    std::size_t count_ = 0;
    Assumptions assumptions_;
    std::deque<Answer> made_;
    std::set<const script::Job*> broken_;   ///< waits that find nothing
    std::set<const script::Job*> started_;  ///< jobs with `ready`
};

class RunObserver final : public jobs::Observer {
public:
    RunObserver(ObservedRun& run, FaultyAnswers& answers) : run_(run), answers_(answers) {}

    jobs::EventFilter event_filter() const noexcept override { return jobs::EventFilter::all; }

    void job_started(const Scope& scope) override { answers_.begin(scope.job()); }
    void job_finished(const Scope& scope, const jobs::JobResult& result) override {
        const auto* job = scope.job();
        if (result.outcome != jobs::Outcome::skipped) ++run_.ran[job];
        if (result.stopped) run_.stopped.insert(job);
        if (result.outcome == jobs::Outcome::failure) {
            note_failed_attempt(job);
            run_.failed.insert(job);
        }
        if (result.outcome == jobs::Outcome::failure && result.allowed) run_.allowed.insert(job);
        look_at_cleanup(scope, result);
    }
    void failed(const jobs::Failure& failure, jobs::FailureContext context) override {
        note_timeout(failure);
        if (context == jobs::FailureContext::fatal && run_.failure.empty())
            run_.failure = first_line(failure.message);
    }
    void retrying(const Scope& scope, const jobs::Failure&, std::int64_t, Duration) override {
        note_failed_attempt(scope.job());
        ++run_.retried[scope.job()];
        answers_.begin(scope.job());
    }
    void notice(std::string_view text) override {
        if (text.starts_with("waiting: ")) {
            auto& hangs = run_.hangs ? *run_.hangs : run_.hangs.emplace();
            hangs += (hangs.empty() ? "" : ", ") + std::string(text.substr(9));
        }
        if (text.starts_with("still running after the grace period")) run_.too_slow.emplace_back(text);
    }

private:
    /// Marks the last question of the job.
    void note_failed_attempt(const script::Job* job) {
        for (auto asked = run_.asked.rbegin(); asked != run_.asked.rend(); ++asked) {
            if (asked->by.job != job) continue;
            asked->failed = true;
            return;
        }
    }
    void note_timeout(const jobs::Failure& failure) {
        if (failure.cause != jobs::Cause::timeout || run_.timed_out) return;
        run_.timed_out = failure.chain.empty() ? nullptr : failure.chain.front().job;
    }

    void look_at_cleanup(const Scope& scope, const jobs::JobResult& result) {
        const auto* list = scope.list();
        if (list == nullptr || list->outer == nullptr || !list->outer->of_job) return;
        const auto* modifiers = scope.job()->modifiers();
        const bool asks = modifiers != nullptr && modifiers->condition_asks_status;
        const bool skipped = result.outcome == jobs::Outcome::skipped;
        const bool failed = result.outcome == jobs::Outcome::failure && !result.allowed;
        std::string what;
        if (failed) what = "failed: " + std::string(first_line(result.failure->message));
        if (result.outcome == jobs::Outcome::cancelled) what = "was cut short";
        if (skipped && !asks && (list->failed || list->cancelled))
            what = "did not run, because a job before it in the same 'finally' had failed";
        if (skipped && asks) what = "did not run, because its 'if' was false";
        if (!what.empty())
            run_.cleanup.push_back({place_of(scope), failed, skipped && asks, std::move(what)});
    }

    ObservedRun& run_;
    FaultyAnswers& answers_;
};

/// Called before each jump of the clock.
class JumpWatch {
public:
    JumpWatch(ObservedRun& run, const std::vector<Fault>& faults, std::size_t& met, bool notes)
        : run_(run), faults_(faults), met_(met), notes_(notes) {}

    std::size_t count() const noexcept { return count_; }

    void jump(Loop& loop, Duration next) {
        const auto number = count_++;
        if (notes_) {
            auto& jump = run_.jumps.emplace_back();
            jump.from = loop.time();
            jump.asked = run_.asked.size();
            jump.to = next;
            note_waiting(loop, jump);
        }
        for (const auto& fault : faults_) {
            if (!fault.is_at_jump() || fault.point != number) continue;
            ++met_;
            if (fault.kind == FaultKind::order) {
                loop.delay_next_timer(fault.by);
            } else {
                SignalScope::pretend(SIGINT);
                loop.replay_wake();
            }
        }
    }

private:
    /// splitmix64: different sets of such numbers have different sums.
    static std::uint64_t mixed(std::uint64_t x) noexcept {
        x += 0x9e3779b97f4a7c15U;
        x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
        x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
        return x ^ (x >> 31U);
    }

    static void note_waiting(Loop& loop, Jump& jump) {
        const auto waiting = jobs::blocked_scopes(loop);
        jump.waiting = waiting.size();
        const auto is_foreground = [](const auto& one) { return one.first->background() == nullptr; };
        const auto found = std::ranges::find_if(waiting, is_foreground);
        for (const auto& [scope, task] : waiting) {
            jump.has_tick = jump.has_tick || scope->job()->kind()->name() == "tick";
            jump.key += mixed(std::hash<const void*>()(scope->job()));
            for (const auto* up = scope; up != nullptr && !jump.in_race; up = up->parent())
                jump.in_race = up->job() != nullptr && up->job()->kind()->name() == "race";
        }
        if (waiting.empty()) return;
        const auto& [scope, task] = found != waiting.end() ? *found : waiting.front();
        const ContextSlotScope in(task->context_slot());
        jump.foreground = place_of(*scope);
    }

    ObservedRun& run_;
    const std::vector<Fault>& faults_;
    std::size_t& met_;
    bool notes_;
    std::size_t count_ = 0;
};

}  // namespace

ObservedRun run_observed(Stage& stage, const std::vector<Fault>& faults, const RunLimits& limits) {
    ObservedRun run;
    FaultyAnswers answers(stage.answers(), faults, run, limits.takes_notes);
    RunObserver observer(run, answers);
    JumpWatch watch(run, faults, answers.met, limits.takes_notes);
    run.trial = stage.run(answers, &observer, [&](tape::AnsweringWorld& world) {
        // So that a run with a fault can take longer than the one on the tape.
        world.ignores_cuts = true;
        world.when_opened = [&](Loop& loop) {
            loop.before_jump = [&](Duration next) {
                if (next <= limits.horizon && watch.count() < limits.max_jumps) return watch.jump(loop, next);
                const auto waiting = jobs::describe_blocked_jobs(loop);
                run.hangs = join(waiting, ", ");
                world.stop("it does not end");
            };
        };
    });
    if (run.trial.out_of_steps && !run.hangs) run.hangs = std::string();
    run.unanswered = !run.trial.problem.empty() && !run.hangs;
    run.reached = answers.met >= faults.size();
    return run;
}

namespace {

/// Whether `expect` looks at what the job's child printed, or at the body or headers of its response.
bool expects_content(const script::Job& job) {
    const auto kind = job.kind()->name();
    if (kind == "exec" || kind == "run") {
        // The arguments of both begin with these.
        const auto& expect = static_cast<const jobs::ProcessArguments*>(job.arguments)->expect;
        return expect && (expect->out || expect->err);
    }
    if (kind != "http") return false;
    const auto& expect = static_cast<const jobs::HttpArguments*>(job.arguments)->expect;
    return expect && (expect->body || expect->json);
}

}  // namespace

bool reads_result(const script::Job& job) {
    if (expects_content(job)) return true;
    const auto* modifiers = job.modifiers();
    if (modifiers == nullptr) return false;
    return modifiers->capture != nullptr ||
           (modifiers->id != nullptr && (modifiers->id->result_read || modifiers->id->output_read));
}

}  // namespace arun::app
