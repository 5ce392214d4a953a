#include "check_report.hpp"

#include "script/value.hpp"

#include <utility>
#include <vector>

namespace arun::app {

using script::Value;

std::string json_of(const Diagnostics& diagnostics, const Secrets& secrets) {
    std::vector<Value> rows;
    for (const auto& d : diagnostics.sorted()) {
        std::vector<Value::Entry> row;
        row.emplace_back("severity", Value::string(d.severity == Severity::error ? "error" : "warning"));
        Value file, line, column, end_line, end_column;
        if (const auto* source = d.span.source) {
            const auto begin = d.span.position();
            const auto end = source->position(d.span.end);
            file = Value::string(begin.file);
            line = Value::number(begin.line);
            column = Value::number(begin.column);
            end_line = Value::number(end.line);
            end_column = Value::number(end.column);
        }
        row.emplace_back("file", file);
        row.emplace_back("line", line);
        row.emplace_back("column", column);
        row.emplace_back("end_line", end_line);
        row.emplace_back("end_column", end_column);
        row.emplace_back("message", Value::string(secrets.mask(d.message)));
        row.emplace_back("hint", d.hint.empty() ? Value() : Value::string(secrets.mask(d.hint)));
        rows.push_back(Value::map(std::move(row)));
    }
    std::vector<Value::Entry> report;
    report.emplace_back("diagnostics", Value::list(std::move(rows)));
    report.emplace_back("errors", Value::number(static_cast<double>(diagnostics.errors())));
    std::string out;
    script::append_json(out, Value::map(std::move(report)), true);
    return out + '\n';
}

}  // namespace arun::app
