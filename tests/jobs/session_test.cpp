// Whole runs: verdicts, what observers are told, what comes from outside.
#include "jobs/session.hpp"

#include "support/sessions.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

using namespace arun;
using namespace arun::jobs;
using namespace arun::test;
using namespace std::chrono_literals;

namespace {

/// Runs a script and gives what it prints on stdout.
std::string printed(std::string_view script, SessionOptions options = virtual_session()) {
    Session session(script, std::move(options));
    REQUIRE(session.compilation.messages() == "");
    session.run();
    return session.output.out;
}
std::string events(std::string_view script, bool wants_jobs = false,
                   SessionOptions options = virtual_session()) {
    Session session(script, std::move(options), wants_jobs);
    REQUIRE(session.compilation.messages() == "");
    session.run();
    return session.recorder.text();
}
int status(std::string_view script, SessionOptions options = virtual_session()) {
    Session session(script, std::move(options));
    REQUIRE(session.compilation.messages() == "");
    session.run();
    return session.run_result.exit_status();
}

}  // namespace

TEST_CASE("the strongest reason decides about the exit status") {
    const auto failure = [](Cause cause) {
        auto f = std::make_shared<Failure>();
        f->cause = cause;
        return f;
    };
    RunResult run_result;
    CHECK(run_result.exit_status() == 0);
    run_result.stopped = true;
    CHECK(run_result.exit_status() == 0);
    run_result.failure = failure(Cause::failed);
    CHECK(run_result.exit_status() == 1);
    run_result.failure = failure(Cause::timeout);
    CHECK(run_result.exit_status() == 124);
    run_result.signal = 15;
    CHECK(run_result.exit_status() == 143);
    run_result.internal = "out of memory";
    CHECK(run_result.exit_status() == 125);
}

TEST_CASE("outcomes have names") {
    CHECK(name_of(Outcome::success) == "success");
    CHECK(name_of(Outcome::failure) == "failure");
    CHECK(name_of(Outcome::cancelled) == "cancelled");
    CHECK(name_of(Outcome::skipped) == "skipped");
}

TEST_CASE("runs that go well, fail, time out, or were allowed to fail") {
    CHECK(status("[]") == 0);
    CHECK(status("- print: a") == 0);
    CHECK(status("- fail: x") == 1);
    CHECK(status("- {fail: x, continue_on_error: true}") == 0);
    CHECK(status("- {sleep: 2, timeout: 1}") == 124);
    CHECK(status("- {do: {sleep: 2, timeout: 1}, retry: 1}") == 124);
    CHECK(status("- {fail: x}\n- {sleep: 2, timeout: 1, if: always()}") == 1);
    CHECK(status("- {fail: x, background: true}") == 1);
    CHECK(status("jobs: []\nfinally: {fail: x}") == 1);
    CHECK(status("timeout: 1\njobs: [{sleep: 2}]") == 124);
    auto limited = virtual_session();
    limited.timeout = 1s;
    CHECK(status("- sleep: 2", limited) == 124);
    CHECK(status("- sleep: 1ms", limited) == 0);
}

TEST_CASE("observers are told of every job, with times on the loop's clock") {
    CHECK(events("name: n\njobs: [{print: a}, {sleep: 1.5}, {print: b, if: false}]\n", true) ==
          "script\n"
          "0s start print a\n"
          "0s success print a\n"
          "0s start sleep 1.5\n"
          "1.5s success sleep 1.5\n"
          "1.5s skipped print b\n"
          "end of script: success\n");
}

TEST_CASE("observers that do not want to hear of jobs are told of failures all the same") {
    CHECK(
        events(
            "- {fail: a, continue_on_error: true}\n- {fail: b, retry: {limit: 2, interval: 1, backoff: 3}}\n"
            "- {fail: c, if: failure()}\n") ==
        "script\n"
        "0s allowed: a\n"
        "0s retry 1 after 1s: b\n"
        "1s retry 2 after 3s: b\n"
        "fatal: b\n"
        "secondary: c\n"
        "end of script: failure\n");
    CHECK(events("- {sleep: 1, timeout: 500ms, finally: {fail: f}}\n") ==
          "script\n"
          "500ms cleanup: f\n"
          "fatal: timed out after 500ms\n"
          "end of script: failure\n");
}

TEST_CASE("background jobs that still run at the end are named") {
    const auto text = events("- {sleep: 9, background: true}\n- {sleep: 9, background: true, id: x}\n");
    CHECK(text.find(
              "notice: cancelling background jobs that still run: sleep 9 (s:1:4), sleep 'x' (s:2:4)\n") !=
          std::string::npos);
    CHECK(events("- {sleep: 9, background: true, name: n}\n")
              .find("notice: cancelling a background job that still runs: sleep 'n' (s:1:4)\n") !=
          std::string::npos);
}

TEST_CASE("a failure carries its message, its place and the jobs around it") {
    Session session("- do:\n  - parallel:\n    - {assert: 'x == 2', name: check, context: {x: 1}}\n");
    session.run();
    const auto& failure = *session.run_result.failure;
    CHECK(failure.cause == Cause::failed);
    CHECK(failure.message == "assertion failed: x == 2\n  where x is 1");
    REQUIRE(failure.chain.size() == 3);
    CHECK(failure.chain[0].label == "check");
    CHECK(failure.chain[0].named);
    CHECK(failure.chain[1].job->kind()->name() == "parallel");
    CHECK_FALSE(failure.chain[1].named);
    CHECK(failure.chain[2].job->kind()->name() == "do");
    CHECK(failure.others.empty());
}

