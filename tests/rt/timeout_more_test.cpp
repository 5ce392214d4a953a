// What is ours of time limits: timeout_test.cpp has CPython's cases.
#include "rt/shield.hpp"
#include "rt/sleep.hpp"
#include "rt/timeout.hpp"
#include "support/runtime.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace arun;
using namespace arun::test;

namespace {

Coro<> sleeper(Duration delay) {
    co_await sleep(delay);
}
Duration now() {
    return Loop::get_running().time();
}

}  // namespace

TEST_CASE("timeout: the end of time is no limit") {
    run_virtual([]() -> Coro<> {
        co_await sleep(1h);
        co_await timeout(Duration::max(), sleeper(1h));
        CHECK(now() == 2h);
    });
}

TEST_CASE("timeout: what the body gives in time") {
    run_virtual([]() -> Coro<> {
        const auto body = []() -> Coro<std::string> {
            co_await sleep(1s);
            co_return "in time";
        };
        const auto text = co_await timeout(2s, body());
        CHECK(text == "in time");
    });
}

TEST_CASE("timeout: a body that ends at the very instant is told, as in asyncio, if the timer came first") {
    run_virtual([]() -> Coro<> {
        const auto error = co_await error_of(timeout(1s, sleeper(1s)));
        CHECK(holds<TimeoutError>(error));
    });
}

TEST_CASE("timeout: a request that a shield has kept is gone with the timeout that made it") {
    run_virtual([]() -> Coro<> {
        const auto body = []() -> Coro<> {
            ShieldScope shield;
            co_await sleep(2s);
        };
        const auto error = co_await error_of(timeout(1s, body()));
        CHECK_FALSE(error);
        CHECK(now() == 2s);
        CHECK(current_task().cancelling() == 0);
        co_await sleep(1s);
        CHECK(now() == 3s);
    });
}

TEST_CASE("timeout: a request that a shield keeps does not count against a timeout inside of it") {
    run_virtual([]() -> Coro<> {
        bool timed_out = false;
        const auto cleanup = [&]() -> Coro<> {
            ShieldScope shield;
            const auto error = co_await error_of(timeout(2s, sleeper(1h)));
            timed_out = holds<TimeoutError>(error);
        };
        auto task = create_task(cleanup());
        co_await sleep(1s);
        task.cancel();
        task.cancel();
        const auto error = co_await error_of_awaiting(task);
        CHECK(is_cancelled(error));
        CHECK(timed_out);
        CHECK(now() == 2s);
    });
}
