#include "reports/events.hpp"

#include "base/time_format.hpp"
#include "jobs/engine.hpp"
#include "reports/observers.hpp"
#include "rt/signals.hpp"
#include "script/kind.hpp"

#include <utility>

namespace arun::app {

using jobs::Outcome;
using jobs::Scope;
using script::Value;

namespace {

std::string_view name_of(jobs::FailureContext context) {
    switch (context) {
        case jobs::FailureContext::fatal:
            return "fatal";
        case jobs::FailureContext::secondary:
            return "secondary";
        case jobs::FailureContext::allowed:
            return "allowed";
        case jobs::FailureContext::background:
            return "background";
        case jobs::FailureContext::cleanup:
            return "cleanup";
    }
    return {};
}

}  // namespace

Value EventLog::masked(std::string_view text) const {
    return secrets_.may_concern(text) ? Value::string(secrets_.redact(text)) : json_text(text);
}

/// A value with its type, unless a secret is in it.
Value EventLog::masked(const Value& value) const {
    const auto text = value.to_text();
    if (!secrets_.may_concern(text)) return value;
    auto hidden = secrets_.redact(text);
    return hidden == text ? value : Value::string(std::move(hidden));
}

JsonFields EventLog::new_event(std::string_view name) const {
    JsonFields event;
    event.emplace_back("event", json_text(name));
    event.emplace_back("time", json_seconds(engine_ != nullptr ? engine_->elapsed() : Duration::zero()));
    return event;
}

JsonFields EventLog::new_event(std::string_view name, const Scope& scope) const {
    auto event = new_event(name);
    const auto& job = *scope.job();
    const auto step = jobs::step_of(scope);
    event.emplace_back("run", json_number_or_null(scope.run()));
    event.emplace_back("parent", json_number_or_null(parent_run(scope)));
    event.emplace_back("kind", json_text(job.kind()->name()));
    event.emplace_back("title", masked(step.label));
    const auto* id = job.modifiers() != nullptr ? job.modifiers()->id : nullptr;
    event.emplace_back("name", step.named ? masked(step.label) : Value());
    event.emplace_back("id", id != nullptr ? masked(id->name) : Value());
    add_place_of(event, job.span());
    event.emplace_back("round", json_number_or_null(scope.round()));
    const auto* round = scope.rounds();
    while (round != nullptr && round->item == nullptr) round = round->outer;
    event.emplace_back("item", round != nullptr ? masked(*round->item) : Value());
    return event;
}

void EventLog::write(JsonFields event) {
    std::string line;
    script::append_json(line, Value::map(std::move(event)));
    file_.append(line + '\n');
}

void EventLog::add_place_of(JsonFields& fields, const Span& span) const {
    auto place = span.position();
    if (!secrets_.empty()) place.file = secrets_.mask(place.file);
    add_place(fields, place);
}

Value EventLog::error_of(const jobs::Failure& failure) const {
    JsonFields error;
    error.emplace_back("message", masked(failure.message));
    error.emplace_back("cause", json_text(failure.cause == jobs::Cause::timeout ? "timeout" : "failure"));
    const bool has_place = failure.where.source != nullptr || failure.chain.empty();
    add_place_of(error, has_place ? failure.where : failure.chain.front().job->span());
    if (!failure.running.empty()) {
        std::vector<Value> running;
        for (const auto& job : failure.running) running.push_back(masked(job));
        error.emplace_back("running", Value::list(std::move(running)));
    }
    error.emplace_back("output", failure.output.empty() ? Value() : masked(failure.output));
    return Value::map(std::move(error));
}

void EventLog::run_started(const jobs::Engine& engine) {
    engine_ = &engine;
    auto event = new_event("run_started");
    event.emplace_back("version", json_number(1));
    event.emplace_back("started",
                       Value::string(format_time(engine.loop->wall_time(), "%Y-%m-%dT%H:%M:%S.%3fZ", true)));
    write(std::move(event));
}

void EventLog::diagnosed(const Diagnostics& diagnostics) {
    for (const auto& diagnostic : diagnostics.sorted()) {
        auto event = new_event("diagnostic");
        event.emplace_back("severity",
                           json_text(diagnostic.severity == Severity::error ? "error" : "warning"));
        add_place_of(event, diagnostic.span);
        event.emplace_back("message", masked(diagnostic.message));
        event.emplace_back("hint", diagnostic.hint.empty() ? Value() : masked(diagnostic.hint));
        write(std::move(event));
    }
}

void EventLog::script_started(const script::Body& body) {
    auto event = new_event("script_started");
    event.emplace_back("script", masked(body.name));
    write(std::move(event));
}

void EventLog::script_finished(const script::Body& body, Outcome outcome, Duration taken) {
    auto event = new_event("script_finished");
    event.emplace_back("script", masked(body.name));
    event.emplace_back("outcome", json_text(jobs::name_of(outcome)));
    event.emplace_back("duration", json_seconds(taken));
    write(std::move(event));
}

void EventLog::job_started(const Scope& scope) {
    auto event = new_event("job_started", scope);
    write(std::move(event));
}

void EventLog::job_finished(const Scope& scope, const jobs::JobResult& result) {
    auto event = new_event("job_finished", scope);
    event.emplace_back("outcome", json_text(jobs::name_of(result.outcome)));
    event.emplace_back("allowed", Value::boolean(result.allowed));
    event.emplace_back("duration", result.outcome == Outcome::skipped ? Value() : json_seconds(result.taken));
    event.emplace_back("error", result.failure != nullptr ? error_of(*result.failure) : Value());
    write(std::move(event));
}

void EventLog::failed(const jobs::Failure& failure, jobs::FailureContext context) {
    auto event = new_event("failed");
    event.emplace_back("context", json_text(name_of(context)));
    event.emplace_back("error", error_of(failure));
    write(std::move(event));
}

void EventLog::retrying(const Scope& scope, const jobs::Failure& failure, std::int64_t attempt,
                        Duration wait) {
    auto event = new_event("retrying", scope);
    event.emplace_back("attempt", json_number(static_cast<std::uint64_t>(attempt)));
    event.emplace_back("wait", json_seconds(wait));
    event.emplace_back("error", error_of(failure));
    write(std::move(event));
}

void EventLog::notice(std::string_view text) {
    auto event = new_event("notice");
    event.emplace_back("text", masked(text));
    write(std::move(event));
}

void EventLog::run_finished(const jobs::RunResult& run_result, int exit_status) {
    engine_ = nullptr;  // destroyed by now
    auto event = new_event("run_finished");
    event[1].second = json_seconds(run_result.duration);
    event.emplace_back("exit_status", Value::number(exit_status));
    event.emplace_back("signal",
                       run_result.signal == 0 ? Value() : Value::string(full_signal_name(run_result.signal)));
    event.emplace_back("error", run_result.internal.empty() ? Value() : masked(run_result.internal));
    write(std::move(event));
    file_.flush();
}

}  // namespace arun::app
