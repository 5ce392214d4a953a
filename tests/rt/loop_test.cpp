#include "rt/loop.hpp"

#include "rt/event.hpp"
#include "rt/sleep.hpp"
#include "support/lifetime.hpp"
#include "support/runtime.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace arun;
using namespace arun::test;

TEST_CASE("loop: call_soon() calls each function once, in order, on the next iteration") {
    run_virtual([]() -> Coro<> {
        Loop& loop = Loop::get_running();
        std::vector<int> order;
        loop.call_soon([&] {
            order.push_back(1);
            loop.call_soon([&] { order.push_back(3); });
        });
        loop.call_soon([&] { order.push_back(2); });
        co_await yield();
        CHECK(order == std::vector<int>{1, 2});
        co_await yield();
        CHECK(order == std::vector<int>{1, 2, 3});
    });
}

TEST_CASE("loop: timers fire by time, then in the order of insertion") {
    run_virtual([]() -> Coro<> {
        Loop& loop = Loop::get_running();
        std::vector<int> order;
        loop.call_later(2s, [&] { order.push_back(3); });
        loop.call_at(1s, [&] { order.push_back(1); });
        loop.call_later(1s, [&] { order.push_back(2); });
        auto cancelled = loop.call_later(1s, [&] { order.push_back(9); });
        CHECK(cancelled.when() == 1s);
        cancelled.cancel();
        CHECK(cancelled.cancelled());
        // One handle is dropped, one is cancelled by an earlier callback of the same instant.
        static_cast<void>(loop.call_later(Duration::max(), [&] { order.push_back(9); }));
        TimerHandle late;
        loop.call_at(1500ms, [&] { late.cancel(); });
        late = loop.call_at(1500ms, [&] { order.push_back(9); });
        co_await sleep(2s);
        co_await yield();
        CHECK(order == std::vector<int>{1, 2, 3});
    });
}

TEST_CASE("loop: a callback runs in a copy of the context that scheduled it") {
    ContextVar<int> var("var", 0);
    run_virtual([&]() -> Coro<> {
        Loop& loop = Loop::get_running();
        int seen = 0;
        int timed = 0;
        var.set(1);
        loop.call_soon([&] { seen = var.get(), var.set(7); });
        loop.call_later(1s, [&] { timed = var.get(); });
        var.set(2);
        co_await sleep(2s);
        CHECK(seen == 1);
        CHECK(timed == 1);
        CHECK(var.get() == 2);
    });
}

TEST_CASE("loop: a callback's exception goes to the exception handler") {
    Reports reports;
    run_virtual([&]() -> Coro<> {
        Loop& loop = Loop::get_running();
        loop.call_soon([] { throw ZeroDivisionError(); });  // before there is a handler: dropped
        co_await yield();
        reports.listen(loop);
        loop.call_soon([] { throw ZeroDivisionError(); });
        loop.call_later(1s, [] { throw 5; });
        co_await sleep(2s);
        loop.set_exception_handler([](std::string_view, std::exception_ptr) { throw 6; });
        loop.call_soon([] { throw ZeroDivisionError(); });
        co_await yield();
    });
    CHECK(reports.messages == std::vector<std::string>(2, "Exception in callback"));
    CHECK(holds<ZeroDivisionError>(reports.errors[0]));
    CHECK(holds<int>(reports.errors[1]));
}

TEST_CASE("loop: call_soon_threadsafe() wakes a blocked loop") {
    const auto main = []() -> Coro<> {
        Loop& loop = Loop::get_running();
        Loop::PendingIoGuard hold(loop);
        Event event;
        const auto here = std::this_thread::get_id();
        std::thread::id called;
        std::thread thread([&] {
            loop.call_soon_threadsafe([&] {
                called = std::this_thread::get_id();
                event.set();
            });
        });
        co_await event.wait();
        thread.join();
        CHECK(called == here);
    };
    arun::run(main());
}

TEST_CASE("loop: no call_soon_threadsafe() of many threads is lost") {
    const auto main = []() -> Coro<> {
        Loop& loop = Loop::get_running();
        Loop::PendingIoGuard hold(loop);
        Event event;
        int calls = 0;
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&] {
                for (int i = 0; i < 500; ++i) {
                    loop.call_soon_threadsafe([&] {
                        if (++calls == 2000) event.set();
                    });
                }
            });
        }
        co_await event.wait();
        for (std::thread& thread : threads) thread.join();
        CHECK(calls == 2000);
    };
    arun::run(main());
}

