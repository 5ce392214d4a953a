#include "reports/tap.hpp"

#include "script/value.hpp"

namespace arun::app {

using jobs::Outcome;

namespace {

/// For a description, in which `#` begins a directive and a backslash escapes the next character.
std::string tap_escaped(std::string_view text) {
    std::string out;
    for (const char c : clean_text(text)) {
        if (c == '#' || c == '\\') out += '\\';
        out += c == '\n' || c == '\t' ? ' ' : c;
    }
    return out;
}

/// As a JSON string, which is valid YAML. prove takes at most 65,534 characters in one.
std::string yaml_text(std::string_view text) {
    constexpr std::size_t max_size = 32'000;
    std::string out;
    script::append_json_string(out, text.size() > max_size ? excerpt(text, max_size) : clean_text(text));
    return out;
}

std::string entry(std::string_view key, std::string_view value) {
    return "  " + std::string(key) + ": " + std::string(value) + '\n';
}

std::string diagnostics(const FailureRecord& failure, Duration taken) {
    std::string text = "  ---\n";
    text += entry("message", yaml_text(failure.headline()));
    text += entry("severity", "fail");
    if (failure.place.line != 0) {
        text += "  at:\n  " + entry("file", yaml_text(failure.place.file));
        text += "  " + entry("line", std::to_string(failure.place.line));
        text += "  " + entry("column", std::to_string(failure.place.column));
    }
    if (failure.timeout) text += entry("cause", "timeout");
    text += entry("details", yaml_text(failure.details()));
    if (!failure.output.empty()) text += entry("output", yaml_text(failure.output));
    std::string milliseconds;
    Number(static_cast<double>(taken.count() / 1000) / 1000).append_to(milliseconds);
    text += entry("duration_ms", milliseconds);
    return text + "  ...\n";
}

class Lines {
public:
    explicit Lines(const TextSink& out) : out_(out) {}
    void add(bool ok, std::string_view name, std::string_view directive = {}) {
        auto text =
            std::string(ok ? "ok " : "not ok ") + std::to_string(++count_) + " - " + tap_escaped(name);
        if (!directive.empty()) text.append(" # ").append(directive);
        out_(text + '\n');
    }
    void add(std::string_view text) { out_(text); }

private:
    const TextSink& out_;
    std::size_t count_ = 0;
};

void add_case(Lines& lines, const CaseRecord& record, const std::string& name) {
    switch (record.outcome) {
        case Outcome::success:
            return lines.add(true, name);
        case Outcome::skipped:
        case Outcome::cancelled:
            return lines.add(true, name, "SKIP " + tap_escaped(record.reason));
        case Outcome::failure:
            lines.add(false, name, record.allowed ? "TODO allowed to fail" : "");
            if (record.failure) lines.add(diagnostics(*record.failure, record.duration));
    }
}

}  // namespace

void tap_report(const RunRecord& run, const TextSink& out) {
    const auto why = run.interruption();
    auto tests = count(run).cases + std::size_t{!why.empty()};
    for (const auto& script : run.scripts) tests += std::size_t{script.failure.has_value()};
    // The output is valid TAP 14 too, but readers of 13, such as Debian's prove, reject that version line.
    out("TAP version 13\n1.." + std::to_string(tests) + '\n');
    Lines lines(out);
    for (const auto& script : run.scripts) {
        const auto prefix = run.scripts.size() > 1 ? script.name + ": " : std::string();
        for_each_case(script,
                      [&](const Path& path) { add_case(lines, *path.back(), prefix + title_of(path)); });
        if (script.failure) {
            lines.add(false, prefix + "the script");
            lines.add(diagnostics(*script.failure, script.duration));
        }
    }
    if (!why.empty()) lines.add(false, "the run: " + why);
}

}  // namespace arun::app
