#include "embed/run_script.hpp"

#include "embed/run_script.h"
#include "rt/runner.hpp"
#include "support/files.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <string>

using namespace arun;
using namespace arun::test;
using namespace std::chrono_literals;

namespace {

/// The exit status of a script, and what it prints.
struct Ran {
    explicit Ran(const std::string& text, ScriptOptions options = {}) {
        const Files folder;
        const auto path = folder.write("jobs.yaml", text);
        options.on_output = [this](ScriptOptions::Stream stream, std::string_view part) {
            (stream == ScriptOptions::Stream::out ? out : err) += part;
        };
        status = run_script(path, options);
    }
    std::string out;
    std::string err;
    int status = -1;
};

}  // namespace

TEST_CASE("a script is a call that gives its output and its exit status") {
    const Ran ok("- print: a\n- {print: {text: b, to: stderr}}\n- run: echo c; echo d >&2\n");
    CHECK(ok.status == 0);
    CHECK(ok.out == "a\nc\n");
    CHECK(ok.err == "b\nd\n");
    const Ran failed("- print: a\n- run: exit 3\n- print: b\n");
    CHECK(failed.status == 1);
    CHECK(failed.out == "a\n");
    CHECK(failed.err.find("jobs.yaml:2:3: error: run: ") != std::string::npos);
    const Ran wrong("- prnt: a\n");
    CHECK(wrong.status == 2);
    CHECK(wrong.out.empty());
    CHECK(wrong.err.find("jobs.yaml:1:3: error: unknown kind of job 'prnt'") != std::string::npos);
    std::string err;
    ScriptOptions options;
    options.on_output = [&](ScriptOptions::Stream, std::string_view part) { err += part; };
    CHECK(run_script("/no/such", options) == 2);
    CHECK(err.find("/no/such") != std::string::npos);
}

TEST_CASE("a script as a call has the options of the command") {
    ScriptOptions options;
    options.clock = ClockMode::virtual_;
    options.variables = {"x=1", "x=two"};
    const Ran with_variables("vars: {x: ''}\njobs: [{sleep: 1h}, {print: '${{ x }} ${{ now() }}'}]\n",
                             options);
    CHECK(with_variables.status == 0);
    CHECK(with_variables.out == "two 3600.000000\n");
    options.variables = {"x"};
    const Ran no_variable("- print: a\n", options);
    CHECK(no_variable.status == 2);
    CHECK(no_variable.err.find("expected NAME=VALUE, not 'x'") != std::string::npos);
    options.variables.clear();
    options.timeout = 1s;
    const Ran late("- {sleep: 1h, finally: {print: cleaned}}\n", options);
    CHECK(late.status == 124);
    CHECK(late.out == "cleaned\n");
}

TEST_CASE("secrets are hidden from what embeds a script too") {
    ScriptOptions options;
    options.variables = {"token=abc123"};
    const Ran ran("secrets: [token]\nvars: {token: ''}\njobs: [{print: 'is ${{ token }}'}, {fail: abc123}]\n",
                  options);
    CHECK(ran.out == "is ***\n");
    CHECK(ran.err.find("abc123") == std::string::npos);
}

TEST_CASE("no script runs inside of a running loop") {
    const auto main = []() -> Coro<> {
        CHECK_THROWS_WITH_AS(run_script("/no/such"),
                             "run_script() cannot be called from a running event loop", std::runtime_error);
        co_return;
    };
    arun::run(main());
}

TEST_CASE("the same for C") {
    const Files folder;
    const auto path = folder.write("jobs.yaml", "vars: {x: 0}\njobs: [{print: '${{ x }}'}, {fail: no}]\n");
    std::string out;
    const char* const variables[] = {"x=5", nullptr};
    const auto append = [](void* data, int stream, const char* text, std::size_t size) {
        if (stream == 1) static_cast<std::string*>(data)->append(text, size);
    };
    CHECK(arun_run_script(path.c_str(), variables, append, &out) == 1);
    CHECK(out == "5\n");
}