TEST_CASE("an expression that cannot be evaluated is marked") {
    Session session("- {set: {x: 1}, if: false}\n- print: a ${{ x }}\n");
    session.run();
    const auto& failure = *session.run_result.failure;
    CHECK(failure.message == "'x' is not set");
    REQUIRE(failure.where.source != nullptr);
    CHECK(failure.where.source->position(failure.where.begin).line == 2);
    CHECK(failure.where.source->position(failure.where.begin).column == 16);
}

TEST_CASE("failed siblings are kept with the first failure in time") {
    Session session(
        "- parallel: {jobs: [{do: [{sleep: 1}, {fail: a}]}, {fail: b}, {fail: c}], fail_fast: false}\n");
    session.run();
    const auto& failure = *session.run_result.failure;
    CHECK(failure.message == "b");
    REQUIRE(failure.others.size() == 2);
    CHECK(failure.others[0]->message == "c");
    CHECK(failure.others[1]->message == "a");
}

TEST_CASE("variables from outside beat those of the script, in its types") {
    auto options = virtual_session();
    const auto given = [](std::string_view name, std::string_view text) {
        return script::GivenVariable{
            std::string(name), script::Value::string(text), script::Spelling::text, "x", {}};
    };
    options.variables = {given("n", "5"), given("n", "7"), given("t", "x"), given("l", "[1, 2]"),
                         given("free", "1.0")};
    CHECK(printed("vars: {n: 1, t: a, l: []}\njobs: [{print: '${{ n }} ${{ t }} ${{ length(l) }} ${{ free }} "
                  "${{ n == 7 }}'}]\n",
                  options) == "7 x 2 1.0 true\n");
    options.variables = {given("n", "many")};
    CHECK(status("vars: {n: '${{ 1 }}'}\njobs: []\n", options) == 1);
}

TEST_CASE("the environment from outside is under that of the script") {
    auto options = virtual_session();
    options.environment = {{"ARUN_TEST_A", "file"}, {"ARUN_TEST_B", "file"}, {"ARUN_TEST_C", "file"}};
    CHECK(printed(
              "env: {ARUN_TEST_B: script, ARUN_TEST_C: null}\n"
              "jobs: [{print: '${{ env.ARUN_TEST_A }} ${{ env.ARUN_TEST_B }} ${{ env.ARUN_TEST_C == null }} "
              "${{ env.ARUN_TEST_D == null }}'}]\n",
              options) == "file script true true\n");
}

TEST_CASE("--keep-going runs the rest, and still fails") {
    auto options = virtual_session();
    options.keep_going = true;
    Session session("- fail: a\n- print: b\n- fail: c\n- {print: d, if: success()}\n", options);
    session.run();
    CHECK(session.output.out == "b\n");
    CHECK(session.run_result.exit_status() == 1);
    CHECK(session.run_result.failure->message == "a");
}

TEST_CASE("several scripts share one Runner, and a failed one stops the later ones") {
    for (const bool keep_going : {false, true}) {
        Session session("- {set: {x: 1}, context: null}\n- fail: no\n");
        session.compilation.add("- print: ${{ x }}\n", "second");
        session.compilation.check();
        REQUIRE(session.compilation.messages() == "");
        session.options.keep_going = keep_going;
        session.run();
        CHECK(session.output.out == (keep_going ? "1\n" : ""));
    }
}

TEST_CASE("with --isolated every top-level job has variables and a clock of its own") {
    auto options = virtual_session();
    options.isolated = true;
    options.start_time = Clock::WallTime(100s);
    CHECK(printed("vars: {x: 0}\njobs: [{set: {x: 1}}, {sleep: 5}, {print: '${{ x }} ${{ now() }}'}, "
                  "{timestamp: unix}]\n",
                  options) == "0 0.000000\n105\n");
}

TEST_CASE("what is printed is flushed before time passes, and at the end") {
    Session session("- print: a\n- print: b\n- sleep: 1\n- print: c\n");
    std::uint64_t flushed_before_c = 0;
    session.output.on_write = [&](std::string_view text) {
        if (text == "c") flushed_before_c = session.output.flushes;
    };
    session.run();
    CHECK(flushed_before_c > 0);
    CHECK(session.output.flushes > flushed_before_c);
}

TEST_CASE("print and timestamp choose the stream and what follows") {
    Session session(
        "- {print: a, to: stderr}\n- {print: b, end: ''}\n- {timestamp: unix, end: '!'}\n"
        "- {timestamp: '%Y', to: stderr, utc: true}\n");
    session.run();
    CHECK(session.output.out == "b0!");
    CHECK(session.output.err == "a\n1970\n");
}

TEST_CASE("a deadlock is an internal error that names the jobs") {
    Session session(
        "- {do: [{sleep: 1}, {wait: b}], id: a, background: true}\n"
        "- {do: [{sleep: 1}, {wait: a}], id: b, background: true}\n- wait: a\n");
    session.run();
    CHECK(session.run_result.exit_status() == 125);
    CHECK_FALSE(session.run_result.internal.empty());
    CHECK(session.recorder.text().find("notice: waiting: wait a (s:3:3)") != std::string::npos);
}

TEST_CASE("the same script gives the same run on the virtual clock") {
    constexpr std::string_view script =
        "- {fail: x, retry: {limit: 5, interval: 1, jitter: 1}, continue_on_error: true}\n"
        "- for_each: {range: 10, max_concurrent: 3, do: [{sleep: '${{ item }}'}, {print: '${{ item }}'}]}\n";
    CHECK(events(script, true) == events(script, true));
    CHECK(printed(script) == printed(script));
}
