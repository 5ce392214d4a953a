#include "jobs/retry.hpp"

#include "support/sessions.hpp"
#include "world/world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

using namespace arun;
using namespace arun::jobs;
using namespace arun::test;
using namespace std::chrono_literals;

namespace {

/// The waits of a retry that goes on until its end, as durations for people.
std::string waits(std::string_view retry, int most = 20) {
    Session session("- {fail: x, retry: {" + std::string(retry) + "}}\n");
    REQUIRE(session.compilation.messages() == "");
    RealWorld world;
    Engine engine(session.compilation.compilation().symbols, world, session.output, session.recorder);
    engine.make_reproducible();
    const Scope scope(engine);
    RetryPlan plan(*session.compilation.jobs()[0].modifiers()->retry, scope);
    const Failure failure;
    std::string out;
    for (int i = 0; i < most && plan.again(failure); ++i) {
        CHECK(plan.attempt() == i + 1);
        out += (i == 0 ? "" : " ") + format_duration(plan.next_wait());
    }
    return out;
}

}  // namespace

TEST_CASE("a retry has as many extra attempts as its limit says, one by default") {
    CHECK(waits("limit: 3") == "1s 1s 1s");
    CHECK(waits("limit: 1") == "1s");
    CHECK(waits("limit: 0") == "");
    CHECK(waits("interval: 2") == "2s");
    CHECK(waits("limit: '2', interval: 250ms") == "250ms 250ms");
    CHECK(waits("limit: 2, interval: 0") == "0s 0s");
}

TEST_CASE("the interval grows by the backoff, up to max_interval") {
    CHECK(waits("limit: 5, interval: 1, backoff: 2") == "1s 2s 4s 8s 16s");
    CHECK(waits("limit: 5, interval: 1, backoff: 2, max_interval: 5") == "1s 2s 4s 5s 5s");
    CHECK(waits("limit: 3, interval: 10, max_interval: 5") == "5s 5s 5s");
    CHECK(waits("limit: 4, interval: 100ms, backoff: 1.5") == "100ms 150ms 225ms 337.5ms");
    CHECK(waits("limit: 3, backoff: 1") == "1s 1s 1s");
}

TEST_CASE("a backoff never overflows") {
    CHECK(waits("limit: 2000, interval: 1d, backoff: 1000, max_interval: 10d", 50).ends_with("10d 10d"));
    const auto unlimited = waits("limit: 2000, interval: 1d, backoff: 1e300", 50);
    CHECK(unlimited.starts_with("1d "));
    CHECK(unlimited.find('-') == std::string::npos);
}

TEST_CASE("jitter makes a wait longer or shorter by up to that part") {
    Session session("- {fail: x, retry: {limit: 1000, interval: 10, jitter: 0.5}}\n");
    RealWorld world;
    Engine engine(session.compilation.compilation().symbols, world, session.output, session.recorder);
    const Scope scope(engine);
    RetryPlan plan(*session.compilation.jobs()[0].modifiers()->retry, scope);
    Duration least = Duration::max();
    Duration most{};
    for (int i = 0; i < 1000; ++i) {
        const auto wait = plan.next_wait();
        least = std::min(least, wait);
        most = std::max(most, wait);
    }
    CHECK(least >= 5s);
    CHECK(least < 6s);
    CHECK(most <= 15s);
    CHECK(most > 14s);
    CHECK(waits("limit: 3, jitter: 0.5") == waits("limit: 3, jitter: 0.5"));
    CHECK(waits("limit: 3, jitter: 0") == "1s 1s 1s");
}

TEST_CASE("each attempt has a limit, and 0 is none") {
    const auto limit = [](std::string_view retry) {
        Session session("- {fail: x, retry: {" + std::string(retry) + "}}\n");
        RealWorld world;
        Engine engine(session.compilation.compilation().symbols, world, session.output, session.recorder);
        const Scope scope(engine);
        return RetryPlan(*session.compilation.jobs()[0].modifiers()->retry, scope).limit();
    };
    CHECK_FALSE(limit("limit: 1"));
    CHECK_FALSE(limit("timeout: 0"));
    CHECK(limit("timeout: 2s") == Duration(2s));
}

TEST_CASE("the condition sees attempt, result and error") {
    CHECK(waits("limit: 9, if: attempt < 3") == "1s 1s");
    CHECK(waits("limit: 9, if: false") == "");
    CHECK(waits("limit: 9, if: result == null && error == ''", 2) == "1s 1s");
    const auto printed = [](std::string_view script) {
        Session session(script);
        REQUIRE(session.compilation.messages() == "");
        session.run();
        std::string out;
        for (const auto& event : session.recorder.events) out += event + '\n';
        return out;
    };
    CHECK(printed("- {fail: again, retry: {limit: 5, if: \"error == 'again' && attempt != 2\"}}\n") ==
          "script\n0s retry 1 after 1s: again\nfatal: again\nend of script: failure\n");
    // A condition that cannot be evaluated is the job's failure.
    CHECK(printed("- {fail: x, retry: {limit: 5, if: fromJSON(error) == 1}}\n")
              .find("fatal: fromJSON: not JSON") != std::string::npos);
}

TEST_CASE("the arguments are computed once, before the first attempt") {
    Session session(
        "vars: {n: 2, t: 1}\njobs:\n- do: [{set: {n: 9, t: 5}}, {fail: x}]\n"
        "  retry: {limit: '${{ n }}', interval: '${{ t }}'}\n");
    session.run();
    CHECK(session.recorder.text() ==
          "script\n0s retry 1 after 1s: x\n1s retry 2 after 1s: x\nfatal: x\nend of script: failure\n");
    Session bad("vars: {n: -1}\njobs: [{print: a, retry: '${{ n }}'}]\n");
    bad.run();
    CHECK(bad.output.out == "");
    CHECK(bad.run_result.failure->message == "expected a whole number from 0 up, not '-1'");
}
