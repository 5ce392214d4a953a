// The rest of test_taskgroups.py (see task_group_test.cpp for those that are not here), two of what later
// versions of CPython have added to it, and what is ours.
#include "rt/task_group.hpp"

#include "rt/context.hpp"
#include "rt/event.hpp"
#include "rt/sleep.hpp"
#include "rt/timeout.hpp"
#include "support/lifetime.hpp"
#include "support/runtime.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

using namespace arun;
using namespace arun::test;

namespace {

class CustomException {};

Coro<> nothing() {
    co_return;
}
Coro<> crash_after(Duration delay) {
    co_await sleep(delay);
    throw ZeroDivisionError();
}
Coro<> slow_cleanup(Duration delay) {
    bool cancelled = false;
    try {
        co_await sleep(1h);
    } catch (const CancelledError&) {
        cancelled = true;
    }
    if (cancelled) {
        co_await sleep(delay);
        throw CancelledError();
    }
}

}  // namespace

TEST_CASE("test_taskgroup_25") {
    int nhydras = 0;
    std::function<Coro<>(TaskGroup&)> hydra = [&](TaskGroup& g) -> Coro<> {
        ++nhydras;
        co_await sleep(10ms);
        static_cast<void>(g.create_task(hydra(g)));
        static_cast<void>(g.create_task(hydra(g)));
    };
    const auto hercules = [&]() -> Coro<> {
        while (nhydras < 10) co_await sleep(15ms);
        throw ZeroDivisionError();
    };
    const auto body = [&](TaskGroup& g) -> Coro<> {
        static_cast<void>(g.create_task(hydra(g)));
        static_cast<void>(g.create_task(hercules()));
        co_return;
    };
    run_virtual([&]() -> Coro<> {
        const auto error = co_await error_of(with_task_group(body));
        CHECK(group_of<ZeroDivisionError>(error));
    });
    CHECK(nhydras >= 10);
}

TEST_CASE("test_taskgroup_task_context") {
    ContextVar<int> cvar("cvar");
    const auto coro = [&](int value) -> Coro<> {
        co_await yield();
        cvar.set(value);
    };
    run_virtual([&]() -> Coro<> {
        TaskGroup g;
        Context ctx = copy_context();
        CHECK(cvar.get_if(ctx) == nullptr);
        auto t1 = g.create_task(coro(1), ctx);
        co_await t1;
        CHECK(*cvar.get_if(ctx) == 1);
        auto t2 = g.create_task(coro(2), ctx);
        co_await t2;
        CHECK(*cvar.get_if(ctx) == 2);
        co_await g.join();
    });
}

TEST_CASE("test_taskgroup_no_create_task_after_failure") {
    std::string text;
    const auto coro2 = [&](TaskGroup& g) -> Coro<> {
        try {
            co_await sleep(1s);
        } catch (const CancelledError&) {
            text = text_of(error_of_call([&] { return g.create_task(nothing()); }));
        }
    };
    const auto body = [&](TaskGroup& g) -> Coro<> {
        static_cast<void>(g.create_task(crash_after(1ms)));
        static_cast<void>(g.create_task(coro2(g)));
        co_return;
    };
    run_virtual([&]() -> Coro<> {
        const auto error = co_await error_of(with_task_group(body));
        CHECK(group_of<ZeroDivisionError>(error));
    });
    CHECK(text == "TaskGroup is shutting down");
}

TEST_CASE("test_taskgroup_context_manager_exit_raises") {
    const auto raise_exc = []() -> Coro<> {
        throw CustomException();
        co_return;
    };
    const auto body = [&](TaskGroup& tg) -> Coro<> {
        static_cast<void>(tg.create_task(raise_exc()));
        try {
            co_await sleep(1s);
        } catch (...) {
        }
        throw CustomException();
    };
    run_virtual([&]() -> Coro<> {
        const auto error = co_await error_of(with_task_group(body));
        CHECK(current_task().cancelling() == 0);
        CHECK(group_of<CustomException>(error));
        CHECK(group_errors(error).size() == 2);
    });
}

TEST_CASE("test_taskgroup_double_enter") {
    run_virtual([]() -> Coro<> {
        TaskGroup tg;
        co_await tg.join();
        const auto error = co_await error_of(tg.join());
        CHECK(text_of(error) == "TaskGroup has already been joined");
    });
}

TEST_CASE("test_taskgroup_finished") {
    run_virtual([]() -> Coro<> {
        TaskGroup tg;
        co_await tg.join();
        CHECK_THROWS_WITH_AS(static_cast<void>(tg.create_task(nothing())), "TaskGroup is finished",
                             std::runtime_error);
    });
}

TEST_CASE("test_taskgroup_without_parent_task") {
    CHECK_THROWS_WITH_AS(TaskGroup(), "TaskGroup cannot determine the parent task", std::runtime_error);
    // A running loop is not enough.
    run_virtual([]() -> Coro<> {
        std::string text;
        Loop::get_running().call_soon(
            [&] { text = text_of(error_of_call([] { return TaskGroup().size(); })); });
        co_await yield();
        co_await yield();
        CHECK(text == "TaskGroup cannot determine the parent task");
    });
}

// Since CPython 3.12.3.

TEST_CASE("test_taskgroup_cancel_parent_during_exit") {
    // A child that fails while join() waits must leave no request behind.
    const auto body = [](TaskGroup& g) -> Coro<> {
        static_cast<void>(g.create_task(crash_after(1s)));
        co_return;
    };
    run_virtual([&]() -> Coro<> {
        const auto error = co_await error_of(with_task_group(body));
        CHECK(group_of<ZeroDivisionError>(error));
        CHECK(current_task().cancelling() == 0);
        co_await sleep(1s);  // and nothing is cancelled here
    });
}

