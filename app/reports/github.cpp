#include "reports/github.hpp"

#include <algorithm>

namespace arun::app {

using jobs::Outcome;

namespace {

/// Escapes text for a workflow command; in a property, also the separators of properties.
std::string escaped(std::string_view text, bool property) {
    std::string out;
    for (const char c : text) {
        if (c == '%') {
            out += "%25";
        } else if (c == '\r') {
            out += "%0D";
        } else if (c == '\n') {
            out += "%0A";
        } else if (property && (c == ':' || c == ',')) {
            out += c == ':' ? "%3A" : "%2C";
        } else {
            out += c;
        }
    }
    return out;
}

class WorkflowCommand {
public:
    explicit WorkflowCommand(std::string_view name) : text_("::" + std::string(name)) {}
    void property(std::string_view name, std::string_view value) {
        text_.append(first_ ? " " : ",").append(name).append("=").append(escaped(value, true));
        first_ = false;
    }
    void property(std::string_view name, std::uint32_t value) { property(name, std::to_string(value)); }
    void place(const Position& place) {
        if (place.line == 0) return;
        property("file", clean_text(place.file));
        property("line", place.line);
        property("col", place.column);
    }
    std::string message(std::string_view text) const { return text_ + "::" + escaped(text, false) + '\n'; }

private:
    std::string text_;
    bool first_ = true;
};

/// `title`: all titles of the case. Some views cut it or show the message without it: there, the `name` of a
/// case inside a group is repeated.
std::string annotation(const FailureRecord& failure, std::string_view command, std::string_view title,
                       std::string_view name = {}) {
    WorkflowCommand c(command);
    c.place(failure.place);
    c.property("title", clean_text(title));
    auto text = clean_text(failure.whole_message());
    if (failure.job.empty() && !name.empty()) text = clean_text(name) + ": " + text;
    for (const auto& job : failure.running) text += "\nstill running: " + clean_text(job);
    if (!failure.output.empty()) text += "\nthe last lines of its output:\n" + clean_text(failure.output);
    return c.message(trim_newlines(text));
}

/// Escapes text for a cell of a Markdown table.
std::string cell(std::string_view text) {
    std::string out;
    for (const char c : clean_text(text)) {
        if (c == '\n') {
            out += "<br>";
        } else if (c == '<' || c == '&') {
            out += xml_escaped({&c, 1});
        } else {
            if (std::string_view("\\|`*_[]~").find(c) != std::string_view::npos) out += '\\';
            out += c;
        }
    }
    return out;
}

std::string_view sign_of(const CaseRecord& record) {
    switch (record.outcome) {
        case Outcome::success:
            return ":white_check_mark:";
        case Outcome::failure:
            return record.allowed ? ":warning:" : ":x:";
        case Outcome::cancelled:
            return ":no_entry_sign:";
        case Outcome::skipped:
            return ":fast_forward:";
    }
    return {};
}

std::string remark_of(const CaseRecord& record) {
    if (record.failure) return record.failure->headline();
    if (!record.reason.empty()) return record.reason;
    return record.attempts > 1 ? "on attempt " + std::to_string(record.attempts) : std::string();
}

/// A code block whose fences are longer than any run of backticks in it.
std::string fenced(std::string_view text) {
    std::size_t longest = 2, run = 0;
    for (const char c : text) {
        run = c == '`' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    const std::string fence(longest + 1, '`');
    return fence + "text\n" + std::string(text) + (text.ends_with('\n') ? "" : "\n") + fence + "\n";
}

std::string details_of(const FailureRecord& failure, std::string_view title) {
    return "\n<details><summary>" + cell(title) + "</summary>\n\n" +
           fenced(clean_text(failure.headline() + '\n' + failure.details())) + "\n</details>\n";
}

}  // namespace

void github_report(const RunRecord& run, const TextSink& out) {
    for (const auto& script : run.scripts) {
        for_each_case(script, [&](const Path& path) {
            const auto& record = *path.back();
            if (record.failure)
                out(annotation(*record.failure, record.allowed ? "warning" : "error", title_of(path),
                               record.name.empty() || path.size() == 1 ? std::string_view() : record.title));
        });
        if (script.failure) out(annotation(*script.failure, "error", script.name));
    }
    if (run.rejected) out(annotation(*run.rejected, "error", "arun"));
    if (const auto why = run.interruption(); !why.empty() && (!run.signal.empty() || !run.internal.empty()))
        out(WorkflowCommand("error").message(clean_text(why)));
}

void github_summary(const RunRecord& run, const TextSink& out) {
    for (const auto& script : run.scripts) {
        const auto totals = count(script);
        out("### " + cell(script.name) + "\n\n" + to_text(totals) + ", in " +
            format_duration(script.duration) + "\n\n");
        if (totals.cases != 0) out("| | job | time | |\n|---|---|---|---|\n");
        for_each_case(script, [&](const Path& path) {
            const auto& record = *path.back();
            out("| " + std::string(sign_of(record)) + " | " + cell(title_of(path)) + " | " +
                (record.started ? format_duration(record.duration) : std::string()) + " | " +
                cell(remark_of(record)) + " |\n");
        });
        for_each_case(script, [&](const Path& path) {
            const auto& record = *path.back();
            if (record.failure) out(details_of(*record.failure, title_of(path)));
        });
        if (script.failure) out(details_of(*script.failure, script.name));
        out("\n");
    }
    if (const auto why = run.interruption(); !why.empty()) out(":x: " + cell(why) + "\n\n");
}

std::string github_report(const Diagnostics& diagnostics, const Secrets& secrets) {
    std::string text;
    for (const auto& d : diagnostics.sorted()) {
        WorkflowCommand c(d.severity == Severity::error ? "error" : "warning");
        c.place(d.span.position());
        if (d.span.source != nullptr) {
            const auto begin = d.span.position();
            const auto end = d.span.source->position(d.span.end);
            c.property("endLine", end.line);
            // GitHub ignores columns of spans over several lines.
            if (end.line == begin.line) c.property("endColumn", end.column);
        }
        c.property("title", "arun");
        text += c.message(clean_text(secrets.redact(d.hint.empty() ? d.message : d.message + "; " + d.hint)));
    }
    return text;
}

}  // namespace arun::app
