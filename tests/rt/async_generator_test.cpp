// The asyncio part of CPython 3.11 Lib/test/test_asyncgen.py, under the same names, and this runtime's own
// tests.
//
// | not here                               | why                                                           |
// |----------------------------------------|---------------------------------------------------------------|
// | *_asend_*, *_athrow_*                  | generators here take no values and no exceptions              |
// | *_await_same_*_coro_twice              | an awaitable here is awaited where it is made                 |
// | *_aiter*, *_expression_*, *_anext_*    | Python's syntax, its builtins and its protocol                |
// | *_shutdown_exception_02                | is 01 here, with the generator dropped: one message for both  |
#include "rt/async_generator.hpp"

#include "rt/event.hpp"
#include "rt/future.hpp"
#include "rt/sleep.hpp"
#include "rt/timeout.hpp"
#include "support/lifetime.hpp"
#include "support/runtime.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <optional>
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
/// Yields forever. Cleaning up takes two iterations of the loop, and increments `done`.
AsyncGenerator<int> careful(int& done) {
    try {
        for (;;) co_yield 1;
    } catch (const GeneratorExit&) {
    }
    co_await yield();
    co_await yield();
    ++done;
}
AsyncGenerator<int> crashes_when_closed() {
    try {
        co_yield 1;
        co_yield 2;
    } catch (const GeneratorExit&) {
    }
    throw ZeroDivisionError();
}
AsyncGenerator<int> ignores_its_exit() {
    try {
        co_yield 1;
    } catch (const GeneratorExit&) {
    }
    co_await sleep(10ms);
    co_yield 12;
}
Coro<std::vector<int>> collect(AsyncGenerator<int> numbers) {
    std::vector<int> all;
    while (auto number = co_await numbers.next()) all.push_back(*number);
    co_return all;
}

}  // namespace

TEST_CASE("test_async_gen_asyncio_01") {
    run_virtual([]() -> Coro<> {
        const auto all = co_await collect(count_to(5, 10ms));
        CHECK(all == std::vector<int>{1, 2, 3, 4, 5});
        CHECK(Loop::get_running().time() == 50ms);
    });
}

TEST_CASE("test_async_gen_asyncio_02") {
    run_virtual([]() -> Coro<> {
        const auto gen = []() -> AsyncGenerator<int> {
            co_yield 1;
            co_await sleep(10ms);
            co_yield 2;
            throw ZeroDivisionError();
        };
        const auto error = co_await error_of(collect(gen()));
        CHECK(holds<ZeroDivisionError>(error));
    });
}

TEST_CASE("test_async_gen_asyncio_03") {
    class Gen {
    public:
        AsyncGenerator<int> aiter() {
            co_yield 1;
            co_await sleep(10ms);
            co_yield 2;
        }
    };
    run_virtual([]() -> Coro<> {
        Gen gen;
        const auto all = co_await collect(gen.aiter());
        CHECK(all == std::vector<int>{1, 2});
        const auto none = co_await collect(count_to(0));
        CHECK(none.empty());
    });
}

TEST_CASE("test_async_gen_asyncio_aclose_06") {
    run_virtual([]() -> Coro<> {
        auto gen = ignores_its_exit();
        co_await gen.next();
        const auto error = co_await error_of(gen.aclose());
        CHECK(text_of(error) == "async generator ignored GeneratorExit");
    });
}

TEST_CASE("test_async_gen_asyncio_aclose_07") {
    int done = 0;
    run_virtual([&]() -> Coro<> {
        auto gen = careful(done);
        co_await gen.next();
        co_await gen.aclose();
        CHECK(done == 1);
        CHECK(gen.finished());
    });
    CHECK(done == 1);
}

TEST_CASE("test_async_gen_asyncio_aclose_08") {
    int done = 0;
    Future<> fut;
    const auto foo = [&]() -> AsyncGenerator<int> {
        try {
            co_yield 1;
            co_await fut;
            done += 1000;
            co_yield 2;
        } catch (const GeneratorExit&) {
        }
        co_await sleep(10ms);
        done += 1;
    };
    run_virtual([&]() -> Coro<> {
        auto gen = foo();
        const auto first = co_await gen.next();
        CHECK(*first == 1);
        co_await gen.aclose();
    });
    CHECK(done == 1);
}

