#include "jobs/time_format.hpp"
#include "report/formats.hpp"
#include "script/value.hpp"

namespace arun::app {

using jobs::Outcome;
using script::Value;

namespace {

using Row = std::vector<Value::Entry>;

Value text(std::string_view t) {
    return Value::string(t);
}

Value text_or_null(std::string_view t) {
    return t.empty() ? Value() : text(t);
}

Value number(std::size_t n) {
    return Value::number(static_cast<double>(n));
}

Value seconds(Duration duration) {
    return Value::number(to_seconds(duration));
}

void add_place(Row& row, const Position& place) {
    row.emplace_back("file", text_or_null(place.file));
    row.emplace_back("line", place.line == 0 ? Value() : Value::number(place.line));
    row.emplace_back("column", place.line == 0 ? Value() : Value::number(place.column));
}

Value json_of(const FailureRecord& failure) {
    Row row;
    row.emplace_back("message", text(failure.message));
    row.emplace_back("cause", text(failure.timeout ? "timeout" : "failure"));
    add_place(row, failure.place);
    std::vector<Value> around, others;
    for (const auto& job : failure.around) around.push_back(text(job));
    for (const auto& other : failure.others) others.push_back(json_of(other));
    row.emplace_back("in", Value::list(std::move(around)));
    row.emplace_back("output", text_or_null(failure.output));
    row.emplace_back("others", Value::list(std::move(others)));
    return Value::map(std::move(row));
}

Value error_of(const std::optional<FailureRecord>& failure) {
    return failure ? json_of(*failure) : Value();
}

Value json_of(const std::vector<std::unique_ptr<CaseRecord>>& cases) {
    std::vector<Value> list;
    for (const auto& record : cases) {
        Row row;
        row.emplace_back("title", text(record->title));
        row.emplace_back("name", text_or_null(record->name));
        row.emplace_back("id", text_or_null(record->id));
        row.emplace_back("kind", text(record->kind));
        add_place(row, record->place);
        row.emplace_back("outcome", text(name_of(record->outcome)));
        row.emplace_back("allowed", Value::boolean(record->allowed));
        row.emplace_back("reason", text_or_null(record->reason));
        row.emplace_back("background", Value::boolean(record->background));
        row.emplace_back("finally", Value::boolean(record->cleanup));
        row.emplace_back("start", record->started ? seconds(record->start) : Value());
        row.emplace_back("duration", record->started ? seconds(record->duration) : Value());
        row.emplace_back("attempts", Value::number(static_cast<double>(record->attempts)));
        row.emplace_back("error", error_of(record->failure));
        row.emplace_back("jobs", json_of(record->cases));
        list.push_back(Value::map(std::move(row)));
    }
    return Value::list(std::move(list));
}

Value json_of(const ScriptRecord& script) {
    Row row;
    row.emplace_back("name", text(script.name));
    row.emplace_back("file", text(script.file));
    row.emplace_back("outcome", text(name_of(script.outcome)));
    row.emplace_back("start", script.started ? seconds(script.start) : Value());
    row.emplace_back("duration", script.started ? seconds(script.duration) : Value());
    row.emplace_back("error", error_of(script.failure));
    row.emplace_back("jobs", json_of(script.cases));
    return Value::map(std::move(row));
}

Value json_of(const Totals& totals) {
    Row row;
    row.emplace_back("jobs", number(totals.cases));
    row.emplace_back("success", number(totals.passed));
    row.emplace_back("failure", number(totals.failed));
    row.emplace_back("allowed", number(totals.allowed));
    row.emplace_back("cancelled", number(totals.cancelled));
    row.emplace_back("skipped", number(totals.skipped));
    return Value::map(std::move(row));
}

}  // namespace

std::string json_report(const RunRecord& run) {
    Row row;
    row.emplace_back("version", Value::number(1));
    row.emplace_back("started", text(jobs::format_time(run.started, "%Y-%m-%dT%H:%M:%S.%3fZ", true)));
    row.emplace_back("duration", seconds(run.duration));
    row.emplace_back("exit_status", Value::number(run.exit_status));
    row.emplace_back("signal", text_or_null(run.signal));
    row.emplace_back("error", text_or_null(run.signal.empty() ? run.interruption() : run.internal));
    row.emplace_back("totals", json_of(count(run)));
    std::vector<Value> scripts;
    for (const auto& script : run.scripts) scripts.push_back(json_of(script));
    row.emplace_back("scripts", Value::list(std::move(scripts)));
    std::string out;
    script::append_json(out, Value::map(std::move(row)), true);
    return out + '\n';
}

}  // namespace arun::app