TEST_CASE("loop: throws DeadlockError if nothing can wake the waiting tasks") {
    for (const ClockMode mode : {ClockMode::real, ClockMode::virtual_}) {
        RunnerOptions options;
        options.clock = mode;
        Runner runner(options);
        Event event;
        const auto main = [&]() -> Coro<> { co_await event.wait(); };
        CHECK_THROWS_WITH_AS(runner.run(main()), "deadlock: everything waits, and nothing can wake it",
                             DeadlockError);
        // The loop is still usable.
        runner.run(nothing());
        runner.close();
    }
}

TEST_CASE("virtual clock: jumps only when nothing is ready") {
    run_virtual([]() -> Coro<> {
        Loop& loop = Loop::get_running();
        bool fired = false;
        loop.call_later(1ns, [&] { fired = true; });
        for (int i = 0; i < 1000; ++i) co_await yield();
        CHECK_FALSE(fired);
        CHECK(loop.time() == 0s);
        co_await sleep(1s);
        CHECK(fired);
    });
}

TEST_CASE("virtual clock: moves at real speed while real I/O is pending") {
    run_virtual([]() -> Coro<> {
        Loop& loop = Loop::get_running();
        const Duration real = Clock::monotonic();
        {
            Loop::PendingIoGuard hold(loop);
            Loop::PendingIoGuard another(loop);
            CHECK(loop.io_pending());
            co_await sleep(3ms);
            CHECK(Clock::monotonic() - real >= 3ms);
            Loop::PendingIoGuard moved = std::move(hold);
        }
        CHECK_FALSE(loop.io_pending());
        const Duration stopped = loop.time();
        CHECK(stopped >= 3ms);
        co_await sleep(24h);
        CHECK(loop.time() == stopped + 24h);
    });
}