TEST_CASE("test_cancelling_level_preserved") {
    const auto body = [](TaskGroup& g) -> Coro<> {
        static_cast<void>(g.create_task(crash_after(200ms)));
        co_await slow_cleanup(1s);
    };
    run_virtual([&]() -> Coro<> {
        bool told_again = false;
        const auto parent = [&]() -> Coro<> {
            const auto error = co_await error_of(with_task_group(body));
            CHECK(group_of<ZeroDivisionError>(error));
            CHECK(current_task().cancelling() == 1);
            try {
                co_await sleep(10s);
            } catch (const CancelledError&) {
                told_again = true;
            }
        };
        auto task = create_task(parent());
        co_await sleep(100ms);
        task.cancel();
        co_await task;
        CHECK(told_again);
    });
}

// What is ours.

TEST_CASE("task group: what the body gives is what with_task_group() gives") {
    static int number = 3;
    const auto value = [](TaskGroup&) -> Coro<std::string> { co_return "value"; };
    const auto reference = [](TaskGroup&) -> Coro<int&> { co_return number; };
    run_virtual([&]() -> Coro<> {
        const auto text = co_await with_task_group(value);
        CHECK(text == "value");
        int& result = co_await with_task_group(reference);
        CHECK(&result == &number);
    });
}

TEST_CASE("task group: children end before the group does, however it ends") {
    int alive = 0;
    const auto child = [&]() -> Coro<> {
        ++alive;
        bool cancelled = false;
        try {
            co_await sleep(1h);
        } catch (const CancelledError&) {
            cancelled = true;
        }
        if (cancelled) co_await sleep(1s);
        --alive;
    };
    const auto body = [&](TaskGroup& g) -> Coro<> {
        for (int i = 0; i < 3; ++i) static_cast<void>(g.create_task(child()));
        co_await sleep(1s);
        throw ZeroDivisionError();
    };
    run_virtual([&]() -> Coro<> {
        const auto error = co_await error_of(with_task_group(body));
        CHECK(group_of<ZeroDivisionError>(error));
        CHECK(alive == 0);
        CHECK(Loop::get_running().time() == 2s);
    });
}

TEST_CASE("task group: the parent is cancelled again and again while its children clean up") {
    bool ended = false;
    const auto child = [&]() -> Coro<> {
        co_await error_of(slow_cleanup(1s));
        ended = true;
    };
    const auto body = [&](TaskGroup& g) -> Coro<> {
        static_cast<void>(g.create_task(child()));
        co_return;
    };
    run_virtual([&]() -> Coro<> {
        auto task = create_task(with_task_group(body));
        co_await yield();
        co_await yield();
        for (int i = 0; i < 5; ++i) {
            task.cancel();
            co_await sleep(100ms);
            CHECK_FALSE(task.done());
        }
        const auto error = co_await error_of_awaiting(task);
        CHECK(is_cancelled(error));
        CHECK(ended);
    });
}

TEST_CASE("task group: a timeout around it ends its children") {
    int cancelled = 0;
    const auto child = [&]() -> Coro<> {
        try {
            co_await sleep(1h);
        } catch (const CancelledError&) {
            ++cancelled;
            throw;
        }
    };
    const auto body = [&](TaskGroup& g) -> Coro<> {
        static_cast<void>(g.create_task(child()));
        static_cast<void>(g.create_task(child()));
        co_return;
    };
    run_virtual([&]() -> Coro<> {
        const auto error = co_await error_of(timeout(1s, with_task_group(body)));
        CHECK(holds<TimeoutError>(error));
        CHECK(cancelled == 2);
        CHECK(current_task().cancelling() == 0);
    });
}

TEST_CASE("task group: abort() cancels the children and is no error") {
    run_virtual([]() -> Coro<> {
        TaskGroup g;
        auto task = g.create_task(crash_after(1s));
        g.abort();
        co_await g.join();
        CHECK(task.cancelled());
        CHECK(Loop::get_running().time() == 0s);
    });
}

TEST_CASE("task group: one that is destroyed before join() takes its children with it") {
    LifetimeCounter lives;
    const auto child = [](Lifetime) -> Coro<> { co_await sleep(1h); };
    run_virtual([&]() -> Coro<> {
        {
            TaskGroup g;
            static_cast<void>(g.create_task(child(Lifetime(lives))));
            static_cast<void>(g.create_task(child(Lifetime(lives))));
            co_await yield();
            static_cast<void>(g.create_task(child(Lifetime(lives))));  // has not started
            CHECK(lives.alive() == 3);
        }
        CHECK(lives.alive() == 0);
        co_await yield();
    });
    CHECK(lives.strays() == 0);
}

TEST_CASE("task group: children are visited in the order of their creation") {
    run_virtual([]() -> Coro<> {
        TaskGroup g;
        std::vector<Task<>> tasks;
        for (int i = 0; i < 4; ++i) tasks.push_back(g.create_task(crash_after(1h)));
        tasks[1].cancel();
        co_await sleep(1s);
        std::vector<std::uint32_t> indices;
        g.for_each([&](TaskBase& task) { indices.push_back(task.index()); });
        CHECK(indices == std::vector<std::uint32_t>{0, 2, 3});
        g.abort();
        co_await g.join();
    });
}
