#include "rt/sleep.hpp"

#include "rt/task.hpp"
#include "rt/task_group.hpp"
#include "support/runtime.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace arun;
using namespace arun::test;

TEST_CASE("sleep: takes exactly its length on the virtual clock") {
    run_virtual([]() -> Coro<> {
        co_await sleep(1500ms);
        CHECK(now() == 1500ms);
        co_await sleep(1ns);
        CHECK(now() == 1500ms + 1ns);
        co_await sleep_until(2s);
        CHECK(now() == 2s);
        co_await sleep_until(1s);
        CHECK(now() == 2s);
    });
}

TEST_CASE("sleep: takes one iteration if it is not positive") {
    run_virtual([]() -> Coro<> {
        std::vector<int> order;
        const auto other = [&]() -> Coro<> {
            order.push_back(1);
            co_await sleep(0s);
            order.push_back(3);
        };
        auto task = create_task(other());
        co_await sleep(0s);
        order.push_back(2);
        co_await sleep(-1s);
        order.push_back(4);
        co_await task;
        CHECK(order == std::vector<int>{1, 2, 3, 4});
        CHECK(now() == 0s);
    });
}

TEST_CASE("sleep: the longest sleep does not wrap around") {
    Runner runner(virtual_clock());
    const auto main = []() -> Coro<> {
        co_await sleep(1s);
        auto task = create_task([]() -> Coro<> { co_await sleep(Duration::max()); }());
        co_await sleep(1h);
        CHECK_FALSE(task.done());
        task.cancel();
    };
    runner.run(main());
}

TEST_CASE("sleep: at one instant tasks resume in the order of the tree") {
    run_virtual([]() -> Coro<> {
        std::vector<int> order;
        // Armed in reverse order.
        const auto sleeper = [&](int number) -> Coro<> {
            for (int i = number; i < 4; ++i) co_await yield();
            co_await sleep_until(1s);
            order.push_back(number);
        };
        std::vector<Task<>> tasks;
        for (int i = 0; i < 4; ++i) tasks.push_back(create_task(sleeper(i)));
        for (Task<>& task : tasks) co_await task;
        CHECK(order == std::vector<int>{0, 1, 2, 3});
    });
}

TEST_CASE("sleep: cancelling it disarms its timer") {
    Runner runner(virtual_clock());
    const auto main = []() -> Coro<> {
        auto task = create_task([]() -> Coro<> { co_await sleep(1h); }());
        co_await sleep(1s);
        task.cancel();
        const auto error = co_await error_of_awaiting(task);
        CHECK(is_cancelled(error));
    };
    runner.run(main());
    CHECK(runner.get_loop().time() == 1s);
}

TEST_CASE("yield: lets everything else that is ready run first") {
    run_virtual([]() -> Coro<> {
        int others = 0;
        const auto other = [&]() -> Coro<> {
            ++others;
            co_return;
        };
        for (int i = 0; i < 5; ++i) static_cast<void>(create_task(other()));
        co_await yield();
        CHECK(others == 5);
    });
}

TEST_CASE("sleep: is never too short on the real clock") {
    const auto main = []() -> Coro<> {
        for (const Duration delay :
             {Duration(1ns), Duration(1us), Duration(50us), Duration(1ms), Duration(3ms)}) {
            const Duration before = Clock::monotonic();
            co_await sleep(delay);
            CHECK(Clock::monotonic() - before >= delay);
        }
    };
    arun::run(main());
}

TEST_CASE("settle: runs whatever is ready at this instant, and what that makes ready, but no later timer") {
    run_virtual([]() -> Coro<> {
        int steps = 0;
        const auto chain = [&]() -> Coro<> {
            for (int i = 0; i < 100; ++i) {
                ++steps;
                co_await yield();
            }
            co_await sleep(1ns);
            ++steps;
        };
        auto task = create_task(chain());
        co_await settle();
        CHECK(steps == 100);
        CHECK(now() == 0s);
        co_await task;
        CHECK(steps == 101);
        co_await settle();
        CHECK(now() == 1ns);
    });
}

TEST_CASE("settle: a task that is always ready does not hold it up for ever") {
    run_virtual([]() -> Coro<> {
        const auto busy = []() -> Coro<> {
            for (;;) co_await yield();
        };
        auto task = create_task(busy());
        co_await settle();
        CHECK_FALSE(task.done());
        task.cancel();
    });
}

TEST_CASE("settle: timers that are due belong to the instant") {
    run_virtual([]() -> Coro<> {
        bool woken = false;
        const auto sleeper = [&]() -> Coro<> {
            co_await sleep(1s);
            woken = true;
        };
        const auto settler = [&]() -> Coro<> {
            co_await sleep(1s);
            co_await settle();
            CHECK(woken);
            CHECK(now() == 1s);
        };
        auto first = create_task(settler());
        auto second = create_task(sleeper());
        co_await first;
        co_await second;
    });
}

TEST_CASE(
    "settle: of several tasks the deepest resumes first, and what it makes ready runs before the others") {
    run_virtual([]() -> Coro<> {
        std::vector<int> order;
        const auto inner = [&]() -> Coro<> {
            co_await settle();
            order.push_back(1);
            for (int i = 0; i < 10; ++i) co_await yield();
            order.push_back(2);
        };
        const auto outer = [&]() -> Coro<> {
            TaskGroup group;
            group.start(inner());
            co_await settle();
            order.push_back(3);
            co_await group.join();
        };
        TaskGroup group;
        group.start(outer());
        co_await settle();
        order.push_back(4);
        co_await group.join();
        CHECK(order == std::vector{1, 2, 3, 4});
    });
}

TEST_CASE("settle: can be cancelled") {
    run_virtual([]() -> Coro<> {
        const auto settler = []() -> Coro<> { co_await settle(); };
        auto task = create_task(settler());
        co_await yield();
        task.cancel();
        co_await wait_done(task);
        CHECK(task.cancelled());
    });
}
