// CPython 3.11 Lib/test/test_asyncio/test_runners.py, under the same names, and this runtime's own tests.
//
// | not here                           | why                                                                |
// |------------------------------------|--------------------------------------------------------------------|
// | test_asyncio_run_set_event_loop    | no event loop policies: a thread's loop is its running loop        |
// | test_set_event_loop_called_once    | the same                                                           |
// | test_asyncio_run_without_uncancel  | no task factories, so that every task has uncancel()               |
// | test_custom_factory                | no loop factories, but RunnerOptions                               |
// | test_run_future                    | a Future is no Coro: it does not compile                           |
#include "rt/runner.hpp"

#include "rt/async_generator.hpp"
#include "rt/event.hpp"
#include "rt/future.hpp"
#include "rt/shield.hpp"
#include "rt/signals.hpp"
#include "rt/sleep.hpp"
#include "support/runtime.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

using namespace arun;
using namespace arun::test;

namespace {

Coro<int> answer() {
    co_await yield();
    co_return 42;
}
Coro<> leftover(bool fails) {
    bool cancelled = false;
    try {
        co_await sleep(100ms);
    } catch (const CancelledError&) {
        cancelled = true;
        if (!fails) throw;
    }
    if (cancelled) throw ZeroDivisionError();
}

}  // namespace

TEST_CASE("test_asyncio_run_return") {
    CHECK(arun::run(answer()) == 42);
}

TEST_CASE("test_asyncio_run_raises") {
    const auto main = []() -> Coro<> {
        co_await yield();
        throw std::invalid_argument("spam");
    };
    CHECK_THROWS_WITH_AS(arun::run(main()), "spam", std::invalid_argument);
}

TEST_CASE("test_asyncio_run_only_coro") {
    CHECK_THROWS_WITH_AS(arun::run(Coro<>()), "a coroutine was expected", std::invalid_argument);
}

TEST_CASE("test_asyncio_run_debug") {
    const auto main = []() -> Coro<bool> { co_return Loop::get_running().debug(); };
    CHECK_FALSE(arun::run(main()));
    CHECK_FALSE(arun::run(main(), false));
    CHECK(arun::run(main(), true));
}

TEST_CASE("test_asyncio_run_from_running_loop") {
    const auto main = []() -> Coro<> {
        auto coro = nothing();
        arun::run(std::move(coro));
        co_return;
    };
    CHECK_THROWS_WITH_AS(arun::run(main()), "arun::run() cannot be called from a running event loop",
                         std::runtime_error);
}

TEST_CASE("test_asyncio_run_cancels_hanging_tasks") {
    std::optional<Task<>> task;
    const auto main = [&]() -> Coro<int> {
        task = create_task(leftover(false));
        co_return 123;
    };
    CHECK(arun::run(main()) == 123);
    CHECK(task->done());
    CHECK(task->cancelled());
}

TEST_CASE("test_asyncio_run_reports_hanging_tasks_errors") {
    std::optional<Task<>> task;
    Reports reports;
    const auto main = [&]() -> Coro<int> {
        reports.listen(Loop::get_running());
        task = create_task(leftover(true));
        co_await yield();
        co_return 123;
    };
    CHECK(arun::run(main()) == 123);
    CHECK(task->done());
    REQUIRE(reports.messages.size() == 1);
    CHECK(reports.messages[0] == "unhandled exception during the shutdown of a Runner");
    CHECK(holds<ZeroDivisionError>(reports.errors[0]));
}

TEST_CASE("test_asyncio_run_closes_gens_after_hanging_tasks_errors") {
    class FancyExit {};
    std::optional<AsyncGenerator<int>> spinner;
    std::optional<Task<>> lazyboy;
    bool closed = false;
    Reports reports;
    const auto fidget = [&]() -> AsyncGenerator<int> {
        try {
            for (;;) {
                co_yield 1;
                co_await sleep(1s);
            }
        } catch (const GeneratorExit&) {
            closed = true;
        }
    };
    const auto spin = [&]() -> Coro<> {
        spinner = fidget();
        bool cancelled = false;
        try {
            while (auto the_meaning_of_life = co_await spinner->next()) co_await sleep(1s);
        } catch (const CancelledError&) {
            cancelled = true;
        }
        if (cancelled) throw ZeroDivisionError();
    };
    const auto main = [&]() -> Coro<> {
        reports.listen(Loop::get_running());
        lazyboy = create_task(spin());
        co_await yield();
        throw FancyExit();
    };
    Runner runner;
    CHECK_THROWS_AS(runner.run(main()), FancyExit);
    CHECK_FALSE(closed);
    runner.close();
    CHECK(lazyboy->done());
    CHECK(closed);
    CHECK(spinner->finished());
    CHECK_FALSE(spinner->running());
}

