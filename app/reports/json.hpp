/// Reports as JSON, and the entries that they, the event logs and the plan consist of. arun(1) describes the
/// keys.
#pragma once

#include "base/diagnostic.hpp"
#include "base/duration.hpp"
#include "console/secrets.hpp"
#include "reports/record.hpp"
#include "script/value.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace arun::app {

/// Everything that is known of a run.
std::string json_report(const RunRecord& run);
/// The report of `arun check`: {"diagnostics": [...], "errors": N}, with secrets masked. The end of a span is
/// the place after its last character; a span without a source has null for its place.
std::string json_report(const Diagnostics& diagnostics, const Secrets& secrets = Secrets());

using JsonFields = std::vector<script::Value::Entry>;

inline script::Value json_text(std::string_view text) {
    return script::Value::string(text);
}
inline script::Value json_text_or_null(std::string_view text) {
    return text.empty() ? script::Value() : json_text(text);
}
inline script::Value json_number(std::uint64_t n) {
    return script::Value::number(n);
}
inline script::Value json_number_or_null(std::uint64_t n) {
    return n == 0 ? script::Value() : json_number(n);
}
inline script::Value json_seconds(Duration duration) {
    return script::Value::number(to_seconds(duration));
}

/// "file", "line" and "column", all null for no place.
inline void add_place(JsonFields& fields, const Position& place) {
    fields.emplace_back("file", place.line == 0 ? script::Value() : json_text(place.file));
    fields.emplace_back("line", json_number_or_null(place.line));
    fields.emplace_back("column", json_number_or_null(place.column));
}

/// Indented, with a newline at the end.
inline std::string json_document(JsonFields fields) {
    std::string out;
    script::append_json(out, script::Value::map(std::move(fields)), true);
    return out + '\n';
}

}  // namespace arun::app
