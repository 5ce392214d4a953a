#include "reports/plan_tree.hpp"

#include "script/value.hpp"
#include "support/sessions.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace arun;
using namespace arun::test;

namespace {

/// The plan of a script, as `arun plan` makes it.
struct Planned {
    explicit Planned(std::string_view script, std::string_view second = {}, std::uint64_t max_steps = 0) {
        compilation.add(script);
        if (!second.empty()) compilation.add(second, "second");
        compilation.check();
        REQUIRE(compilation.messages() == "");
        auto options = virtual_session();
        options.max_steps = max_steps;
        MemoryOutput output;
        run_result =
            jobs::run_session(compilation.scripts(), compilation.compilation(), options, output, tree);
    }
    std::string text() const { return tree.text(!run_result.stopped && run_result.internal.empty()); }
    script::Value json() const { return *script::parse_json(tree.json(!run_result.stopped)); }

    Compilation compilation;
    app::PlanTree tree;
    jobs::RunResult run_result;
};

std::string plan_of(std::string_view script) {
    return Planned(script).text();
}

}  // namespace

TEST_CASE("an empty script has an empty plan") {
    CHECK(plan_of("[]") == "START  END  JOB\ntotal: 0s\n");
}

TEST_CASE("the plan of a list has a line for each job, with its start and end") {
    CHECK(plan_of("- print: a\n- sleep: 1.5\n- {sleep: 250ms, name: pause}\n- {print: b, if: false}\n") ==
          "START  END    JOB\n"
          "0s     0s     print a\n"
          "0s     1.5s   sleep 1.5\n"
          "1.5s   1.75s  sleep 'pause'\n"
          "-      -      print b  (skipped)\n"
          "total: 1.75s\n");
}

TEST_CASE("jobs inside jobs are indented, and concurrent jobs overlap") {
    CHECK(plan_of("- parallel:\n  - {sleep: 2}\n  - do: [{sleep: 1}, {print: x}]\n- sleep: 1\n") ==
          "START  END  JOB\n"
          "0s     2s   parallel - {sleep: 2}...\n"
          "0s     2s     sleep 2\n"
          "0s     1s     do [{sleep: 1}, {print: x}]\n"
          "0s     1s       sleep 1\n"
          "1s     1s       print x\n"
          "2s     3s   sleep 1\n"
          "total: 3s\n");
}

TEST_CASE("the runs of a job in a loop share a line, from the first start to the last end") {
    CHECK(
        plan_of(
            "- tick: 1s\n  count: 3\n  do: {print: t}\n- {for_each: [1, 2], do: {sleep: '${{ item }}'}}\n") ==
        "START  END  JOB\n"
        "0s     3s   tick 1s\n"
        "0s     2s     print t  x3\n"
        "3s     6s   for_each [1, 2]\n"
        "3s     6s     sleep ${{ item }}  x2\n"
        "total: 6s\n");
    CHECK(plan_of("- repeat: 3\n  do: {print: odd, if: loop.index != 2}\n")
              .find("print odd  x2  (skipped 1 time)") != std::string::npos);
}

TEST_CASE("failures, timeouts and cancellations have remarks") {
    CHECK(plan_of("- {fail: a, continue_on_error: true}\n- race: [{sleep: 1}, {sleep: 2}]\n- {sleep: 3, "
                  "timeout: 1}\n") ==
          "START  END  JOB\n"
          "0s     0s   fail a  (fails)\n"
          "0s     1s   race [{sleep: 1}, {sleep: 2}]\n"
          "0s     1s     sleep 1\n"
          "0s     1s     sleep 2  (cancelled)\n"
          "1s     2s   sleep 3  (times out)\n"
          "total: 2s\n");
}

TEST_CASE("background jobs are inside the job that started them, in order of their starts") {
    CHECK(plan_of("- do: [{sleep: 2, background: true, id: b}, {sleep: 1}]\n- wait: b\n") ==
          "START  END  JOB\n"
          "0s     1s   do [{sleep: 2, background: true, id: b}, {s...\n"
          "0s     1s     sleep 1\n"
          "0s     2s     sleep 2  (background)\n"
          "1s     2s   wait b\n"
          "total: 2s\n");
}

TEST_CASE("a finally is inside its job, or at the end of its script") {
    CHECK(plan_of("jobs: [{sleep: 1, finally: [{sleep: 2}]}]\nfinally: {print: end}\n") ==
          "START  END  JOB\n"
          "0s     3s   sleep 1\n"
          "1s     3s     sleep 2\n"
          "3s     3s   print end\n"
          "total: 3s\n");
}

TEST_CASE("several scripts have a heading each, and one total") {
    CHECK(Planned("- sleep: 1\n", "name: other\njobs: [{sleep: 2}]\n").text() ==
          "s:\n"
          "START  END  JOB\n"
          "0s     1s   sleep 1\n"
          "\n"
          "other:\n"
          "START  END  JOB\n"
          "1s     3s   sleep 2\n"
          "total: 3s\n");
}

TEST_CASE("the plan of an endless script is shown as far as it was followed") {
    const Planned endless("- sleep: 1\n- {tick: 1s, do: {print: t}}\n", {}, 100);
    CHECK(endless.run_result.stopped);
    const auto text = endless.text();
    CHECK(text.starts_with("START  END"));
    CHECK(text.find("0s     1s") != std::string::npos);
    CHECK(text.find("\n1s     ?") != std::string::npos);
    CHECK(text.find("print t  x") != std::string::npos);
    CHECK(text.ends_with("total: ?\n"));
    CHECK(endless.json().find("total")->is_null());
    CHECK_FALSE(endless.json().find("complete")->as_boolean());
}

TEST_CASE("the JSON of a plan has the same content") {
    const Planned planned(
        "- {sleep: 1, name: n}\n- {print: a, if: false}\n- {do: {fail: x}, continue_on_error: true}\n");
    const auto json = planned.json();
    CHECK(json.find("total")->as_number() == 1);
    CHECK(json.find("complete")->as_boolean());
    REQUIRE(json.find("scripts")->items().size() == 1);
    const auto& script = json.find("scripts")->items()[0];
    CHECK(script.find("name")->as_string() == "s");
    const auto jobs = script.find("jobs")->items();
    REQUIRE(jobs.size() == 3);
    CHECK(
        jobs[0].to_text() ==
        R"({"kind":"sleep","label":"sleep 'n'","file":"s","line":1,"column":4,"start":0,"end":1,"exact":true,)"
        R"("runs":1,"skipped":0,"background":false,"outcome":"success","jobs":[]})");
    CHECK(jobs[1].find("start")->is_null());
    CHECK(jobs[1].find("outcome")->as_string() == "skipped");
    CHECK(jobs[2].find("outcome")->as_string() == "failure");
    CHECK(jobs[2].find("jobs")->items()[0].find("kind")->as_string() == "fail");
}

TEST_CASE("a job that cannot end within its timeout gets a warning") {
    const Planned planned("- {sleep: 1, timeout: 2}\n- {sleep: 3, timeout: 2, continue_on_error: true}\n");
    const auto warnings = planned.tree.warnings();
    CHECK(list_of(warnings) == "2:4: warning: 'sleep 3' cannot end within its timeout");
    CHECK(planned.json().find("warnings")->to_text() ==
          R"([{"file":"s","line":2,"column":4,"message":"'sleep 3' cannot end within its timeout"}])");
    CHECK(list_of(Planned("- {do: {sleep: 3}, timeout: 2}").tree.warnings()) ==
          "1:4: warning: 'do {sleep: 3}' cannot end within its timeout");
}
