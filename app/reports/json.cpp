#include "reports/json.hpp"

#include "base/time_format.hpp"

#include <utility>

namespace arun::app {

using jobs::Outcome;
using script::Value;

namespace {

void write_texts(JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
    json.key(name);
    json.begin_list();
    for (const auto& text : texts) json.value(text);
    json.end_list();
}

void write_failure(JsonWriter& json, const FailureRecord& failure) {
    json.begin_map();
    json.field("message", failure.whole_message());
    json.field("cause", failure.timeout ? "timeout" : "failure");
    json.place_fields(failure.place);
    write_texts(json, "in", failure.around);
    write_texts(json, "running", failure.running);
    json.field_or_null("output", failure.output);
    json.key("others");
    json.begin_list();
    for (const auto& other : failure.others) write_failure(json, other);
    json.end_list();
    json.end_map();
}

void write_error(JsonWriter& json, const FailureRecord* failure) {
    if (failure == nullptr) return json.field("error", Value());
    json.key("error");
    write_failure(json, *failure);
}

void write_times(JsonWriter& json, bool started, Duration start, Duration duration) {
    json.field("start", started ? json_seconds(start) : Value());
    json.field("duration", started ? json_seconds(duration) : Value());
}

void write_cases(JsonWriter& json, const std::vector<std::unique_ptr<CaseRecord>>& cases) {
    json.key("jobs");
    json.begin_list();
    for (const auto& record : cases) {
        json.begin_map();
        json.field("title", record->title);
        json.field_or_null("name", record->name);
        json.field_or_null("id", record->id);
        json.field("kind", record->kind);
        json.place_fields(record->place);
        json.field("outcome", name_of(record->outcome));
        json.field("allowed", Value::boolean(record->allowed));
        json.field_or_null("reason", record->reason);
        json.field("background", Value::boolean(record->background));
        json.field("finally", Value::boolean(record->cleanup));
        write_times(json, record->started, record->start, record->duration);
        json.field("attempts", json_number(static_cast<std::uint64_t>(record->attempts)));
        write_error(json, record->failure.get());
        write_cases(json, record->cases);
        json.end_map();
    }
    json.end_list();
}

void write_script(JsonWriter& json, const ScriptRecord& script) {
    json.begin_map();
    json.field("name", script.name);
    json.field("file", script.file);
    json.field("outcome", name_of(script.outcome));
    write_times(json, script.started, script.start, script.duration);
    write_error(json, script.failure ? &*script.failure : nullptr);
    write_cases(json, script.cases);
    json.end_map();
}

void write_totals(JsonWriter& json, const Totals& totals) {
    json.begin_map();
    json.field("jobs", json_number(totals.cases));
    json.field("success", json_number(totals.passed));
    json.field("failure", json_number(totals.failed));
    json.field("allowed", json_number(totals.allowed));
    json.field("cancelled", json_number(totals.cancelled));
    json.field("skipped", json_number(totals.skipped));
    json.end_map();
}

}  // namespace

void json_report(const RunRecord& run, const TextSink& out) {
    JsonWriter json(out);
    json.begin_map();
    json.field("version", json_number(1));
    json.field("started", format_time(run.started, "%Y-%m-%dT%H:%M:%S.%3fZ", true));
    json.field("duration", json_seconds(run.duration));
    json.field("exit_status", Value::number(run.exit_status));
    json.field_or_null("signal", run.signal);
    json.field_or_null("error", run.signal.empty() ? run.interruption() : run.internal);
    json.key("totals");
    write_totals(json, count(run));
    json.key("scripts");
    json.begin_list();
    for (const auto& script : run.scripts) write_script(json, script);
    json.end_list();
    json.end_map();
    json.finish();
}

std::string json_report(const Diagnostics& diagnostics, const Secrets& secrets) {
    std::string text;
    const TextSink out = [&](std::string_view piece) { text += piece; };
    JsonWriter json(out);
    json.begin_map();
    json.key("diagnostics");
    json.begin_list();
    for (const auto& d : diagnostics.sorted()) {
        json.begin_map();
        json.field("severity", d.severity == Severity::error ? "error" : "warning");
        json.place_fields(d.span.position());
        const auto end = d.span.source != nullptr ? d.span.source->position(d.span.end) : Position();
        json.field("end_line", json_number_or_null(end.line));
        json.field("end_column", json_number_or_null(end.column));
        json.field("message", secrets.redact(d.message));
        json.field_or_null("hint", secrets.redact(d.hint));
        json.end_map();
    }
    json.end_list();
    json.field("errors", json_number(diagnostics.errors()));
    json.end_map();
    json.finish();
    return text;
}

void JsonWriter::new_line() {
    buffer_ += '\n';
    buffer_.append(filled_.size() * 2, ' ');
}

/// Call before each key, and before each value that has none.
void JsonWriter::separate() {
    if (std::exchange(after_key_, false) || filled_.empty()) return;
    if (filled_.back()) buffer_ += ',';
    filled_.back() = true;
    new_line();
}

void JsonWriter::begin(char bracket) {
    separate();
    buffer_ += bracket;
    filled_.push_back(false);
}

void JsonWriter::end(char bracket) {
    constexpr std::size_t piece = std::size_t{1} << 12;
    const bool filled = filled_.back();
    filled_.pop_back();
    if (filled) new_line();
    buffer_ += bracket;
    if (buffer_.size() < piece) return;
    out_(buffer_);
    buffer_.clear();
}

void JsonWriter::key(std::string_view name) {
    separate();
    script::append_json_string(buffer_, name);
    buffer_ += ": ";
    after_key_ = true;
}

void JsonWriter::value(std::string_view text) {
    separate();
    script::append_json_string(buffer_, text);
}

void JsonWriter::value(const Value& scalar) {
    separate();
    script::append_json(buffer_, scalar);
}

void JsonWriter::field(std::string_view name, std::string_view text) {
    key(name);
    value(text);
}

void JsonWriter::field(std::string_view name, const Value& scalar) {
    key(name);
    value(scalar);
}

void JsonWriter::field_or_null(std::string_view name, std::string_view text) {
    if (text.empty()) return field(name, Value());
    field(name, text);
}

void JsonWriter::place_fields(const Position& place) {
    if (place.line == 0) {
        field("file", Value());
    } else {
        field("file", place.file);
    }
    field("line", json_number_or_null(place.line));
    field("column", json_number_or_null(place.column));
}

void JsonWriter::finish() {
    buffer_ += '\n';
    out_(buffer_);
    buffer_.clear();
}

}  // namespace arun::app