TEST_CASE("test_async_gen_asyncio_gc_aclose_09") {
    int done = 0;
    run_virtual([&]() -> Coro<> {
        {
            auto gen = careful(done);
            co_await gen.next();
            co_await gen.next();
        }
        CHECK(done == 0);
        for (int i = 0; i < 3; ++i) co_await yield();
        CHECK(done == 1);
    });
    CHECK(done == 1);
}

TEST_CASE("test_async_gen_asyncio_aclose_10") {
    int done = 0;
    const auto gen = [&]() -> AsyncGenerator<int> {
        try {
            co_yield 0;
        } catch (...) {
        }
        done = 1;
    };
    run_virtual([&]() -> Coro<> {
        auto g = gen();
        co_await g.next();
        co_await g.aclose();
        done += 10;
    });
    CHECK(done == 11);
}

TEST_CASE("test_async_gen_asyncio_aclose_11") {
    int done = 0;
    const auto gen = [&]() -> AsyncGenerator<int> {
        try {
            co_yield 0;
        } catch (...) {
        }
        co_yield 0;
        done += 1;
    };
    run_virtual([&]() -> Coro<> {
        auto g = gen();
        co_await g.next();
        const auto error = co_await error_of(g.aclose());
        CHECK(text_of(error) == "async generator ignored GeneratorExit");
        const auto more = co_await g.next();
        CHECK_FALSE(more);
        done += 10;
    });
    CHECK(done == 10);
}

TEST_CASE("test_async_gen_asyncio_aclose_12") {
    int done = 0;
    const auto target = []() -> Coro<> {
        co_await sleep(10ms);
        throw ZeroDivisionError();
    };
    const auto foo = [&]() -> AsyncGenerator<int> {
        auto task = create_task(target());
        try {
            co_yield 1;
        } catch (const GeneratorExit&) {
        }
        try {
            co_await task;
        } catch (const ZeroDivisionError&) {
            done = 1;
        }
    };
    run_virtual([&]() -> Coro<> {
        auto gen = foo();
        co_await gen.next();
        co_await gen.aclose();
    });
    CHECK(done == 1);
}

TEST_CASE("test_async_gen_asyncio_shutdown_01") {
    int finalized = 0;
    const auto waiter = [&](Duration delay) -> AsyncGenerator<int> {
        std::exception_ptr error;
        try {
            co_await sleep(delay);
            co_yield 1;
        } catch (...) {
            error = std::current_exception();
        }
        co_await yield();
        ++finalized;
        if (error) std::rethrow_exception(error);
    };
    const auto wait = [&]() -> Coro<> {
        auto gen = waiter(1s);
        while (auto item = co_await gen.next()) {
        }
    };
    run_virtual([&]() -> Coro<> {
        auto t1 = create_task(wait());
        auto t2 = create_task(wait());
        co_await sleep(100ms);
        t1.cancel();
        t2.cancel();
        const auto e1 = co_await error_of_awaiting(t1);
        const auto e2 = co_await error_of_awaiting(t2);
        CHECK(is_cancelled(e1));
        CHECK(is_cancelled(e2));
        CHECK(finalized == 2);
    });
}

TEST_CASE("test_async_gen_asyncio_shutdown_02") {
    Reports reports;
    auto it = count_to(2);
    run_virtual([&]() -> Coro<> {
        reports.listen(Loop::get_running());
        co_await it.next();
    });
    CHECK(it.finished());
    CHECK(reports.messages.empty());
}

TEST_CASE("test_async_gen_asyncio_shutdown_exception_01") {
    const std::vector<std::string> expected{"an error occurred during closing of asynchronous generator"};
    for (const bool dropped : {false, true}) {
        CAPTURE(dropped);
        Reports reports;
        std::optional<AsyncGenerator<int>> it = crashes_when_closed();
        run_virtual([&]() -> Coro<> {
            reports.listen(Loop::get_running());
            co_await it->next();
            if (dropped) it.reset();
        });
        CHECK(reports.messages == expected);
        CHECK(holds<ZeroDivisionError>(reports.errors.at(0)));
    }
}

