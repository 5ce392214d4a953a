#include "check_report.hpp"

#include <nlohmann/json.hpp>

namespace arun::app {

std::string json_of(const Diagnostics& diagnostics) {
    using Json = nlohmann::ordered_json;
    auto list = Json::array();
    for (const auto& d : diagnostics.sorted()) {
        Json row;
        row["severity"] = d.severity == Severity::error ? "error" : "warning";
        const auto* source = d.span.source;
        if (source != nullptr) {
            const auto begin = source->position(d.span.begin);
            const auto end = source->position(d.span.end);
            row["file"] = source->name();
            row["line"] = begin.line;
            row["column"] = begin.column;
            row["end_line"] = end.line;
            row["end_column"] = end.column;
        } else {
            for (const auto* key : {"file", "line", "column", "end_line", "end_column"}) row[key] = nullptr;
        }
        row["message"] = d.message;
        row["hint"] = d.hint.empty() ? Json() : Json(d.hint);
        list.push_back(std::move(row));
    }
    Json report;
    report["diagnostics"] = std::move(list);
    report["errors"] = diagnostics.errors();
    return report.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace arun::app
