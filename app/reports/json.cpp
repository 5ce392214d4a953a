#include "reports/json.hpp"

#include "jobs/time_format.hpp"

namespace arun::app {

using jobs::Outcome;
using script::Value;

namespace {

Value json_of(const FailureRecord& failure) {
    JsonFields fields;
    fields.emplace_back("message", json_text(failure.whole_message()));
    fields.emplace_back("cause", json_text(failure.timeout ? "timeout" : "failure"));
    add_place(fields, failure.place);
    std::vector<Value> around, running, others;
    for (const auto& job : failure.running) running.push_back(json_text(job));
    for (const auto& job : failure.around) around.push_back(json_text(job));
    for (const auto& other : failure.others) others.push_back(json_of(other));
    fields.emplace_back("in", Value::list(std::move(around)));
    fields.emplace_back("running", Value::list(std::move(running)));
    fields.emplace_back("output", json_text_or_null(failure.output));
    fields.emplace_back("others", Value::list(std::move(others)));
    return Value::map(std::move(fields));
}

Value error_of(const std::optional<FailureRecord>& failure) {
    return failure ? json_of(*failure) : Value();
}

Value json_of(const std::vector<std::unique_ptr<CaseRecord>>& cases) {
    std::vector<Value> list;
    for (const auto& record : cases) {
        JsonFields fields;
        fields.emplace_back("title", json_text(record->title));
        fields.emplace_back("name", json_text_or_null(record->name));
        fields.emplace_back("id", json_text_or_null(record->id));
        fields.emplace_back("kind", json_text(record->kind));
        add_place(fields, record->place);
        fields.emplace_back("outcome", json_text(name_of(record->outcome)));
        fields.emplace_back("allowed", Value::boolean(record->allowed));
        fields.emplace_back("reason", json_text_or_null(record->reason));
        fields.emplace_back("background", Value::boolean(record->background));
        fields.emplace_back("finally", Value::boolean(record->cleanup));
        fields.emplace_back("start", record->started ? json_seconds(record->start) : Value());
        fields.emplace_back("duration", record->started ? json_seconds(record->duration) : Value());
        fields.emplace_back("attempts", json_number(static_cast<std::uint64_t>(record->attempts)));
        fields.emplace_back("error", error_of(record->failure));
        fields.emplace_back("jobs", json_of(record->cases));
        list.push_back(Value::map(std::move(fields)));
    }
    return Value::list(std::move(list));
}

Value json_of(const ScriptRecord& script) {
    JsonFields fields;
    fields.emplace_back("name", json_text(script.name));
    fields.emplace_back("file", json_text(script.file));
    fields.emplace_back("outcome", json_text(name_of(script.outcome)));
    fields.emplace_back("start", script.started ? json_seconds(script.start) : Value());
    fields.emplace_back("duration", script.started ? json_seconds(script.duration) : Value());
    fields.emplace_back("error", error_of(script.failure));
    fields.emplace_back("jobs", json_of(script.cases));
    return Value::map(std::move(fields));
}

Value json_of(const Totals& totals) {
    JsonFields fields;
    fields.emplace_back("jobs", json_number(totals.cases));
    fields.emplace_back("success", json_number(totals.passed));
    fields.emplace_back("failure", json_number(totals.failed));
    fields.emplace_back("allowed", json_number(totals.allowed));
    fields.emplace_back("cancelled", json_number(totals.cancelled));
    fields.emplace_back("skipped", json_number(totals.skipped));
    return Value::map(std::move(fields));
}

}  // namespace

std::string json_report(const RunRecord& run) {
    JsonFields fields;
    fields.emplace_back("version", Value::number(1));
    fields.emplace_back("started", json_text(jobs::format_time(run.started, "%Y-%m-%dT%H:%M:%S.%3fZ", true)));
    fields.emplace_back("duration", json_seconds(run.duration));
    fields.emplace_back("exit_status", Value::number(run.exit_status));
    fields.emplace_back("signal", json_text_or_null(run.signal));
    fields.emplace_back("error", json_text_or_null(run.signal.empty() ? run.interruption() : run.internal));
    fields.emplace_back("totals", json_of(count(run)));
    std::vector<Value> scripts;
    for (const auto& script : run.scripts) scripts.push_back(json_of(script));
    fields.emplace_back("scripts", Value::list(std::move(scripts)));
    return json_document(std::move(fields));
}

std::string json_report(const Diagnostics& diagnostics, const Secrets& secrets) {
    std::vector<Value> list;
    for (const auto& d : diagnostics.sorted()) {
        JsonFields fields;
        fields.emplace_back("severity", json_text(d.severity == Severity::error ? "error" : "warning"));
        add_place(fields, d.span.position());
        const auto end = d.span.source != nullptr ? d.span.source->position(d.span.end) : Position();
        fields.emplace_back("end_line", json_number_or_null(end.line));
        fields.emplace_back("end_column", json_number_or_null(end.column));
        fields.emplace_back("message", json_text(secrets.redact(d.message)));
        fields.emplace_back("hint", json_text_or_null(secrets.redact(d.hint)));
        list.push_back(Value::map(std::move(fields)));
    }
    JsonFields report;
    report.emplace_back("diagnostics", Value::list(std::move(list)));
    report.emplace_back("errors", json_number(diagnostics.errors()));
    return json_document(std::move(report));
}

}  // namespace arun::app
