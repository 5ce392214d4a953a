#include "reports/junit.hpp"

#include "base/time_format.hpp"

#include <algorithm>
#include <cstdio>
#include <vector>

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

/// The counts of one suite.
struct Suite {
    const ScriptRecord* script = nullptr;
    std::string interruption;  ///< of the run, if it belongs to this script
    Totals totals;
    std::size_t errors = 0;  ///< of the script as a whole, or of the run
};

std::vector<Suite> suites_of(const RunRecord& run) {
    // The interruption belongs to the script that was running.
    std::size_t last = 0;
    for (std::size_t i = 0; i < run.scripts.size(); ++i)
        if (run.scripts[i].started) last = i;
    std::vector<Suite> suites;
    for (std::size_t i = 0; i < run.scripts.size(); ++i) {
        auto& suite = suites.emplace_back(
            Suite{&run.scripts[i], i == last ? run.interruption() : std::string(), count(run.scripts[i])});
        suite.errors =
            std::size_t{suite.script->failure.has_value()} + std::size_t{!suite.interruption.empty()};
    }
    return suites;
}

void write_suite(const Suite& suite, const RunRecord& run, const TextSink& out) {
    const auto& script = *suite.script;
    const auto& totals = suite.totals;
    const auto wall =
        run.started + std::chrono::duration_cast<std::chrono::system_clock::duration>(script.start);
    out("  <testsuite" + attribute("name", script.name) +
        attribute("tests", std::to_string(totals.cases + suite.errors)) +
        attribute("failures", std::to_string(totals.failed)) +
        attribute("errors", std::to_string(suite.errors)) +
        attribute("skipped", std::to_string(totals.skipped + totals.cancelled + totals.allowed)) +
        attribute("time", seconds(script.duration)) +
        attribute("timestamp", format_time(wall, "%Y-%m-%dT%H:%M:%S", true)) +
        attribute("file", script.file) + ">\n");
    for_each_case(script, [&](const Path& path) {
        const auto& record = *path.back();
        const auto content = content_of(record);
        out("    <testcase" + attribute("name", record.title) +
            attribute("classname", class_name(script, path)) + attribute("time", seconds(record.duration)) +
            (content.empty() ? "/>\n" : ">\n" + content + "    </testcase>\n"));
    });
    const auto own_name = class_name(script, {});
    if (script.failure)
        out(extra_case(own_name, "the script", script.failure->timeout ? "timeout" : "script",
                       script.failure->message, script.failure->details()));
    if (!suite.interruption.empty())
        out(extra_case(own_name, "the run",
                       run.internal.empty() ? (run.signal.empty() ? "script" : "signal") : "internal",
                       suite.interruption, {}));
    out("  </testsuite>\n");
}

}  // namespace

void junit_report(const RunRecord& run, const TextSink& out) {
    const auto suites = suites_of(run);
    std::size_t tests = 0, failures = 0, errors = 0;
    for (const auto& suite : suites) {
        tests += suite.totals.cases + suite.errors;
        failures += suite.totals.failed;
        errors += suite.errors;
    }
    out("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + attribute("name", "arun") +
        attribute("tests", std::to_string(tests)) + attribute("failures", std::to_string(failures)) +
        attribute("errors", std::to_string(errors)) + attribute("time", seconds(run.duration)) + ">\n");
    for (const auto& suite : suites) write_suite(suite, run, out);
    out("</testsuites>\n");
}

}  // namespace arun::app