TEST_CASE("virtual clock: wall_time() follows it") {
    RunnerOptions options = virtual_clock();
    options.start_time = Clock::WallTime(std::chrono::seconds(1'000'000'000));
    Runner runner(options);
    const auto main = []() -> Coro<> {
        co_await sleep(90s);
        CHECK(Loop::get_running().wall_time() == Clock::WallTime(std::chrono::seconds(1'000'000'090)));
    };
    runner.run(main());
    CHECK(runner.get_loop().clock_mode() == ClockMode::virtual_);
}

TEST_CASE("real clock: timers fire in order and never early") {
    const auto main = []() -> Coro<> {
        Loop& loop = Loop::get_running();
        std::vector<int> order;
        int early = 0;
        const Duration start = loop.time();
        for (int i = 19; i >= 0; --i) {
            const Duration when = start + std::chrono::microseconds(200 * i);
            loop.call_at(when, [&, when, i] {
                if (loop.time() < when) ++early;
                order.push_back(i);
            });
        }
        co_await sleep(6ms);
        CHECK(early == 0);
        REQUIRE(order.size() == 20);
        for (int i = 0; i < 20; ++i) CHECK(order[static_cast<std::size_t>(i)] == i);
    };
    arun::run(main());
}

TEST_CASE("loop: a run ended by stop() or stop_after() can be continued") {
    Runner runner(virtual_clock());
    Loop& loop = runner.get_loop();
    std::vector<int> order;
    const auto main = [&]() -> Coro<> {
        for (int i = 0; i < 4; ++i) {
            order.push_back(i);
            co_await yield();
        }
    };
    loop.call_soon([&] { loop.stop(); });
    CHECK_THROWS_WITH_AS(runner.run(main()), "Event loop stopped before Future completed.",
                         std::runtime_error);
    CHECK(order == std::vector<int>{0});
    loop.stop_after(2);
    CHECK_THROWS_AS(loop.run_until_idle(), std::runtime_error);
    CHECK(order == std::vector<int>{0, 1, 2});
    loop.run_until_idle();
    CHECK(order == std::vector<int>{0, 1, 2, 3});
}

TEST_CASE("loop: only one loop runs at a time, and only once") {
    run_virtual([]() -> Coro<> {
        Loop& loop = Loop::get_running();
        CHECK_THROWS_WITH_AS(loop.run_until_idle(), "This event loop is already running", std::runtime_error);
        CHECK_THROWS_WITH_AS(loop.close(), "Cannot close a running event loop", std::runtime_error);
        Loop other;
        CHECK_THROWS_WITH_AS(other.run_until_idle(),
                             "Cannot run the event loop while another loop is running", std::runtime_error);
        co_return;
    });
    CHECK(Loop::running() == nullptr);
    CHECK_THROWS_WITH_AS(static_cast<void>(Loop::get_running()), "no running event loop", std::runtime_error);
}

TEST_CASE("loop: close() frees everything, and a closed loop refuses work") {
    LifetimeCounter lives;
    Loop loop;
    loop.call_soon([life = Lifetime(lives)] {});
    loop.call_later(1h, [life = Lifetime(lives)] {});
    TimerHandle handle = loop.call_later(1h, [life = Lifetime(lives)] {});
    loop.tasks().spawn([](Lifetime) -> Coro<> { co_await yield(); }(Lifetime(lives)));
    CHECK(lives.alive() == 4);
    loop.close();
    CHECK(loop.closed());
    handle = TimerHandle();
    CHECK(lives.alive() == 0);
    CHECK(lives.double_destructions() == 0);
    loop.close();
    const auto no = [](auto f) { CHECK_THROWS_WITH_AS(f(), "Event loop is closed", std::runtime_error); };
    no([&] { loop.call_soon([] {}); });
    no([&] { static_cast<void>(loop.call_later(1s, [] {})); });
    no([&] { loop.call_soon_threadsafe([] {}); });
    no([&] { loop.run_until_idle(); });
    no([&] { static_cast<void>(loop.uv()); });
}

TEST_CASE("loop: extensions are created once and shut down by phase") {
    struct Log {
        std::vector<std::string> lines;
    };
    static Log log;
    log.lines.clear();
    struct Io final : LoopExtension {
        explicit Io(Loop&) {}
        Phase phase() const noexcept override { return Phase::io; }
        Coro<> shutdown() override {
            log.lines.push_back("io");
            co_return;
        }
    };
    struct Failing final : LoopExtension {
        explicit Failing(Loop&) {}
        Phase phase() const noexcept override { return Phase::asyncgens; }
        Coro<> shutdown() override {
            log.lines.push_back("asyncgens");
            co_await yield();
            throw ZeroDivisionError();
        }
    };
    Runner runner;
    Loop& loop = runner.get_loop();
    CHECK(&loop.extension<Io>() == &loop.extension<Io>());
    static_cast<void>(loop.extension<Failing>());
    CHECK_THROWS_AS(runner.close(), ZeroDivisionError);
    CHECK(log.lines == std::vector<std::string>{"asyncgens", "io"});
    CHECK(loop.closed());
}

TEST_CASE("loop: debug mode logs slow steps and decisions") {
    RunnerOptions options = virtual_clock();
    options.debug = true;
    Runner runner(options);
    Loop& loop = runner.get_loop();
    std::vector<std::string> lines;
    loop.debug_log = [&](std::string_view line) { lines.emplace_back(line); };
    loop.slow_callback_duration = 0s;
    runner.run(sleeper(90s));
    runner.close();
    const auto count = [&](std::string_view start) {
        return std::count_if(lines.begin(), lines.end(),
                             [&](const auto& line) { return line.starts_with(start); });
    };
    CHECK(count("a step took ") >= 2);
    CHECK(count("the clock jumps to 1m30s") == 1);
}

TEST_CASE("loop: max_block bounds each block, and does not hide a deadlock") {
    Runner runner;
    Loop& loop = runner.get_loop();
    loop.max_block = 1ms;
    int flushes = 0;
    loop.before_block = [&] { ++flushes; };
    const auto start = loop.time();
    runner.run(sleeper(100ms));
    CHECK(loop.time() - start >= 100ms);
    CHECK(flushes >= 3);
    flushes = 0;
    {
        const Loop::PendingIoGuard hold(loop);
        runner.run(sleeper(100ms));
        CHECK(flushes >= 2);
    }
    Event event;
    const auto main = [&]() -> Coro<> { co_await event.wait(); };
    CHECK_THROWS_AS(runner.run(main()), DeadlockError);
}

TEST_CASE("loop: before_block is called before each block, and only then") {
    Runner runner;
    Loop& loop = runner.get_loop();
    int flushes = 0;
    loop.before_block = [&] { ++flushes; };
    runner.run(nothing());
    CHECK(flushes == 0);
    runner.run(sleeper(1ms));
    CHECK(flushes >= 1);
    loop.before_block = [] { throw ZeroDivisionError(); };
    CHECK_THROWS_AS(runner.run(sleeper(1ms)), ZeroDivisionError);
    loop.before_block = nullptr;
}
