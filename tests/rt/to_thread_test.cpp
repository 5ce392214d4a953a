// CPython 3.11 Lib/test/test_asyncio/test_threads.py, under the same names, and this runtime's own tests.
//
// | not here                    | why                                                              |
// |-----------------------------|------------------------------------------------------------------|
// | test_to_thread_args_kwargs  | a lambda holds the arguments                                     |
#include "rt/to_thread.hpp"

#include "rt/event.hpp"
#include "rt/gather.hpp"
#include "rt/sleep.hpp"
#include "rt/timeout.hpp"
#include "support/lifetime.hpp"
#include "support/runtime.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <latch>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

using namespace arun;
using namespace arun::test;

TEST_CASE("test_to_thread") {
    const auto main = []() -> Coro<int> {
        const auto sum = [] { return 40 + 2; };
        co_return co_await to_thread(sum);
    };
    CHECK(arun::run(main()) == 42);
}

TEST_CASE("test_to_thread_exception") {
    const auto main = []() -> Coro<> {
        const auto raise_runtime = [] { throw std::runtime_error("test"); };
        co_await to_thread(raise_runtime);
    };
    CHECK_THROWS_WITH_AS(arun::run(main()), "test", std::runtime_error);
}

TEST_CASE("test_to_thread_once") {
    std::atomic<int> calls = 0;
    const auto main = [&]() -> Coro<> {
        const auto func = [&] { ++calls; };
        co_await to_thread(func);
    };
    arun::run(main());
    CHECK(calls == 1);
}

TEST_CASE("test_to_thread_concurrent") {
    std::atomic<int> calls = 0;
    const auto main = [&]() -> Coro<> {
        const auto func = [&] { ++calls; };
        std::vector<Coro<>> futs;
        for (int i = 0; i < 10; ++i) futs.push_back(to_thread(func));
        co_await gather(std::move(futs));
    };
    arun::run(main());
    CHECK(calls == 10);
}

TEST_CASE("test_to_thread_contextvars") {
    ContextVar<std::string> test_ctx("test_ctx", "none");
    const auto main = [&]() -> Coro<> {
        test_ctx.set("parrot");
        const auto swap = [&] {
            const std::string seen = test_ctx.get();
            test_ctx.set("thread");
            return seen + "," + test_ctx.get();
        };
        const auto result = co_await to_thread(swap);
        CHECK(result == "parrot,thread");
        CHECK(test_ctx.get() == "parrot");
    };
    arun::run(main());
}

// This runtime's own tests.

TEST_CASE("to_thread: calls the function in another thread, without a running loop") {
    const auto main = []() -> Coro<> {
        const auto here = std::this_thread::get_id();
        const auto f = [] { return std::pair(std::this_thread::get_id(), Loop::running()); };
        const auto there = co_await to_thread(f);
        CHECK(there.first != here);
        CHECK(there.second == nullptr);
    };
    arun::run(main());
}

TEST_CASE("to_thread: takes move-only functions, returns move-only results and references") {
    static int number = 1;
    const auto main = []() -> Coro<> {
        const auto pointer = [] { return std::make_unique<int>(3); };
        const auto held = co_await to_thread(pointer);
        CHECK(*held == 3);
        const auto reference = []() -> int& { return number; };
        int& result = co_await to_thread(reference);
        CHECK(&result == &number);
        auto owner = [mine = std::make_unique<int>(4)] { return *mine; };
        const int value = co_await to_thread(std::move(owner));
        CHECK(value == 4);
    };
    arun::run(main());
}

TEST_CASE("to_thread: meanwhile waiting is no deadlock, and the virtual clock moves") {
    run_virtual([]() -> Coro<> {
        Loop& loop = Loop::get_running();
        const auto until_time_moves = [start = Clock::monotonic()] {
            while (Clock::monotonic() - start < 2ms) std::this_thread::yield();
        };
        co_await to_thread(until_time_moves);
        CHECK(loop.time() > 0s);
        CHECK_FALSE(loop.io_pending());
    });
}

