// What is ours of asynchronous generators: async_generator_test.cpp has CPython's cases.
#include "rt/async_generator.hpp"

#include "rt/event.hpp"
#include "rt/sleep.hpp"
#include "rt/timeout.hpp"
#include "support/lifetime.hpp"
#include "support/runtime.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

using namespace arun;
using namespace arun::test;

namespace {

AsyncGenerator<int> count_to(int end, Duration delay = 0s) {
    for (int i = 1; i <= end; ++i) {
        if (delay > 0s) co_await sleep(delay);
        co_yield i;
    }
}
/// Yields for ever; needs two turns to clean up, and says then that it is done.
AsyncGenerator<int> careful(int& done) {
    try {
        for (;;) co_yield 1;
    } catch (const GeneratorExit&) {
    }
    co_await yield();
    co_await yield();
    ++done;
}

}  // namespace

TEST_CASE("generator: nothing of it runs before it is asked, nor between two values") {
    int steps = 0;
    const auto gen = [&]() -> AsyncGenerator<int> {
        ++steps;
        co_yield 1;
        ++steps;
        co_yield 2;
    };
    run_virtual([&]() -> Coro<> {
        auto it = gen();
        co_await yield();
        CHECK(steps == 0);
        co_await it.next();
        CHECK(steps == 1);
        co_await yield();
        CHECK(steps == 1);
        const auto second = co_await it.next();
        CHECK(*second == 2);
    });
}

TEST_CASE("generator: an error ends it") {
    run_virtual([]() -> Coro<> {
        const auto gen = []() -> AsyncGenerator<int> {
            co_yield 1;
            throw ZeroDivisionError();
        };
        auto it = gen();
        co_await it.next();
        const auto ask = [&]() -> Coro<> { co_await it.next(); };
        const auto error = co_await error_of(ask());
        CHECK(holds<ZeroDivisionError>(error));
        CHECK(it.finished());
        const auto end = co_await it.next();
        CHECK_FALSE(end);
    });
}

TEST_CASE("generator: its values may be moved only, or references") {
    run_virtual([]() -> Coro<> {
        int number = 0;
        const auto pointers = []() -> AsyncGenerator<std::unique_ptr<int>> {
            auto named = std::make_unique<int>(1);
            co_yield std::move(named);
            co_yield std::make_unique<int>(2);
        };
        const auto references = [&]() -> AsyncGenerator<int&> {
            for (int i = 0; i < 3; ++i) co_yield number;
        };
        auto moved = pointers();
        const auto first = co_await moved.next();
        const auto second = co_await moved.next();
        CHECK(**first == 1);
        CHECK(**second == 2);
        auto them = references();
        while (int* it = co_await them.next()) ++*it;
        CHECK(number == 3);
    });
}

TEST_CASE("generator: cancelling the one who awaits it reaches the await inside") {
    run_virtual([]() -> Coro<> {
        bool told = false;
        const auto gen = [&]() -> AsyncGenerator<int> {
            co_yield 1;
            try {
                co_await sleep(1h);
            } catch (const CancelledError&) {
                told = true;
                throw;
            }
        };
        auto it = gen();
        co_await it.next();
        const auto ask = [&]() -> Coro<> { co_await it.next(); };
        const auto error = co_await error_of(timeout(1s, ask()));
        CHECK(holds<TimeoutError>(error));
        CHECK(told);
        CHECK(it.finished());
    });
}

TEST_CASE("generator: one at a time") {
    run_virtual([]() -> Coro<> {
        auto it = count_to(2, 1s);
        const auto ask = [&]() -> Coro<> { co_await it.next(); };
        auto task = create_task(ask());
        co_await yield();
        co_await yield();
        CHECK(it.running());
        const auto next = co_await error_of(ask());
        CHECK(text_of(next) == "anext(): asynchronous generator is already running");
        const auto close = co_await error_of(it.aclose());
        CHECK(text_of(close) == "aclose(): asynchronous generator is already running");
        co_await task;
        CHECK_FALSE(it.running());
        co_await it.aclose();
    });
}

TEST_CASE("generator: there must be one, and a running loop") {
    AsyncGenerator<int> none;
    CHECK_FALSE(static_cast<bool>(none));
    CHECK_THROWS_AS(static_cast<void>(none.next()), std::invalid_argument);
    CHECK_THROWS_AS(static_cast<void>(none.aclose()), std::invalid_argument);
    auto it = count_to(1);
    CHECK(static_cast<bool>(it));
    CHECK_THROWS_WITH_AS(static_cast<void>(it.next().await_ready()), "no running event loop",
                         std::runtime_error);
}

TEST_CASE("generator: dropped between two runs, the next run closes it") {
    int done = 0;
    Runner runner(virtual_clock());
    {
        auto it = careful(done);
        const auto main = [&]() -> Coro<> { co_await it.next(); };
        runner.run(main());
    }
    CHECK(done == 0);
    runner.close();
    CHECK(done == 1);
}

TEST_CASE("generator: a loop that is closed without ceremony destroys its frame") {
    LifetimeCounter lives;
    const auto gen = [](Lifetime) -> AsyncGenerator<int> {
        for (;;) co_yield 1;
    };
    auto it = gen(Lifetime(lives));
    {
        Loop loop;
        const auto main = [&]() -> Coro<> { co_await it.next(); };
        static_cast<void>(loop.tasks().spawn(main()));
        loop.run_until_idle();
        CHECK(lives.alive() == 1);
    }
    CHECK(lives.alive() == 0);
    CHECK(it.finished());
}

TEST_CASE("generator: a million values") {
    run_virtual([]() -> Coro<> {
        auto it = count_to(1'000'000);
        long sum = 0;
        while (auto number = co_await it.next()) sum += *number;
        CHECK(sum == 500'000'500'000);
    });
}

TEST_CASE("generator: dropped by a task that is cancelled when the Runner closes, it still cleans up") {
    int done = 0;
    Runner runner(virtual_clock());
    const auto forever = [&]() -> Coro<> {
        auto it = careful(done);
        for (;;) {
            co_await it.next();
            co_await sleep(1h);
        }
    };
    const auto main = [&]() -> Coro<> {
        static_cast<void>(create_task(forever()));
        co_await sleep(1s);
    };
    runner.run(main());
    CHECK(done == 0);
    runner.close();
    CHECK(done == 1);
}

TEST_CASE(
    "generator: one that waits for ever when it is closed is a deadlock, and the loop closes all the same") {
    LifetimeCounter lives;
    const auto stuck = [](Lifetime) -> AsyncGenerator<int> {
        try {
            co_yield 1;
        } catch (const GeneratorExit&) {
        }
        Event never;
        co_await never.wait();
    };
    Runner runner(virtual_clock());
    auto it = stuck(Lifetime(lives));
    const auto main = [&]() -> Coro<> { co_await it.next(); };
    runner.run(main());
    CHECK_THROWS_AS(runner.close(), DeadlockError);
    CHECK(lives.alive() == 0);
    CHECK(it.finished());
}
