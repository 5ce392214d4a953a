// What is known about expressions before a run: properties that cannot exist, texts that a shell needs
// quoted.
#include "script/type_check.hpp"

#include "script/compiler.hpp"
#include "support/script.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace arun;
using namespace arun::script;
using namespace arun::test;

namespace {

/// The messages about a job that comes after some others.
std::string about(std::string_view job) {
    return errors_in(R"([{"run": "true", "capture": "r", "id": "x"},
{"set": {"n": 1, "t": "text", "b": true, "l": [1], "nothing": null}},
)" + std::string(job) +
                     "]");
}
std::string about_expression(std::string_view expression) {
    return about(R"({"print": "${{ )" + std::string(expression) + R"( }}"})");
}
bool warns_in_shell(std::string_view expression) {
    const auto message = about(R"({"run": "echo ${{ )" + std::string(expression) + R"( }}"})");
    CHECK((message.empty() || message.find("[unquoted]") != message.npos));
    return !message.empty();
}

}  // namespace

TEST_CASE("the type of a name is that of everything assigned to it") {
    constexpr ResultType a{Shape::text};
    constexpr ResultType b{Shape::number};
    KnownType type;
    CHECK(type.get() == nullptr);
    type.add(&a);
    type.add(&a);
    CHECK(type.get() == &a);
    type.add(&result_types::null);
    CHECK(type.get() == &a);
    type.add(&b);
    CHECK(type.get() == nullptr);
    type.add(&a);
    CHECK(type.get() == nullptr);
    KnownType unknown;
    unknown.add(nullptr);
    unknown.add(&a);
    CHECK(unknown.get() == nullptr);
}

TEST_CASE("a property that the result of a job cannot have is an error") {
    CHECK(about_expression("r.exit") == "");
    CHECK(about_expression("r.exitcode") == "3:18: 'r' has no property 'exitcode'; did you mean 'exit'?");
    CHECK(about_expression("jobs.x.result.foo") ==
          "3:30: 'jobs.x.result' has no property 'foo'; it has exit, signal, stdout, stderr, duration");
    CHECK(about_expression("!(r.exitcode == 0 && contains(r.out, 'a'))") ==
          "3:20: 'r' has no property 'exitcode'; did you mean 'exit'?\n"
          "3:48: 'r' has no property 'out'; did you mean 'stdout'?");
    // A text with escapes has no places inside.
    CHECK(about(R"({"print": "\u0024{{ r.exitcode }}"})") ==
          "3:11: 'r' has no property 'exitcode'; did you mean 'exit'?");
}

TEST_CASE("nothing is known about variables that are set") {
    for (const auto* expression :
         {"n.x", "t.x", "b.x", "l.x", "l[-1]", "nothing.x", "env.A", "fromJSON(t).x"})
        CHECK(about_expression(expression) == "");
}

TEST_CASE("outcomes are words that a job can have") {
    CHECK(about_expression("jobs.x.outcome == 'success'") == "");
    CHECK(about_expression("'skipped' != jobs['x'].outcome") == "");
    CHECK(about_expression("jobs.x.outcome == 'failed'") ==
          "3:34: no job has the outcome 'failed'; did you mean 'failure'?");
    CHECK(about_expression("jobs.x.outcome == t") == "");
}

TEST_CASE("a shell needs quotes around what may be any text") {
    for (const auto* expression :
         {"t", "l", "r.stdout", "jobs.x.error", "env.A", "toJSON(t)", "t || 'x'", "b && t", "default(t, 1)",
          "format('{0}', t)", "join(l)", "fromJSON(t)", "jobs.x.result"}) {
        CAPTURE(expression);
        CHECK(warns_in_shell(expression));
    }
    for (const auto* expression :
         {"n", "b", "nothing == 1", "quote(t)", "quote(l)", "r.exit", "r.duration", "jobs.x.outcome",
          "length(t)", "now()", "toJSON(n)", "fromJSON('1')", "'literal'", "t == 'a' && 'yes' || 'no'",
          "t && 1", "format('{0}', n)", "default(n, 1)", "!t"}) {
        CAPTURE(expression);
        CHECK_FALSE(warns_in_shell(expression));
    }
}
