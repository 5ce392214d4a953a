/// Reports as JSON, and the entries that they, the event logs and the plan consist of. arun(1) describes the
/// keys.
#pragma once

#include "base/diagnostic.hpp"
#include "base/duration.hpp"
#include "console/secrets.hpp"
#include "reports/record.hpp"
#include "reports/text_sink.hpp"
#include "script/value.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace arun::app {

/// Everything that is known of a run.
void json_report(const RunRecord& run, const TextSink& out);
/// The report of `arun check`: {"diagnostics": [...], "errors": N}, with secrets masked. The end of a span is
/// the place after its last character; a span without a source has null for its place.
std::string json_report(const Diagnostics& diagnostics, const Secrets& secrets = Secrets());

using JsonFields = std::vector<script::Value::Entry>;

inline script::Value json_text(std::string_view text) {
    return script::Value::string(text);
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

/// Writes one document, indented, while it is being made. Every begin_ has its end_; finish() comes last.
class JsonWriter {
public:
    /// `out` must outlive it.
    explicit JsonWriter(const TextSink& out) : out_(out) {}

    void begin_map() { begin('{'); }
    void end_map() { end('}'); }
    void begin_list() { begin('['); }
    void end_list() { end(']'); }
    /// What comes next is the value of `name`.
    void key(std::string_view name);
    void value(std::string_view text);
    /// Precondition: neither a list nor a map.
    void value(const script::Value& scalar);

    void field(std::string_view name, std::string_view text);
    void field(std::string_view name, const script::Value& scalar);
    /// Null if it is empty.
    void field_or_null(std::string_view name, std::string_view text);
    /// "file", "line" and "column", all null for no place.
    void place_fields(const Position& place);

    /// Ends the document with a newline.
    void finish();

private:
    void begin(char bracket);
    void end(char bracket);
    void separate();
    void new_line();

    const TextSink& out_;
    std::string buffer_;
    std::vector<bool> filled_;  ///< of each list or map that has not ended: whether it has an item
    bool after_key_ = false;
};

}  // namespace arun::app
