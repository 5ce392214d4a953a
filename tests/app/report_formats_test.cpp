#include "reports/github.hpp"
#include "reports/json.hpp"
#include "reports/junit.hpp"
#include "reports/record.hpp"
#include "reports/tap.hpp"
#include "reports/timeline.hpp"
#include "reports/timeline_page.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

using namespace arun;
using namespace arun::app;
using namespace std::chrono_literals;
using jobs::Outcome;

namespace {

std::unique_ptr<CaseRecord> make_case(std::string title, Outcome outcome) {
    auto record = std::make_unique<CaseRecord>();
    record->kind = "do";
    record->title = std::move(title);
    record->place = {"x.yaml", 1, 1};
    record->started = outcome != Outcome::skipped;
    record->outcome = outcome;
    record->attempts = 1;
    return record;
}

std::unique_ptr<CaseRecord> failed_case(std::string title, std::string message, std::uint32_t line = 1) {
    auto record = make_case(std::move(title), Outcome::failure);
    record->failure = std::make_unique<FailureRecord>();
    record->failure->message = std::move(message);
    record->failure->place = {"x.yaml", line, 3};
    return record;
}

RunRecord run_of(std::vector<std::unique_ptr<CaseRecord>> cases) {
    RunRecord run;
    auto& script = run.scripts.emplace_back();
    script.name = script.file = "x.yaml";
    script.started = true;
    script.cases = std::move(cases);
    return run;
}

template <class... C>
RunRecord run_with(C... cases) {
    std::vector<std::unique_ptr<CaseRecord>> list;
    (list.push_back(std::move(cases)), ...);
    return run_of(std::move(list));
}

/// The whole text of a report.
std::string text_of(void (*format)(const RunRecord&, const TextSink&), const RunRecord& run) {
    std::string text;
    format(run, [&](std::string_view piece) { text += piece; });
    return text;
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a group is a case only if it fails for its own reason") {
    auto group = failed_case("group", "no", 7);
    group->cases.push_back(make_case("ok", Outcome::success));
    group->cases.push_back(failed_case("inner", "no", 7));
    CHECK(group->is_group());
    group->failure->message = "timed out after 1s";
    CHECK_FALSE(group->is_group());
    const auto run = run_with(std::move(group));
    const auto totals = count(run);
    CHECK(totals.cases == 3);
    CHECK(totals.failed == 2);
    CHECK(make_case("empty", Outcome::success)->is_group() == false);
}

TEST_CASE("totals count allowed failures separately") {
    auto allowed = failed_case("a", "no");
    allowed->allowed = true;
    const auto totals =
        count(run_with(std::move(allowed), failed_case("b", "no"), make_case("c", Outcome::cancelled),
                       make_case("d", Outcome::skipped), make_case("e", Outcome::success)));
    CHECK(to_text(totals) == "1 passed, 1 failed, 1 failed but allowed, 1 cancelled, 1 skipped");
    CHECK(to_text(Totals()) == "nothing ran");
}

TEST_CASE("characters that formats cannot hold are replaced") {
    CHECK(clean_text("a\tb\nc\r\nd") == "a\tb\nc\nd");
    CHECK(clean_text("\x01 \x1b[0m \x7f \xff \r") == "\uFFFD \uFFFD[0m \uFFFD \uFFFD \uFFFD");
    CHECK(clean_text("\uFFFE\uFFFF \U0001F600 \u00E9") == "\uFFFD\uFFFD \U0001F600 \u00E9");
}

TEST_CASE("JUnit: text is escaped for XML") {
    auto record = failed_case("<a> & \"b\"\x01", "no\tand\n<x>");
    record->failure->output = "]]> \x1b out\n";
    const auto xml = text_of(&junit_report, run_with(std::move(record)));
    CHECK(has(xml, "name=\"&lt;a&gt; &amp; &quot;b&quot;\uFFFD\""));
    CHECK(has(xml, "message=\"no&#9;and\""));
    CHECK(has(xml, "&lt;x&gt;"));
    CHECK(has(xml, "<system-out>]]&gt; \uFFFD out\n</system-out>"));
    CHECK(has(xml, "the last lines of its output:\n]]&gt;"));
}

TEST_CASE("JUnit: an interruption is an error of the script that was running") {
    auto run = run_with(make_case("a", Outcome::success));
    run.scripts.emplace_back().name = "later";
    run.signal = "SIGTERM";
    const auto xml = text_of(&junit_report, run);
    CHECK(has(xml, "<testsuites name=\"arun\" tests=\"2\" failures=\"0\" errors=\"1\""));
    CHECK(xml.find("interrupted by SIGTERM") < xml.find("later"));
    run.internal = "a deadlock";
    CHECK(has(text_of(&junit_report, run), "<error message=\"a deadlock\" type=\"internal\"/>"));
}

TEST_CASE("TAP: the output of a failed job is in its diagnostics") {
    auto record = failed_case("a", "no");
    record->failure->output = "line 1\nline \"2\"\n";
    record->duration = 1500us;
    const auto tap = text_of(&tap_report, run_with(std::move(record)));
    CHECK(has(tap, "  output: \"line 1\\nline \\\"2\\\"\\n\"\n"));
    CHECK(has(tap, "  duration_ms: 1.5\n"));
}

TEST_CASE("GitHub: text in a summary is escaped for Markdown") {
    auto record = failed_case("a|b_c <x>", "no\n```\ncode");
    const auto text = text_of(&github_summary, run_with(std::move(record)));
    CHECK(has(text, "a\\|b\\_c &lt;x>"));
    CHECK(has(text, "````text\nno\n"));
}

TEST_CASE("all texts of a record can be masked") {
    auto record = failed_case("s3cret title", "s3cret message");
    record->name = "s3cret";
    record->failure->around = {"s3cret job"};
    record->failure->output = "s3cret output";
    record->failure->others.emplace_back().message = "s3cret other";
    auto& detail = record->make_detail();
    detail.label = "s3cret label";
    detail.cut = "s3cret reason";
    detail.out.add("s3cret out");
    detail.err.add("s3cret err");
    for (auto* steps : {&detail.attempts, &detail.rounds})
        steps->add({0s, 1s, Outcome::failure, 1, 1, "s3cret step"});
    auto run = run_with(std::move(record));
    run.internal = "s3cret error";
    run.scripts[0].name = "s3cret script";
    run.scripts[0].failure.emplace().message = "s3cret timeout";
    Secrets secrets;
    secrets.add("s3cret");
    for_each_text(run, [&](std::string& text) { text = secrets.mask(text); });
    for (const auto format : std::initializer_list<void (*)(const RunRecord&, const TextSink&)>{
             &junit_report, &tap_report, &json_report, &github_report, &github_summary, &timeline_svg,
             &timeline_html}) {
        const auto text = text_of(format, run);
        CAPTURE(text);
        CHECK_FALSE(has(text, "s3cret"));
    }
}
