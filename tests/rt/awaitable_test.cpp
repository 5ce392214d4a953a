#include "rt/awaitable.hpp"

#include "rt/event.hpp"
#include "rt/future.hpp"
#include "rt/gather.hpp"
#include "rt/runner.hpp"
#include "rt/shield.hpp"
#include "rt/sleep.hpp"
#include "rt/task_group.hpp"
#include "rt/timeout.hpp"
#include "support/runtime.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <tuple>
#include <type_traits>
#include <variant>

using namespace arun;
using namespace arun::test;
using namespace std::chrono_literals;

static_assert(Awaitable<Coro<int>> && Awaitable<Task<int>> && Awaitable<Future<int>>);
static_assert(Awaitable<decltype(sleep(1s))> && Awaitable<decltype(yield())>);
static_assert(Awaitable<Event::Wait> && !Awaitable<Event> && !Awaitable<int>);
static_assert(std::is_same_v<AwaitResult<Future<std::string>>, std::string>);
static_assert(std::is_same_v<AwaitResult<decltype(sleep(1s))>, void>);

TEST_CASE("a time limit takes anything that can be awaited") {
    run_virtual([]() -> Coro<> {
        bool late = false;
        try {
            co_await timeout(20ms, sleep(1h));
        } catch (const TimeoutError&) {
            late = true;
        }
        CHECK(late);
        CHECK(now() == 20ms);
        Event never;
        late = false;
        try {
            co_await timeout_at(30ms, never.wait());
        } catch (const TimeoutError&) {
            late = true;
        }
        CHECK(late);
        CHECK(now() == 30ms);
        const auto task = create_task(give_after(5ms, 7));
        CHECK(co_await timeout(1s, task) == 7);
        Future<std::string> future;
        future.set_result("set");
        CHECK(co_await timeout(1s, future) == "set");
        auto limit = Timeout::after(1s);
        co_await limit.run(sleep(1ms));
        CHECK_FALSE(limit.expired());
    });
}

TEST_CASE("sleep() can be a task, a child, shielded, gathered and run") {
    run_virtual([]() -> Coro<> {
        const auto task = create_task(sleep(10ms));
        TaskGroup group;
        group.create_task(sleep(20ms));
        co_await group.join();
        CHECK(now() == 20ms);
        CHECK(task.done());
        co_await shield(sleep(5ms));
        CHECK(now() == 25ms);
        Event event;
        event.set();
        const auto results = co_await gather(sleep(10ms), give_after(3ms, 4), event.wait());
        CHECK(now() == 35ms);
        CHECK(std::get<1>(results) == 4);
        CHECK(std::get<2>(results));
    });
    Runner runner(virtual_clock());
    runner.run(sleep(1h));
    CHECK(runner.get_loop().time() == 1h);
    arun::run(sleep(1ms));
}
