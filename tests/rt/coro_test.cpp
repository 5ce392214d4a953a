#include "rt/coro.hpp"

#include "rt/sleep.hpp"
#include "support/lifetime.hpp"
#include "support/runtime.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace arun;
using namespace arun::test;

namespace {

Coro<int> chain(int depth) {
    if (depth == 0) co_return 0;
    const int below = co_await chain(depth - 1);
    co_return below + 1;
}
Coro<> failing_chain(int depth) {
    if (depth == 0) {
        co_await yield();
        throw ZeroDivisionError();
    }
    co_await failing_chain(depth - 1);
}
Coro<int> one(int value) {
    co_return value;
}

}  // namespace

TEST_CASE("coro: does not start until it is awaited") {
    run_virtual([]() -> Coro<> {
        bool started = false;
        const auto f = [&]() -> Coro<int> {
            started = true;
            co_return 1;
        };
        auto coro = f();
        CHECK(static_cast<bool>(coro));
        co_await yield();
        CHECK_FALSE(started);
        const int result = co_await std::move(coro);
        CHECK(started);
        CHECK(result == 1);
        CHECK_FALSE(static_cast<bool>(coro));
    });
}

TEST_CASE("coro: an await starts it at once, within the same iteration") {
    run_virtual([]() -> Coro<> {
        bool turned = false;
        Loop::get_running().call_soon([&] { turned = true; });
        for (int i = 0; i < 10; ++i) {
            const int result = co_await one(i);
            CHECK(result == i);
        }
        CHECK_FALSE(turned);
        co_await yield();
    });
}

TEST_CASE("coro: debug mode logs one that is never awaited") {
    for (const bool debug : {false, true}) {
        RunnerOptions options;
        options.debug = debug;
        Runner runner(options);
        std::vector<std::string> lines;
        runner.get_loop().debug_log = [&](std::string_view line) { lines.emplace_back(line); };
        const auto main = []() -> Coro<> {
            static_cast<void>(one(1));
            auto closed = one(2);
            closed.close();
            co_return;
        };
        runner.run(main());
        runner.close();
        CHECK(lines.size() == (debug ? 1 : 0));
        if (debug) CHECK(lines[0] == "a coroutine was never awaited");
    }
}

TEST_CASE("coro: awaiting an empty one throws") {
    run_virtual([]() -> Coro<> {
        Coro<int> coro;
        const auto error = co_await error_of(std::move(coro));
        CHECK(text_of(error) == "a coroutine was expected");
    });
}

TEST_CASE("coro: a chain of a million awaits does not overflow the stack") {
    run_virtual([]() -> Coro<> {
        const int depth = co_await chain(1'000'000);
        CHECK(depth == 1'000'000);
    });
}

TEST_CASE("coro: a million awaits in a row do not overflow the stack") {
    run_virtual([]() -> Coro<> {
        long sum = 0;
        for (int i = 0; i < 1'000'000; ++i) sum += co_await one(1);
        CHECK(sum == 1'000'000);
    });
}

TEST_CASE("coro: errors and cancellation propagate through all frames") {
    run_virtual([]() -> Coro<> {
        const auto error = co_await error_of(failing_chain(1000));
        CHECK(holds<ZeroDivisionError>(error));
        auto task = create_task(failing_chain(1000));
        task.cancel();
        const auto cancelled = co_await error_of_awaiting(task);
        CHECK(is_cancelled(cancelled));
    });
}

TEST_CASE("coro: a suspended deep chain can be destroyed") {
    Runner runner(virtual_clock());
    runner.get_loop().stop_after(1);
    CHECK_THROWS_AS(runner.run(failing_chain(10'000)), std::runtime_error);
}

TEST_CASE("coro: moves its result, and destroys arguments and locals in time") {
    LifetimeCounter lives;
    run_virtual([&]() -> Coro<> {
        const auto inner = [](Lifetime argument) -> Coro<Lifetime> {
            Lifetime local = argument;
            co_await yield();
            co_return std::move(local);
        };
        {
            const Lifetime result = co_await inner(Lifetime(lives));
            CHECK(lives.alive() == 1);
        }
        CHECK(lives.alive() == 0);
        const auto pointer = []() -> Coro<std::unique_ptr<int>> { co_return std::make_unique<int>(6); };
        const auto held = co_await pointer();
        CHECK(*held == 6);
    });
    CHECK(lives.double_destructions() == 0);
}

TEST_CASE("coro: returns a reference to the very object") {
    run_virtual([]() -> Coro<> {
        std::string text = "text";
        const auto mutable_one = [&]() -> Coro<std::string&> { co_return text; };
        const auto const_one = [&]() -> Coro<const std::string&> { co_return text; };
        std::string& first = co_await mutable_one();
        const std::string& second = co_await const_one();
        CHECK(&first == &text);
        CHECK(&second == &text);
    });
}

TEST_CASE("coro: an exception from copying the result is the coroutine's error") {
    class Throwing {
    public:
        Throwing() = default;
        Throwing(const Throwing&) { throw ZeroDivisionError(); }
    };
    run_virtual([]() -> Coro<> {
        const Throwing original;
        const auto f = [&]() -> Coro<Throwing> { co_return original; };
        const auto error = co_await error_of(f());
        CHECK(holds<ZeroDivisionError>(error));
    });
}

TEST_CASE("coro: a caught error leaves no state behind") {
    run_virtual([]() -> Coro<> {
        for (int i = 0; i < 3; ++i) {
            const auto error = co_await error_of(failing_chain(3));
            CHECK(holds<ZeroDivisionError>(error));
            const int fine = co_await one(i);
            CHECK(fine == i);
        }
    });
}
