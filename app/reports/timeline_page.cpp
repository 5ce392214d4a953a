#include "reports/timeline_page.hpp"

#include "base/time_format.hpp"
#include "reports/timeline.hpp"
#include "script/value.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace arun::app {
namespace {

constexpr std::size_t max_rows = 200'000;

/// As Bar::state() names them; data refers to them by index.
constexpr std::array<std::string_view, 7> states{"script",  "success",   "failure", "timeout",
                                                 "allowed", "cancelled", "skipped"};

std::uint64_t index_of(std::string_view state) {
    return static_cast<std::uint64_t>(std::ranges::find(states, state) - states.begin());
}

/// Texts that many jobs share, by number.
class Table {
public:
    std::uint64_t number_of(const std::string& text) {
        const auto [entry, is_new] = numbers_.try_emplace(text, texts_.size());
        if (is_new) texts_.push_back(text);
        return entry->second;
    }
    const std::vector<std::string>& texts() const noexcept { return texts_; }

private:
    std::unordered_map<std::string, std::uint64_t> numbers_;
    std::vector<std::string> texts_;
};

/// JSON inside of a `script` element: no text in it can end the element or begin a comment. Pieces go out
/// row by row.
class PageData {
public:
    explicit PageData(const TextSink& out) : out_(out) {}

    void raw(std::string_view json) { buffer_ += json; }
    void text(std::string_view text) {
        quoted_.clear();
        script::append_json_string(quoted_, text);
        for (std::size_t i = 0; i < quoted_.size(); ++i) {
            const auto rest = std::string_view(quoted_).substr(i);
            if (rest[0] == '<') {
                buffer_ += "\\u003c";
            } else if (rest.starts_with("\u2028") || rest.starts_with("\u2029")) {
                buffer_ += rest.starts_with("\u2028") ? "\\u2028" : "\\u2029";
                i += 2;
            } else {
                buffer_ += rest[0];
            }
        }
    }
    void number(std::int64_t n) { buffer_ += std::to_string(n); }
    void flush() {
        out_(buffer_);
        buffer_.clear();
    }

