#include "reports/junit.hpp"

#include "jobs/time_format.hpp"

#include <algorithm>
#include <cstdio>

namespace arun::app {

using jobs::Outcome;

namespace {

std::string escaped(std::string_view text) {
    return xml_escaped(clean_text(text));
}

std::string attribute(std::string_view name, std::string_view value) {
    std::string out = " " + std::string(name) + "=\"";
    // Parsers turn literal newlines and tabs of an attribute into blanks.
    for (const char c : escaped(value)) {
        if (c == '\n' || c == '\t') {
            out += c == '\n' ? "&#10;" : "&#9;";
        } else {
            out += c;
        }
    }
    return out + '"';
}

std::string seconds(Duration duration) {
    char text[32];
    const int size = std::snprintf(text, sizeof text, "%.6f", to_seconds(duration));
    return {text, static_cast<std::size_t>(size)};
}

std::string element(std::string_view indent, std::string_view name, std::string_view attributes,
                    std::string_view content) {
    std::string out = std::string(indent) + '<' + std::string(name) + std::string(attributes);
    if (content.empty()) return out + "/>\n";
    return out + '>' + escaped(content) + "</" + std::string(name) + ">\n";
}

/// A test case for an error of the script as a whole, or of the run.
std::string extra_case(std::string_view suite, std::string_view name, std::string_view type,
                       std::string_view message, std::string_view details) {
    return "    <testcase" + attribute("name", name) + attribute("classname", suite) +
           attribute("time", "0") + ">\n" +
           element("      ", "error", attribute("message", first_line(message)) + attribute("type", type),
                   details) +
           "    </testcase>\n";
}

std::string class_name(const ScriptRecord& script, const Path& path) {
    std::string name = script.name;
    const auto without_dots = [](std::string text) {
        // Servers split class names at dots.
        std::replace(text.begin(), text.end(), '.', '_');
        return text;
    };
    if (name == script.file) {
        for (const std::string_view extension : {".yaml", ".yml", ".json", ".jsonl", ".ndjson"})
            if (name.ends_with(extension)) name.resize(name.size() - extension.size());
    }
    name = without_dots(std::move(name));
    for (std::size_t i = 0; i + 1 < path.size(); ++i) name += '.' + without_dots(path[i]->title);
    return name;
}

std::string content_of(const CaseRecord& record) {
    const std::string_view indent = "      ";
    if (record.outcome == Outcome::skipped || record.outcome == Outcome::cancelled)
        return element(indent, "skipped", attribute("message", record.reason), {});
    std::string text;
    if (record.failure) {
        const auto& failure = *record.failure;
        const auto attributes = attribute("message", failure.headline()) +
                                attribute("type", failure.timeout ? "timeout" : record.kind);
        if (record.allowed) {
            text += element(indent, "skipped", attribute("message", "allowed to fail: " + failure.headline()),
                            {});
        } else {
            text += element(indent, "failure", attributes, failure.details());
        }
        if (!failure.output.empty()) text += element(indent, "system-out", {}, failure.output);
    } else if (record.attempts > 1) {
        text += element(indent, "system-out", {}, "passed on attempt " + std::to_string(record.attempts));
    }
    return text;
}

std::string suite_of(const ScriptRecord& script, const RunRecord& run, std::string_view interruption,
                     Totals& sum) {
    auto totals = count(script);
    std::string cases;
    for_each_case(script, [&](const Path& path) {
        const auto& record = *path.back();
        cases += "    <testcase" + attribute("name", record.title) +
                 attribute("classname", class_name(script, path)) +
                 attribute("time", seconds(record.duration));
        const auto content = content_of(record);
        cases += content.empty() ? "/>\n" : ">\n" + content + "    </testcase>\n";
    });
    const auto own_name = class_name(script, {});
    std::size_t errors = 0;
    if (script.failure) {
        ++errors;
        cases += extra_case(own_name, "the script", script.failure->timeout ? "timeout" : "script",
                            script.failure->message, script.failure->details());
    }
    if (!interruption.empty()) {
        ++errors;
        cases += extra_case(own_name, "the run",
                            run.internal.empty() ? (run.signal.empty() ? "script" : "signal") : "internal",
                            interruption, {});
    }
    sum.cases += totals.cases + errors;
    sum.failed += totals.failed;
    sum.cancelled += errors;
    const auto wall =
        run.started + std::chrono::duration_cast<std::chrono::system_clock::duration>(script.start);
    return "  <testsuite" + attribute("name", script.name) +
           attribute("tests", std::to_string(totals.cases + errors)) +
           attribute("failures", std::to_string(totals.failed)) +
           attribute("errors", std::to_string(errors)) +
           attribute("skipped", std::to_string(totals.skipped + totals.cancelled + totals.allowed)) +
           attribute("time", seconds(script.duration)) +
           attribute("timestamp", jobs::format_time(wall, "%Y-%m-%dT%H:%M:%S", true)) +
           attribute("file", script.file) + ">\n" + cases + "  </testsuite>\n";
}

}  // namespace

std::string junit_report(const RunRecord& run) {
    // The interruption belongs to the script that was running.
    std::size_t last = 0;
    for (std::size_t i = 0; i < run.scripts.size(); ++i)
        if (run.scripts[i].started) last = i;
    Totals sum;
    std::string suites;
    for (std::size_t i = 0; i < run.scripts.size(); ++i)
        suites += suite_of(run.scripts[i], run, i == last ? run.interruption() : std::string(), sum);
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + attribute("name", "arun") +
           attribute("tests", std::to_string(sum.cases)) + attribute("failures", std::to_string(sum.failed)) +
           attribute("errors", std::to_string(sum.cancelled)) + attribute("time", seconds(run.duration)) +
           ">\n" + suites + "</testsuites>\n";
}

}  // namespace arun::app
