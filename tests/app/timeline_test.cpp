#include "reports/timeline.hpp"

#include "reports/recorder.hpp"
#include "reports/timeline_page.hpp"
#include "support/sessions.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>

using namespace arun;
using namespace arun::app;
using namespace arun::test;
using namespace std::chrono_literals;
using jobs::DetailLevel;
using jobs::Outcome;

namespace {

/// What is recorded of a script on the virtual clock.
RunRecord record_run(std::string_view script, DetailLevel level) {
    Compilation compilation;
    compilation.add(script);
    compilation.check();
    REQUIRE(compilation.messages() == "");
    MemoryOutput output;
    app::Recorder recorder(compilation.scripts(), level);
    const auto result = jobs::run_session(compilation.scripts(), compilation.compilation(), virtual_session(),
                                          output, recorder);
    return recorder.take(result, 0);
}

const CaseRecord& case_in(const RunRecord& run, std::size_t i) {
    return *run.scripts.at(0).cases.at(i);
}

std::string text_of(const RunRecord& run, const TextTimeline& how = {}) {
    std::string text;
    timeline_text(run, [&](std::string_view piece) { text += piece; }, how);
    return text;
}

std::string page_of(const RunRecord& run) {
    std::string text;
    timeline_html(run, [&](std::string_view piece) { text += piece; });
    return text;
}

StepRecord round_at(std::uint64_t number, Outcome outcome = Outcome::success, std::string text = {}) {
    const auto start = std::chrono::seconds(number);
    return {start, start + 1s, outcome, number, number, std::move(text)};
}

}  // namespace