TEST_CASE("test_non_debug") {
    Runner runner;
    CHECK_FALSE(runner.get_loop().debug());
}

TEST_CASE("test_debug") {
    RunnerOptions options;
    options.debug = true;
    Runner runner(options);
    CHECK(runner.get_loop().debug());
}

TEST_CASE("test_run") {
    const auto f = []() -> Coro<std::string> {
        co_await yield();
        co_return "done";
    };
    Runner runner;
    CHECK(runner.run(f()) == "done");
    Loop& loop = runner.get_loop();
    runner.close();
    CHECK_THROWS_WITH_AS(runner.get_loop(), "Runner is closed", std::runtime_error);
    CHECK_THROWS_WITH_AS(runner.context(), "Runner is closed", std::runtime_error);
    CHECK(loop.closed());
}

TEST_CASE("test_run_non_coro") {
    Runner runner;
    CHECK_THROWS_WITH_AS(runner.run(Coro<int>()), "a coroutine was expected", std::invalid_argument);
    CHECK_THROWS_WITH_AS(runner.run(Coro<int>(), Context()), "a coroutine was expected",
                         std::invalid_argument);
}

TEST_CASE("test_explicit_close") {
    Runner runner;
    Loop& loop = runner.get_loop();
    runner.close();
    CHECK_THROWS_WITH_AS(runner.get_loop(), "Runner is closed", std::runtime_error);
    CHECK(loop.closed());
}

TEST_CASE("test_double_close") {
    Runner runner;
    Loop& loop = runner.get_loop();
    runner.close();
    CHECK(loop.closed());
    runner.close();
    CHECK(loop.closed());
}

TEST_CASE("test_second_with_block_raises") {
    std::vector<int> ret;
    const auto f = [&](int arg) -> Coro<> {
        ret.push_back(arg);
        co_return;
    };
    Runner runner;
    runner.run(f(1));
    runner.close();
    CHECK_THROWS_WITH_AS(runner.run(f(2)), "Runner is closed", std::runtime_error);
    CHECK(ret == std::vector<int>{1});
}

TEST_CASE("test_run_keeps_context") {
    ContextVar<int> cvar("cvar", -1);
    const auto f = [&](int value) -> Coro<int> {
        const int old = cvar.get();
        co_await yield();
        cvar.set(value);
        co_return old;
    };
    const auto get_context = []() -> Coro<Context> { co_return copy_context(); };
    Runner runner;
    CHECK(runner.run(f(1)) == -1);
    CHECK(runner.run(f(2)) == 1);
    CHECK(*cvar.get_if(runner.run(get_context())) == 2);
    CHECK(*cvar.get_if(runner.context()) == 2);
    CHECK(cvar.get_if() == nullptr);
}

TEST_CASE("test_recursive_run") {
    RunnerOptions options;
    options.debug = true;
    Runner runner(options);
    std::vector<std::string> log;
    runner.get_loop().debug_log = [&](std::string_view line) { log.emplace_back(line); };
    const auto f = [&]() -> Coro<> {
        runner.run(nothing());
        co_return;
    };
    CHECK_THROWS_WITH_AS(runner.run(f()), "Runner.run() cannot be called from a running event loop",
                         std::runtime_error);
    runner.close();
    REQUIRE_FALSE(log.empty());
    CHECK(log[0] == "a coroutine was never awaited");
}