TEST_CASE("test_asyncgen_nonstarted_hooks_are_cancellable") {
    // A generator that has not started is not closed.
    Reports reports;
    LifetimeCounter lives;
    const auto gen = [](Lifetime) -> AsyncGenerator<int> { co_yield 1; };
    run_virtual([&]() -> Coro<> {
        reports.listen(Loop::get_running());
        {
            auto it = gen(Lifetime(lives));
            CHECK(lives.alive() == 1);
        }
        CHECK(lives.alive() == 0);
        auto closed = gen(Lifetime(lives));
        co_await closed.aclose();
        CHECK(lives.alive() == 0);
        const auto item = co_await closed.next();
        CHECK_FALSE(item);
    });
    CHECK(reports.messages.empty());
}

TEST_CASE("test_async_gen_aclose_twice_with_different_coros") {
    run_virtual([]() -> Coro<> {
        auto gen = count_to(3);
        co_await gen.next();
        co_await gen.aclose();
        co_await gen.aclose();
    });
}

TEST_CASE("test_async_gen_aclose_after_exhaustion") {
    run_virtual([]() -> Coro<> {
        auto gen = count_to(1);
        while (auto item = co_await gen.next()) {
        }
        co_await gen.aclose();
    });
}

// This runtime's own tests.

TEST_CASE("generator: does not run before next(), nor between two values") {
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

TEST_CASE("generator: an error finishes it") {
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

TEST_CASE("generator: yields move-only values and references") {
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

TEST_CASE("generator: cancelling the awaiting task cancels the await inside") {
    run_virtual([]() -> Coro<> {
        bool cancelled = false;
        const auto gen = [&]() -> AsyncGenerator<int> {
            co_yield 1;
            try {
                co_await sleep(1h);
            } catch (const CancelledError&) {
                cancelled = true;
                throw;
            }
        };
        auto it = gen();
        co_await it.next();
        const auto ask = [&]() -> Coro<> { co_await it.next(); };
        const auto error = co_await error_of(timeout(1s, ask()));
        CHECK(holds<TimeoutError>(error));
        CHECK(cancelled);
        CHECK(it.finished());
    });
}

TEST_CASE("generator: one awaiting task at a time") {
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

TEST_CASE("generator: next() needs a generator and a running loop") {
    AsyncGenerator<int> none;
    CHECK_FALSE(static_cast<bool>(none));
    CHECK_THROWS_AS(static_cast<void>(none.next()), std::invalid_argument);
    CHECK_THROWS_AS(static_cast<void>(none.aclose()), std::invalid_argument);
    auto it = count_to(1);
    CHECK(static_cast<bool>(it));
    CHECK_THROWS_WITH_AS(static_cast<void>(it.next().await_ready()), "no running event loop",
                         std::runtime_error);
}

TEST_CASE("generator: dropped between two runs, it is closed by the next run") {
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

TEST_CASE("generator: Loop::close() without a Runner destroys its frame") {
    LifetimeCounter lives;
    const auto gen = [](Lifetime) -> AsyncGenerator<int> {
        for (;;) co_yield 1;
    };
    auto it = gen(Lifetime(lives));
    {
        Loop loop;
        const auto main = [&]() -> Coro<> { co_await it.next(); };
        loop.tasks().spawn(main());
        loop.run_until_idle();
        CHECK(lives.alive() == 1);
    }
    CHECK(lives.alive() == 0);
    CHECK(it.finished());
}

TEST_CASE("generator: a million values") {
    run_virtual([]() -> Coro<> {
        auto it = count_to(1'000'000);
        std::int64_t sum = 0;
        while (auto number = co_await it.next()) sum += *number;
        CHECK(sum == 500'000'500'000);
    });
}

TEST_CASE("generator: still cleans up if the closing Runner cancels the task that drops it") {
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
    "generator: a wait without end while it is closed is a deadlock, and the loop closes all the same") {
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