    void begin_map() {
        buffer_ += '{';
        first_ = true;
    }
    void end_map() { buffer_ += '}'; }
    void key(std::string_view name) {
        if (!first_) buffer_ += ',';
        first_ = false;
        buffer_.append("\"").append(name).append("\":");
    }
    void field(std::string_view name, std::string_view value) {
        key(name);
        text(value);
    }
    void field_unless_empty(std::string_view name, std::string_view value) {
        if (!value.empty()) field(name, value);
    }
    void field(std::string_view name, std::int64_t value) {
        key(name);
        number(value);
    }
    void field(std::string_view name, std::uint64_t value) { field(name, static_cast<std::int64_t>(value)); }
    void flag(std::string_view name, bool value) {
        if (value) field(name, std::int64_t{1});
    }
    void list(std::string_view name, const auto& texts) {
        key(name);
        buffer_ += '[';
        for (std::size_t i = 0; i < texts.size(); ++i) {
            if (i > 0) buffer_ += ',';
            text(texts[i]);
        }
        buffer_ += ']';
    }
    /// [total, [start, end, state, first, last, text]...]
    void steps(std::string_view name, const StepList* steps) {
        if (steps == nullptr) return;
        key(name);
        buffer_ += '[';
        number(static_cast<std::int64_t>(steps->total()));
        for (const auto& step : steps->steps()) {
            buffer_ += ",[";
            number(step.start.count());
            for (const auto n : {static_cast<std::uint64_t>(step.end.count()),
                                 index_of(jobs::name_of(step.outcome)), step.first, step.last}) {
                buffer_ += ',';
                number(static_cast<std::int64_t>(n));
            }
            buffer_ += ',';
            text(step.text);
            buffer_ += ']';
        }
        buffer_ += ']';
    }

private:
    const TextSink& out_;
    std::string buffer_;
    std::string quoted_;
    bool first_ = true;
};

void write_output(PageData& data, std::string_view name, std::string_view cut_name, OutputRecord output) {
    output.shorten();
    data.field_unless_empty(name, output.text);
    data.flag(cut_name, output.is_cut && !output.text.empty());
}

void write_failure(PageData& data, const FailureRecord& failure, bool has_output) {
    data.field("message", failure.headline());
    data.field_unless_empty("details", failure.details(!has_output));
}

void write_case(PageData& data, const CaseRecord& record, Table& kinds, Table& files) {
    data.field("kind", kinds.number_of(record.kind));
    data.field_unless_empty("name", record.name);
    data.field_unless_empty("id", record.id);
    if (record.place.line != 0) {
        data.field("file", files.number_of(record.place.file));
        data.field("line", std::uint64_t{record.place.line});
    }
    data.flag("background", record.background);
    data.flag("finally", record.cleanup);
    const auto* detail = record.detail.get();
    const bool has_output = detail != nullptr && detail->output_size() > 0;
    if (record.failure) write_failure(data, *record.failure, has_output);
    if (detail == nullptr) return;
    write_output(data, "out", "out_cut", detail->out);
    write_output(data, "err", "err_cut", detail->err);
    data.flag("dropped", detail->output_dropped);
}

void write_bar(PageData& data, const Bar& bar, Table& kinds, Table& files) {
    data.begin_map();
    data.field("depth", std::uint64_t{bar.depth});
    data.field("label", bar.title);
    data.field("state", index_of(bar.state()));
    data.flag("cut", bar.is_cut());
    data.field_unless_empty("reason", bar.reason());
    if (bar.started) {
        data.field("start", std::int64_t{bar.start.count()});
        data.field("length", std::int64_t{bar.duration.count()});
        data.field("time", rounded_duration(bar.duration));
    }
    data.steps("attempts", bar.attempts());
    data.steps("rounds", bar.rounds());
    if (bar.record != nullptr) write_case(data, *bar.record, kinds, files);
    if (bar.script != nullptr) {
        data.field("outcome", index_of(jobs::name_of(bar.script->outcome)));
        if (bar.script->failure) write_failure(data, *bar.script->failure, false);
    }
    data.end_map();
}

void write_data(const RunRecord& run, const TextSink& out) {
    PageData data(out);
    Table kinds;
    Table files;
    std::size_t rows = 0;
    data.raw("{\"jobs\":[\n");
    for_each_bar(run, [&](const Bar& bar) {
        if (rows++ >= max_rows) return;
        if (rows > 1) data.raw(",\n");
        write_bar(data, bar, kinds, files);
        data.flush();
    });
    data.raw("],\n\"run\":");
    data.begin_map();
    data.field("started", format_time(run.started, "%Y-%m-%dT%H:%M:%S.%3fZ", true));
    data.field("exit_status", std::int64_t{run.exit_status});
    data.field_unless_empty("interruption", run.interruption());
    data.field("left_off", std::uint64_t{rows - std::min(rows, max_rows)});
    data.list("states", states);
    data.list("kinds", kinds.texts());
    data.list("files", files.texts());
    data.end_map();
    data.raw("}\n");
    data.flush();
}

/// Writes `html` up to `mark`, and removes both from its front.
void write_up_to(std::string_view& html, std::string_view mark, const TextSink& out) {
    const auto end = html.find(mark);
    out(html.substr(0, end));
    html.remove_prefix(end + mark.size());
}

}  // namespace

void timeline_html(const RunRecord& run, const TextSink& out) {
    auto html = timeline_page.html;
    write_up_to(html, "@POLICY@", out);
    std::string policy = "default-src 'none'; base-uri 'none'; form-action 'none'; style-src '";
    out(policy.append(timeline_page.css_hash).append("'; script-src '").append(timeline_page.script_hash));
    out("'");
    write_up_to(html, "@STYLE@", out);
    out(timeline_page.css);
    write_up_to(html, "@DATA@", out);
    write_data(run, out);
    write_up_to(html, "@SCRIPT@", out);
    out(timeline_page.script);
    out(html);
}

}  // namespace arun::app