TEST_CASE("test_interrupt_call_soon") {
    DefaultSignal sigint(SIGINT);
    const auto coro = []() -> Coro<> {
        try {
            for (;;) co_await yield();
        } catch (const CancelledError&) {
        }
        throw CancelledError();
    };
    Runner runner(virtual_clock());
    // The virtual clock stands still while something is ready: not by call_later().
    int iterations = 0;
    std::function<void()> count = [&] {
        if (++iterations == 10) {
            std::raise(SIGINT);
        } else {
            runner.get_loop().call_soon([&] { count(); });
        }
    };
    runner.get_loop().call_soon([&] { count(); });
    CHECK_THROWS_AS(runner.run(coro()), KeyboardInterrupt);
    CHECK(sigint.is_default());
}

TEST_CASE("test_interrupt_wait") {
    DefaultSignal sigint(SIGINT);
    Future<> fut;
    const auto coro = [&]() -> Coro<> {
        try {
            co_await fut;
        } catch (const CancelledError&) {
        }
        throw CancelledError();
    };
    Runner runner(virtual_clock());
    runner.get_loop().call_later(100ms, [] { std::raise(SIGINT); });
    CHECK_THROWS_AS(runner.run(coro()), KeyboardInterrupt);
    CHECK(fut.cancelled());
}

TEST_CASE("test_interrupt_cancelled_task") {
    DefaultSignal sigint(SIGINT);
    const auto subtask = [](AnyTask task) -> Coro<> {
        co_await yield();
        task.cancel();
        std::raise(SIGINT);
    };
    const auto coro = [&]() -> Coro<> {
        static_cast<void>(create_task(subtask(AnyTask(current_task()))));
        co_await sleep(10s);
    };
    Runner runner(virtual_clock());
    CHECK_THROWS_AS(runner.run(coro()), CancelledError);
}

TEST_CASE("test_signal_install_not_supported_ok") {
    // SIGINT has a handler already, and keeps it.
    DefaultSignal sigint(SIGINT);
    static int seen = 0;
    seen = 0;
    std::signal(SIGINT, [](int) { ++seen; });
    const auto coro = []() -> Coro<> {
        std::raise(SIGINT);
        co_await yield();
    };
    Runner runner;
    runner.run(coro());
    CHECK(seen == 1);
}

// This runtime's own tests.

TEST_CASE("runner: run() in a custom context does not touch the Runner's") {
    ContextVar<int> var("var", 0);
    const auto set = [&](int value) -> Coro<> {
        var.set(value);
        co_return;
    };
    Runner runner;
    Context custom;
    runner.run(set(1), custom);
    CHECK(*var.get_if(custom) == 1);
    CHECK(var.get_if(runner.context()) == nullptr);
}

TEST_CASE("runner: returns move-only results and references") {
    static int number = 5;
    const auto pointer = []() -> Coro<std::unique_ptr<int>> { co_return std::make_unique<int>(7); };
    const auto reference = []() -> Coro<int&> { co_return number; };
    Runner runner;
    CHECK(*runner.run(pointer()) == 7);
    CHECK(&runner.run(reference()) == &number);
}

TEST_CASE("runner: creates its loop on first use") {
    Runner runner;
    runner.close();  // no effect: the Runner is still usable
    CHECK(runner.run(answer()) == 42);
}

TEST_CASE("runner: close() throws inside a running loop") {
    Runner runner;
    const auto main = [&]() -> Coro<> {
        runner.close();
        co_return;
    };
    CHECK_THROWS_WITH_AS(runner.run(main()), "Cannot close a running event loop", std::runtime_error);
    CHECK(runner.run(answer()) == 42);
}

TEST_CASE("runner: threads have Runners of their own") {
    const auto outer = []() -> Coro<int> {
        int result = 0;
        std::thread([&] { result = arun::run(answer()); }).join();
        co_return result;
    };
    CHECK(arun::run(outer()) == 42);
}

TEST_CASE("runner: closes although a task answers cancellation with a new task") {
    int generations = 0;
    std::function<Coro<>()> hydra = [&]() -> Coro<> {
        ++generations;
        try {
            co_await sleep(1h);
        } catch (const CancelledError&) {
        }
        static_cast<void>(create_task(hydra()));
    };
    Runner runner(virtual_clock());
    const auto main = [&]() -> Coro<> {
        static_cast<void>(create_task(hydra()));
        co_await yield();
    };
    runner.run(main());
    runner.close();
    CHECK(generations >= 1);
}