TEST_CASE("to_thread: meanwhile the loop runs other tasks") {
    const auto main = []() -> Coro<> {
        std::latch released(1);
        const auto wait = [&] { released.wait(); };
        auto work = create_task(to_thread(wait));
        for (int i = 0; i < 10; ++i) co_await yield();
        CHECK_FALSE(work.done());
        released.count_down();
        co_await work;
    };
    arun::run(main());
}

TEST_CASE("to_thread: cancelling ends the wait at once; the work goes on, and close() waits for it") {
    LifetimeCounter lives;
    std::latch started(1);
    std::latch released(1);
    std::atomic<bool> ended = false;
    Runner runner;
    const auto main = [&]() -> Coro<> {
        auto f = [&, life = Lifetime(lives)] {
            started.count_down();
            released.wait();
            ended = true;
            throw ZeroDivisionError();  // dropped
        };
        auto work = create_task(to_thread(std::move(f)));
        co_await yield();
        started.wait();
        work.cancel();
        const auto error = co_await error_of_awaiting(work);
        CHECK(is_cancelled(error));
        CHECK_FALSE(ended);
        CHECK(Loop::get_running().io_pending());
    };
    runner.run(main());
    CHECK(lives.alive() == 1);
    released.count_down();
    runner.close();
    CHECK(ended);
    CHECK(lives.alive() == 0);
}

TEST_CASE("to_thread: cancelled before a thread is free, the function is never called") {
    const char* size = std::getenv("UV_THREADPOOL_SIZE");
    const int threads = size != nullptr ? std::atoi(size) : 4;
    std::latch busy(threads);
    std::latch released(1);
    std::atomic<bool> called = false;
    const auto main = [&]() -> Coro<> {
        const auto block = [&] {
            busy.count_down();
            released.wait();
        };
        std::vector<Task<>> blockers;
        for (int i = 0; i < threads; ++i) blockers.push_back(create_task(to_thread(block)));
        co_await yield();
        busy.wait();
        const auto late = [&] { called = true; };
        auto task = create_task(to_thread(late));
        co_await yield();
        task.cancel();
        const auto error = co_await error_of_awaiting(task);
        CHECK(is_cancelled(error));
        released.count_down();
        for (Task<>& blocker : blockers) co_await blocker;
    };
    arun::run(main());
    CHECK_FALSE(called);
}

TEST_CASE("to_thread: throws after the executor's shutdown") {
    struct Late final : LoopExtension {
        explicit Late(Loop&) {}
        Phase phase() const noexcept override { return Phase::io; }
        Coro<> shutdown() override {
            const auto f = [] {};
            error = text_of(co_await error_of(to_thread(f)));
            *seen = error;
        }
        std::string error;
        std::string* seen = nullptr;
    };
    std::string seen;
    Runner runner;
    runner.get_loop().extension<Late>().seen = &seen;
    const auto main = []() -> Coro<> {
        const auto f = [] {};
        co_await to_thread(f);
    };
    runner.run(main());
    runner.close();
    CHECK(seen == "Executor shutdown has been called");
}

TEST_CASE("to_thread: Loop::close() without a Runner waits for running functions") {
    LifetimeCounter lives;
    std::atomic<bool> ended = false;
    {
        Loop loop;
        auto f = [&, life = Lifetime(lives)] { ended = true; };
        loop.tasks().spawn(to_thread(std::move(f)));
        loop.stop_after(1);
        CHECK_THROWS_AS(loop.run_until_idle(), std::runtime_error);
    }
    CHECK(ended);
    CHECK(lives.alive() == 0);
}

TEST_CASE("to_thread: a thousand concurrent calls") {
    std::atomic<int> calls = 0;
    const auto main = [&]() -> Coro<> {
        const auto func = [&] { return ++calls; };
        std::vector<Coro<int>> all;
        for (int i = 0; i < 1000; ++i) all.push_back(to_thread(func));
        const auto results = co_await gather(std::move(all));
        CHECK(results.size() == 1000);
    };
    arun::run(main());
    CHECK(calls == 1000);
}