TEST_CASE("a list of steps keeps each of a few, and of many as many as fit") {
    StepList list;
    for (std::uint64_t i = 1; i <= StepList::max_size; ++i) list.add(round_at(i, Outcome::success, "item"));
    CHECK(list.is_complete());
    CHECK(list.steps().size() == StepList::max_size);
    CHECK(list.steps()[0].text == "item");
    for (std::uint64_t i = StepList::max_size + 1; i <= 1'000'003; ++i)
        list.add(i == 700'000 ? round_at(i, Outcome::failure, "no") : round_at(i));
    CHECK_FALSE(list.is_complete());
    CHECK(list.total() == 1'000'003);
    CHECK(list.steps().size() <= StepList::max_size);
    CHECK(list.steps().size() > StepList::max_size / 2 - 1);
    std::uint64_t next = 1;
    for (const auto& step : list.steps()) {
        CHECK(step.first == next);
        CHECK(step.start == std::chrono::seconds(step.first));
        CHECK(step.end == std::chrono::seconds(step.last + 1));
        const bool failed = step.first <= 700'000 && step.last >= 700'000;
        CHECK(step.outcome == (failed ? Outcome::failure : Outcome::success));
        CHECK(step.text == (failed ? "no" : ""));
        next = step.last + 1;
    }
    CHECK(next == 1'000'004);
}

TEST_CASE("of much output the end remains, without what is torn") {
    OutputRecord output;
    output.add("short\n");
    output.shorten();
    CHECK(output.text == "short\n");
    CHECK_FALSE(output.is_cut);
    for (int i = 0; i < 100'000; ++i) output.add("line " + std::to_string(i) + '\n');
    CHECK(output.text.size() <= 2 * OutputRecord::max_size);
    output.shorten();
    CHECK(output.is_cut);
    CHECK(output.text.starts_with("line "));
    CHECK(output.text.ends_with("line 99999\n"));
    CHECK(output.text.size() <= OutputRecord::max_size);
    OutputRecord line;
    for (int i = 0; i < 100'000; ++i) line.add("\u00E9");
    line.shorten();
    CHECK(line.text.starts_with("\u00E9"));
    CHECK(line.text.size() > OutputRecord::max_size / 4);
    OutputRecord whole;
    whole.add(std::string(100'000, 'x') + "\nend");
    whole.shorten();
    CHECK(whole.text.ends_with("\nend"));
}

TEST_CASE("masking that shortens output leaves nothing of a torn secret") {
    OutputRecord output;
    output.add(std::string(100'000, 's') + "\nlast\n");
    output.text = output.text.substr(output.text.size() - 100);  // as if the rest had become ***
    output.shorten();
    CHECK(output.text == "last\n");
}

TEST_CASE("attempts and rounds are recorded if a report wants them") {
    const auto* script =
        "- {repeat: 3, do: [{sleep: 1}]}\n"
        "- {retry: {limit: 2, interval: 2}, continue_on_error: true, do: [{sleep: 1}, {fail: no}]}\n"
        "- {for_each: [a, b], max_concurrent: 0, continue_on_error: true, do: [{sleep: 1}, {fail: \"${{ item "
        "}}\"}]}\n"
        "- {timeout: 2.5, continue_on_error: true, tick: 1, do: []}\n";
    const auto without = record_run(script, DetailLevel::none);
    for (const auto& record : without.scripts[0].cases) CHECK(record->detail == nullptr);
    const auto run = record_run(script, DetailLevel::steps);
    const auto& rounds = case_in(run, 0).detail->rounds.steps();
    REQUIRE(rounds.size() == 3);
    CHECK(rounds[2].start == 2s);
    CHECK(rounds[2].end == 3s);
    CHECK(rounds[2].first == 3);
    const auto& attempts = case_in(run, 1).detail->attempts.steps();
    REQUIRE(attempts.size() == 3);
    CHECK(attempts[1].start == 6s);
    CHECK(attempts[1].end == 7s);
    CHECK(attempts[1].outcome == Outcome::failure);
    CHECK(attempts[1].text == "no");
    const auto& items = case_in(run, 2).detail->rounds.steps();
    REQUIRE(items.size() == 2);
    CHECK(items[0].text == "a");
    CHECK(items[0].outcome == Outcome::failure);
    CHECK(case_in(run, 3).detail->rounds.total() == 3);
}

TEST_CASE("a job that is tried again as a part of another has attempts, too") {
    const auto run = record_run(
        "- {name: outer, retry: {limit: 1, interval: 1}, continue_on_error: true, do: [{name: inner, sleep: "
        "1}, "
        "{name: cut, retry: {limit: 1, timeout: 500ms}, do: [{name: deep, sleep: 2}]}]}\n",
        DetailLevel::steps);
    const auto& outer = case_in(run, 0);
    const auto& inner = outer.cases.at(0)->detail->attempts.steps();
    REQUIRE(inner.size() == 2);
    CHECK(inner[0].end == 1s);
    CHECK(inner[1].start == 4s);
    CHECK(outer.cases.at(1)->detail->attempts.total() == 4);
    const auto& deep = outer.cases.at(1)->cases.at(0)->detail->attempts.steps();
    REQUIRE(deep.size() == 4);
    for (const auto& step : deep) {
        CHECK(step.end - step.start == 500ms);
        CHECK(step.outcome == Outcome::cancelled);
        CHECK(step.text == "do 'cut' timed out after 500ms");
    }
}

TEST_CASE("labels have the values of their expressions, as the job saw them") {
    const auto run = record_run(
        "vars: {x: one, n: 2}\n"
        "jobs:\n"
        "- print: \"${{ x }} ${{ n + 1 }}\"\n"
        "- {context: {x: two}, print: \"${{ x }}\"}\n"
        "- {sleep: \"${{ n }}\"}\n"
        "- {for_each: \"${{ range(n) }}\", do: []}\n"
        "- {print: \"${{ random() }}\"}\n"
        "- {print: \"${{ fromJSON('nope') }}\", continue_on_error: true}\n"
        "- {print: plain}\n",
        DetailLevel::steps);
    const auto label = [&](std::size_t i) {
        const auto& detail = case_in(run, i).detail;
        return detail ? detail->label : std::string();
    };
    CHECK(label(0) == "print one 3");
    CHECK(label(1) == "print two");
    CHECK(label(2) == "sleep 2");
    CHECK(label(3).starts_with("for_each [0"));
    CHECK(label(4) == "");
    CHECK(label(5) == "");
    CHECK(label(6) == "");
    CHECK(case_in(run, 0).title == "print ${{ x }} ${{ n + 1 }}");
}

TEST_CASE("a job that was cut says by what") {
    const auto cut_of = [](std::string_view script) {
        const auto run = record_run(script, DetailLevel::steps);
        std::string text;
        for_each_bar(run, [&](const Bar& bar) {
            if (bar.title == "x") text = bar.reason();
        });
        return text;
    };
    CHECK(cut_of("- {name: r, race: [{sleep: 1}, {name: x, sleep: 2}]}") == "another job won the race");
    CHECK(cut_of("- {name: r, do: [{race: [{sleep: 1}, {name: x, sleep: 2}]}]}") ==
          "another job won the race");
    CHECK(cut_of("- {name: p, parallel: [{name: y, do: [{sleep: 1}, {fail: no}]}, {name: x, sleep: 2}]}") ==
          "do 'y' failed");
    CHECK(cut_of("- {name: t, timeout: 1, do: [{name: x, sleep: 2}]}") == "do 't' timed out after 1s");
    CHECK(cut_of("- {timeout: 1, continue_on_error: true, do: [{name: x, sleep: 2}]}\n- sleep: 1") ==
          "do [{name: x, sleep: 2}] timed out after 1s");
    CHECK(cut_of("timeout: 1\njobs:\n- {name: x, sleep: 2}") == "the script timed out after 1s");
    CHECK(cut_of("- {name: x, background: true, sleep: 9}\n- sleep: 1") == "stopped by the script");
}

TEST_CASE("output belongs to the innermost case around the job that prints") {
    const auto run = record_run(
        "- {name: a, do: [{print: one}, {do: [{print: two}]}, {name: b, print: three}]}\n"
        "- {print: four, to: stderr}\n",
        DetailLevel::output);
    CHECK(case_in(run, 0).detail->out.text == "one\ntwo\n");
    CHECK(case_in(run, 0).cases.at(0)->detail->out.text == "three\n");
    CHECK(case_in(run, 1).detail->err.text == "four\n");
    CHECK(case_in(run, 1).detail->out.text.empty());
}

TEST_CASE("the timeline of an empty run is valid") {
    CHECK(text_of(RunRecord()).empty());
    std::string picture;
    timeline_svg(RunRecord(), [&](std::string_view piece) { picture += piece; });
    CHECK(picture.ends_with("</svg>\n"));
    CHECK(page_of(RunRecord()).ends_with("</html>\n"));
}

TEST_CASE("as text, a timeline fits its columns") {
    const auto run = record_run(
        "- {name: first, sleep: 1}\n"
        "- {name: a long name that a narrow terminal has no room for, repeat: 3, do: {sleep: 1}}\n",
        DetailLevel::steps);
    CHECK(text_of(run) ==
          "s                                    |--------------------------------------------------| 4 s\n"
          "  first                              |#############                                     | 1 s\n"
          "  a long name that a narrow termina~ |             ############|############|###########| 3 s, 3 "
          "rounds\n");
    for (const std::size_t columns : {1U, 30U, 60U, 100U, 250U}) {
        const auto text = text_of(run, {columns, false});
        CHECK(text.find('#') != std::string::npos);
        if (columns < 60) continue;
        std::size_t longest = 0;
        for (std::size_t from = 0, end = 0; (end = text.find('\n', from)) != text.npos; from = end + 1)
            longest = std::max(longest, end - from);
        CHECK(longest <= columns);
    }
    CHECK(text_of(run, {80, true}).find("\x1b[32m#") != std::string::npos);
}

TEST_CASE("nothing in a page can end the element that its data are in") {
    RunRecord run;
    auto& script = run.scripts.emplace_back();
    script.name = "</script><!--<script>";
    auto& record = *script.cases.emplace_back(std::make_unique<CaseRecord>());
    record.title = "\u2028\u2029 </ScRiPt>";
    record.make_detail().out.add("]]> </script \xff \x01");
    const auto page = page_of(run);
    CHECK(page.find("\u2028") == page.npos);
    CHECK(page.find("\u2029") == page.npos);
    CHECK(page.find("\\u003c/script>\\u003c!--\\u003cscript>") != page.npos);
    std::size_t ends = 0;
    for (auto at = page.find("</script"); at != page.npos; at = page.find("</script", at + 1)) ++ends;
    CHECK(ends == 2);
    CHECK(page.find("<!--") == page.npos);
}