TEST_CASE("runner: on a deadlock, run() reports it, cancels its task, and awaits the task's clean-up") {
    Runner runner(virtual_clock());
    std::vector<std::string> events;
    runner.on_deadlock = [&] { events.emplace_back("deadlock"); };
    const auto main = [&]() -> Coro<> {
        Event never;
        try {
            co_await never.wait();
        } catch (const CancelledError&) {
            events.emplace_back("cancelled");
        }
        co_await sleep(1s);
        events.emplace_back("cleaned up");
    };
    CHECK_THROWS_AS(runner.run(main()), DeadlockError);
    CHECK(events == std::vector<std::string>{"deadlock", "cancelled", "cleaned up"});
    // It can run more.
    CHECK(runner.run([]() -> Coro<int> { co_return 3; }()) == 3);
}

TEST_CASE("runner: on a deadlock, run() cancels and awaits the other tasks too") {
    Runner runner(virtual_clock());
    std::vector<std::string> events;
    Event never;
    const auto wait = [&](std::string name, Duration cleanup) -> Coro<> {
        try {
            co_await never.wait();
        } catch (const CancelledError&) {
        }
        co_await sleep(cleanup);
        events.push_back(name);
    };
    Task<> other;
    const auto main = [&]() -> Coro<> {
        other = create_task(wait("other", 2s));
        co_await never.wait();
    };
    CHECK_THROWS_AS(runner.run(main()), DeadlockError);
    CHECK(other.done());
    CHECK(events == std::vector<std::string>{"other"});
}

TEST_CASE("runner: settle() runs what is ready between two runs, and no later timer") {
    Runner runner(virtual_clock());
    int steps = 0;
    const auto chain = [&]() -> Coro<> {
        for (int i = 0; i < 10; ++i) {
            ++steps;
            co_await yield();
        }
        co_await sleep(1s);
        ++steps;
    };
    runner.settle();  // before first use: no effect
    Task<> task;
    const auto main = [&]() -> Coro<> {
        task = create_task(chain());
        co_return;
    };
    runner.run(main());
    CHECK(steps < 10);
    runner.settle();
    CHECK(steps == 10);
    CHECK(runner.get_loop().time() == 0s);
    CHECK_FALSE(task.done());
}

TEST_CASE("runner: run_uninterrupted() reports a signal and goes on") {
    SignalScope scope({SIGINT});
    Runner runner(virtual_clock());
    int reported = 0;
    runner.on_signal = [&](int signo) { reported = signo; };
    const auto main = []() -> Coro<int> {
        ::raise(SIGINT);
        co_await sleep(1s);
        co_return 7;
    };
    CHECK(runner.run_uninterrupted(main()) == 7);
    CHECK(reported == SIGINT);
    CHECK_FALSE(scope.pending());
}

TEST_CASE("runner: run_uninterrupted() starts its coroutine although a signal is pending") {
    SignalScope scope({SIGINT});
    Runner runner(virtual_clock());
    int reported = 0;
    runner.on_signal = [&](int signo) { reported = signo; };
    ::raise(SIGINT);
    CHECK(runner.run_uninterrupted([]() -> Coro<int> { co_return 8; }()) == 8);
    CHECK(reported == SIGINT);
}

TEST_CASE("runner: shields hold again after restore_shields()") {
    run_virtual([]() -> Coro<> {
        auto& loop = Loop::get_running();
        bool cut = false;
        const auto shielded = [&]() -> Coro<> {
            ShieldScope shield;
            try {
                co_await sleep(1s);
            } catch (const CancelledError&) {
                cut = true;
            }
        };
        loop.break_shields();
        auto first = create_task(shielded());
        co_await sleep(100ms);
        CHECK(cut);
        loop.restore_shields();
        cut = false;
        auto second = create_task(shielded());
        co_await sleep(100ms);
        second.cancel();
        co_await sleep(2s);
        CHECK_FALSE(cut);
    });
}
