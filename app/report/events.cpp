#include "report/events.hpp"

#include "jobs/engine.hpp"
#include "jobs/time_format.hpp"
#include "report/record.hpp"
#include "rt/signals.hpp"
#include "script/kind.hpp"

#include <utility>

namespace arun::app {

using jobs::Outcome;
using jobs::Scope;
using script::Value;

namespace {

Value number(std::uint64_t n) {
    return Value::number(static_cast<double>(n));
}

Value number_or_null(std::uint64_t n) {
    return n == 0 ? Value() : number(n);
}

Value seconds(Duration duration) {
    return Value::number(to_seconds(duration));
}

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

std::uint64_t parent_run(const Scope& scope) noexcept {
    for (const auto* s = scope.parent(); s != nullptr; s = s->parent())
        if (s->run() != 0) return s->run();
    return 0;
}

Value EventLog::text(std::string_view t) const {
    return Value::string(secrets_.empty() ? std::string(t) : secrets_.mask(t));
}

EventLog::Row EventLog::row(std::string_view event) const {
    Row row;
    row.emplace_back("event", Value::string(event));
    row.emplace_back("time", seconds(engine_ != nullptr ? engine_->elapsed() : Duration::zero()));
    return row;
}

void EventLog::write(Row row) {
    std::string line;
    script::append_json(line, Value::map(std::move(row)));
    file_.append(line + '\n');
}

void EventLog::add_place(Row& row, const Span& span) const {
    const auto place = span.position();
    row.emplace_back("file", place.line == 0 ? Value() : text(place.file));
    row.emplace_back("line", number_or_null(place.line));
    row.emplace_back("column", number_or_null(place.column));
}

void EventLog::add_job(Row& row, const Scope& scope) const {
    const auto& job = *scope.job();
    const auto step = jobs::step_of(scope);
    row.emplace_back("run", number_or_null(scope.run()));
    row.emplace_back("parent", number_or_null(parent_run(scope)));
    row.emplace_back("kind", Value::string(job.kind()->name()));
    row.emplace_back("title", text(step.label));
    const auto* id = job.modifiers() != nullptr ? job.modifiers()->id : nullptr;
    row.emplace_back("name", step.named ? text(step.label) : Value());
    row.emplace_back("id", id != nullptr ? text(id->name) : Value());
    add_place(row, job.span());
    row.emplace_back("round", number_or_null(scope.round()));
}

Value EventLog::error_of(const jobs::Failure& failure) const {
    Row row;
    row.emplace_back("message", text(failure.message));
    row.emplace_back("cause", Value::string(failure.cause == jobs::Cause::timeout ? "timeout" : "failure"));
    const bool own = failure.where.source != nullptr || failure.chain.empty();
    add_place(row, own ? failure.where : failure.chain.front().job->span());
    row.emplace_back("output", failure.output.empty() ? Value() : text(failure.output));
    return Value::map(std::move(row));
}

void EventLog::run_started(const jobs::Engine& engine) {
    engine_ = &engine;
    auto r = row("run_started");
    r.emplace_back("version", number(1));
    r.emplace_back("started", Value::string(jobs::format_time(engine.loop->wall_time(),
                                                              "%Y-%m-%dT%H:%M:%S.%3fZ", true)));
    write(std::move(r));
}

void EventLog::diagnosed(const Diagnostics& diagnostics) {
    for (const auto& diagnostic : diagnostics.sorted()) {
        auto r = row("diagnostic");
        r.emplace_back("severity",
                       Value::string(diagnostic.severity == Severity::error ? "error" : "warning"));
        add_place(r, diagnostic.span);
        r.emplace_back("message", text(diagnostic.message));
        r.emplace_back("hint", diagnostic.hint.empty() ? Value() : text(diagnostic.hint));
        write(std::move(r));
    }
}

void EventLog::script_started(const script::Body& body) {
    auto r = row("script_started");
    r.emplace_back("script", text(body.name));
    write(std::move(r));
}

void EventLog::script_finished(const script::Body& body, Outcome outcome, Duration taken) {
    auto r = row("script_finished");
    r.emplace_back("script", text(body.name));
    r.emplace_back("outcome", Value::string(jobs::name_of(outcome)));
    r.emplace_back("duration", seconds(taken));
    write(std::move(r));
}

void EventLog::job_started(const Scope& scope) {
    auto r = row("job_started");
    add_job(r, scope);
    write(std::move(r));
}

void EventLog::job_finished(const Scope& scope, const jobs::JobResult& ending) {
    auto r = row("job_finished");
    add_job(r, scope);
    r.emplace_back("outcome", Value::string(jobs::name_of(ending.outcome)));
    r.emplace_back("allowed", Value::boolean(ending.allowed));
    r.emplace_back("duration", ending.outcome == Outcome::skipped ? Value() : seconds(ending.taken));
    r.emplace_back("error", ending.failure != nullptr ? error_of(*ending.failure) : Value());
    write(std::move(r));
}

void EventLog::failed(const jobs::Failure& failure, jobs::FailureContext context) {
    auto r = row("failed");
    r.emplace_back("fate", Value::string(name_of(context)));
    r.emplace_back("error", error_of(failure));
    write(std::move(r));
}

void EventLog::retrying(const Scope& scope, const jobs::Failure& failure, std::int64_t attempt,
                        Duration wait) {
    auto r = row("retrying");
    add_job(r, scope);
    r.emplace_back("attempt", Value::number(static_cast<double>(attempt)));
    r.emplace_back("wait", seconds(wait));
    r.emplace_back("error", error_of(failure));
    write(std::move(r));
}

void EventLog::notice(std::string_view t) {
    auto r = row("notice");
    r.emplace_back("text", text(t));
    write(std::move(r));
}

void EventLog::run_finished(const jobs::RunResult& run_result, int exit_status) {
    // The engine is gone.
    engine_ = nullptr;
    auto r = row("run_finished");
    r[1].second = seconds(run_result.duration);
    r.emplace_back("exit_status", Value::number(exit_status));
    r.emplace_back("signal",
                   run_result.signal == 0 ? Value() : Value::string(full_signal_name(run_result.signal)));
    r.emplace_back("error", run_result.internal.empty() ? Value() : text(run_result.internal));
    write(std::move(r));
    file_.flush();
}

}  // namespace arun::app
