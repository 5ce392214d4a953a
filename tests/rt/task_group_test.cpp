// CPython 3.11 Lib/test/test_asyncio/test_taskgroups.py, under the same names, additions of later
// versions, and this runtime's own tests.
//
// | not here                          | why                                                                 |
// |-----------------------------------|---------------------------------------------------------------------|
// | test_taskgroup_task_name          | tasks have no names; the layer above has TaskBase::user             |
// | test_taskgroup_not_entered        | the constructor enters the group                                    |
// | test_taskgroup_already_entered    | the same                                                            |
// | _test_taskgroup_21                | CPython skips it: a KeyboardInterrupt in a task crashes its loop.   |
// |                                   | This one does not: test_taskgroup_21                                |
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

class MyExc {};
class TypeError {};

/// Python's `try: await sleep(delay) finally: raise E`.
template <class E>
Coro<> crash_in_the_end(Duration delay, E error) {
    try {
        co_await sleep(delay);
    } catch (...) {
    }
    throw error;
}
/// Adds `amount` if it is cancelled.
Coro<> count_cancel(Duration delay, int& number, int amount) {
    try {
        co_await sleep(delay);
    } catch (const CancelledError&) {
        number += amount;
        throw;
    }
}

/// Starts `body`, cancels it after 0.1 s, and returns its error.
std::exception_ptr cancelled_after_a_while(std::function<Coro<>()> body) {
    return run_virtual([&]() -> Coro<std::exception_ptr> {
        Task<> r = create_task(body());
        co_await sleep(100ms);
        CHECK_FALSE(r.done());
        r.cancel();
        co_return co_await error_of_awaiting(std::move(r));
    });
}
std::exception_ptr error_of_running(std::function<Coro<>()> body) {
    return run_virtual([&]() -> Coro<std::exception_ptr> { co_return co_await error_of(body()); });
}
/// Two tasks in a group whose body crashes after `delay`.
void siblings_of_a_crashing_body(Duration delay) {
    std::optional<Task<int>> t1;
    std::optional<Task<int>> t2;
    const auto body = [&](TaskGroup& group) -> Coro<> {
        t1 = group.create_task(give_after(1s, 42));
        t2 = group.create_task(give_after(2s, 11));
        if (delay > 0s) co_await sleep(delay);
        throw ZeroDivisionError();
    };
    CHECK(group_of<ZeroDivisionError>(error_of_running([&] { return with_task_group(body); })));
    CHECK(t1->cancelled());
    CHECK(t2->cancelled());
}
class CustomException {};

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

TEST_CASE("test_taskgroup_01") {
    run_virtual([]() -> Coro<> {
        TaskGroup g;
        auto t1 = g.create_task(give_after(100ms, 42));
        auto t2 = g.create_task(give_after(200ms, 11));
        co_await g.join();
        CHECK(t1.result() == 42);
        CHECK(t2.result() == 11);
        CHECK(Loop::get_running().time() == 200ms);
    });
}

TEST_CASE("test_taskgroup_02") {
    run_virtual([]() -> Coro<> {
        TaskGroup g;
        auto t1 = g.create_task(give_after(100ms, 42));
        co_await sleep(150ms);
        auto t2 = g.create_task(give_after(200ms, 11));
        co_await g.join();
        CHECK(t1.result() == 42);
        CHECK(t2.result() == 11);
    });
}

TEST_CASE("test_taskgroup_03") {
    run_virtual([]() -> Coro<> {
        TaskGroup g;
        auto t1 = g.create_task(give_after(1s, 42));
        co_await sleep(150ms);
        // Cancelled explicitly: the rest goes on as usual.
        t1.cancel();
        auto t2 = g.create_task(give_after(200ms, 11));
        co_await g.join();
        CHECK(t1.cancelled());
        CHECK(t2.result() == 11);
    });
}

TEST_CASE("test_taskgroup_04") {
    int cancels = 0;
    int num = 0;
    std::optional<Task<>> t2;
    const auto body = [&](TaskGroup& g) -> Coro<> {
        static_cast<void>(g.create_task(crash_after(100ms)));
        t2 = g.create_task(count_cancel(1s, cancels, 1));
        co_return;
    };
    const auto runner = [&]() -> Coro<> {
        co_await with_task_group(body);
        num += 10;
    };
    CHECK(group_of<ZeroDivisionError>(error_of_running(runner)));
    CHECK(num == 0);
    CHECK(cancels == 1);
    CHECK(t2->cancelled());
}

TEST_CASE("test_cancel_children_on_child_error") {
    int child_cancels = 0;
    int runner_cancels = 0;
    int num = 0;
    const auto body = [&](TaskGroup& g) -> Coro<> {
        for (int i = 0; i < 3; ++i) static_cast<void>(g.create_task(crash_after(100ms)));
        static_cast<void>(g.create_task(count_cancel(5s, child_cancels, 1)));
        co_await count_cancel(10s, runner_cancels, 1);
    };
    const auto runner = [&]() -> Coro<> {
        co_await with_task_group(body);
        num += 10;
    };
    CHECK(group_of<ZeroDivisionError>(error_of_running(runner)));
    CHECK(num == 0);
    CHECK(child_cancels == 1);
    CHECK(runner_cancels == 1);
}

TEST_CASE("test_cancellation") {
    int num = 0;
    const auto body = [&](TaskGroup& g) -> Coro<> {
        for (int i = 0; i < 5; ++i) static_cast<void>(g.create_task(count_cancel(5s, num, 1)));
        co_return;
    };
    CHECK(is_cancelled(cancelled_after_a_while([&] { return with_task_group(body); })));
    CHECK(num == 5);
}

TEST_CASE("test_taskgroup_07") {
    int num = 0;
    const auto body = [&](TaskGroup& g) -> Coro<> {
        for (int i = 0; i < 5; ++i) static_cast<void>(g.create_task(count_cancel(5s, num, 1)));
        co_await count_cancel(10s, num, 10);
    };
    CHECK(is_cancelled(cancelled_after_a_while([&] { return with_task_group(body); })));
    CHECK(num == 15);
}

TEST_CASE("test_taskgroup_08") {
    const auto body = [](TaskGroup& g) -> Coro<> {
        for (int i = 0; i < 5; ++i) {
            static_cast<void>(g.create_task(crash_in_the_end(10s, ZeroDivisionError())));
        }
        co_await sleep(10s);
    };
    CHECK(group_of<ZeroDivisionError>(cancelled_after_a_while([&] { return with_task_group(body); })));
}

TEST_CASE("test_taskgroup_09") {
    siblings_of_a_crashing_body(100ms);
}

TEST_CASE("test_taskgroup_10") {
    siblings_of_a_crashing_body(0s);
}

TEST_CASE("test_taskgroup_11") {
    const auto inner = [](TaskGroup& g2) -> Coro<> {
        for (int i = 0; i < 5; ++i) {
            static_cast<void>(g2.create_task(crash_in_the_end(10s, ZeroDivisionError())));
        }
        co_await sleep(10s);
    };
    const auto outer = [&](TaskGroup&) -> Coro<> { co_await with_task_group(inner); };
    const auto error = cancelled_after_a_while([&] { return with_task_group(outer); });
    REQUIRE(group_of<ExceptionGroup>(error));
    CHECK(group_of<ZeroDivisionError>(group_errors(error)[0]));
}

TEST_CASE("test_taskgroup_12") {
    const auto inner = [](TaskGroup& g2) -> Coro<> {
        for (int i = 0; i < 5; ++i) {
            static_cast<void>(g2.create_task(crash_in_the_end(10s, ZeroDivisionError())));
        }
        co_await sleep(10s);
    };
    const auto outer = [&](TaskGroup& g1) -> Coro<> {
        static_cast<void>(g1.create_task(give_after(10s, 0)));
        co_await with_task_group(inner);
    };
    const auto error = cancelled_after_a_while([&] { return with_task_group(outer); });
    REQUIRE(group_of<ExceptionGroup>(error));
    CHECK(group_of<ZeroDivisionError>(group_errors(error)[0]));
}

TEST_CASE("test_taskgroup_13") {
    const auto inner = [](TaskGroup& g2) -> Coro<> {
        static_cast<void>(g2.create_task(crash_after(10s)));
        co_return;
    };
    const auto outer = [&](TaskGroup& g1) -> Coro<> {
        static_cast<void>(g1.create_task(crash_after(100ms)));
        co_await with_task_group(inner);
    };
    CHECK(group_of<ZeroDivisionError>(error_of_running([&] { return with_task_group(outer); })));
}

TEST_CASE("test_taskgroup_14") {
    const auto inner = [](TaskGroup& g2) -> Coro<> {
        static_cast<void>(g2.create_task(crash_after(100ms)));
        co_return;
    };
    const auto outer = [&](TaskGroup& g1) -> Coro<> {
        static_cast<void>(g1.create_task(crash_after(10s)));
        co_await with_task_group(inner);
    };
    const auto error = error_of_running([&] { return with_task_group(outer); });
    REQUIRE(group_of<ExceptionGroup>(error));
    CHECK(group_of<ZeroDivisionError>(group_errors(error)[0]));
}

namespace {
/// The body of test_taskgroup_15 and 16: ends slowly when it is cancelled, and a child crashes meanwhile.
Coro<> slow_to_leave(TaskGroup& g1) {
    static_cast<void>(g1.create_task(crash_after(300ms)));
    bool cancelled = false;
    try {
        co_await sleep(10s);
    } catch (const CancelledError&) {
        cancelled = true;
    }
    if (cancelled) {
        co_await sleep(500ms);
        throw CancelledError();
    }
}
}  // namespace

TEST_CASE("test_taskgroup_15") {
    const auto runner = [] { return with_task_group(slow_to_leave); };
    CHECK(group_of<ZeroDivisionError>(cancelled_after_a_while(runner)));
}

TEST_CASE("test_taskgroup_16") {
    const auto runner = []() -> Coro<> {
        auto t = create_task(with_task_group(slow_to_leave));
        co_await t;
    };
    CHECK(group_of<ZeroDivisionError>(cancelled_after_a_while(runner)));
}

TEST_CASE("test_taskgroup_17") {
    int num = 0;
    const auto body = [&](TaskGroup&) -> Coro<> { co_await count_cancel(10s, num, 10); };
    CHECK(is_cancelled(cancelled_after_a_while([&] { return with_task_group(body); })));
    CHECK(num == 10);
}

TEST_CASE("test_taskgroup_18") {
    // Not a good idea, but it has to work.
    const auto body = [](TaskGroup&) -> Coro<> { co_await crash_in_the_end(10s, MyExc()); };
    CHECK(group_of<MyExc>(cancelled_after_a_while([&] { return with_task_group(body); })));
}

namespace {
/// A child crashes after 0.1 s with `First`, and the body answers its cancellation with `second`.
template <class First, class Second>
std::exception_ptr two_errors(First first, Second second) {
    const auto body = [&](TaskGroup& g) -> Coro<> {
        const auto crash_soon = [](First error) -> Coro<> {
            co_await sleep(100ms);
            throw error;
        };
        static_cast<void>(g.create_task(crash_soon(first)));
        co_await crash_in_the_end(10s, second);
    };
    return error_of_running([&] { return with_task_group(body); });
}
template <class First, class Second>
bool both(const std::exception_ptr& error) {
    const auto errors = group_errors(error);
    return errors.size() == 2 && holds<First>(errors[0]) && holds<Second>(errors[1]);
}
}  // namespace

TEST_CASE("test_taskgroup_19") {
    CHECK(both<ZeroDivisionError, MyExc>(two_errors(ZeroDivisionError(), MyExc())));
}

TEST_CASE("test_taskgroup_20") {
    const KeyboardInterrupt interrupt{SIGINT};
    CHECK(holds<KeyboardInterrupt>(two_errors(ZeroDivisionError(), interrupt)));
}

TEST_CASE("test_taskgroup_20a") {
    // Python's BaseException other than KeyboardInterrupt: here a class that is no std::exception.
    CHECK(both<ZeroDivisionError, MyExc>(two_errors(ZeroDivisionError(), MyExc())));
}

TEST_CASE("test_taskgroup_21") {
    const KeyboardInterrupt interrupt{SIGINT};
    CHECK(holds<KeyboardInterrupt>(two_errors(interrupt, TypeError())));
}

TEST_CASE("test_taskgroup_21a") {
    CHECK(both<MyExc, TypeError>(two_errors(MyExc(), TypeError())));
}

TEST_CASE("test_taskgroup_22") {
    const auto body = [](TaskGroup& g) -> Coro<> {
        static_cast<void>(g.create_task(give_after(1s, 42)));
        static_cast<void>(g.create_task(give_after(2s, 11)));
        co_return;
    };
    CHECK(is_cancelled(cancelled_after_a_while([&] { return with_task_group(body); })));
}

TEST_CASE("test_taskgroup_23") {
    run_virtual([]() -> Coro<> {
        TaskGroup g;
        for (int count = 0; count < 10; ++count) {
            co_await sleep(100ms);
            static_cast<void>(g.create_task(give_after(300ms, 0)));
            if (count == 5) CHECK(g.size() < 5);
        }
        co_await sleep(1350ms);
        CHECK(g.empty());
        co_await g.join();
    });
}

TEST_CASE("test_taskgroup_24") {
    const auto root = [](TaskGroup& g) -> Coro<> {
        co_await sleep(100ms);
        static_cast<void>(g.create_task(give_after(100ms, 0)));
        static_cast<void>(g.create_task(give_after(200ms, 0)));
    };
    run_virtual([&]() -> Coro<> {
        TaskGroup g;
        static_cast<void>(g.create_task(root(g)));
        co_await g.join();
        CHECK(Loop::get_running().time() == 300ms);
    });
}

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
    // A running loop does not suffice.
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
        co_await sleep(1s);  // is not cancelled
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

// This runtime's own tests.

TEST_CASE("task group: with_task_group() returns the body's result") {
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

TEST_CASE("task group: all children have ended when it is left, however it is left") {
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

TEST_CASE("task group: the parent may be cancelled repeatedly while its children clean up") {
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

TEST_CASE("task group: a timeout around it cancels its children") {
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

TEST_CASE("task group: abort() cancels the children without an error") {
    run_virtual([]() -> Coro<> {
        TaskGroup g;
        auto task = g.create_task(crash_after(1s));
        g.abort();
        co_await g.join();
        CHECK(task.cancelled());
        CHECK(Loop::get_running().time() == 0s);
    });
}

TEST_CASE("task group: destroyed before join(), it destroys its children's frames") {
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
    CHECK(lives.double_destructions() == 0);
}

TEST_CASE("task group: for_each() visits the children in the order of their creation") {
    run_virtual([]() -> Coro<> {
        TaskGroup g;
        std::vector<Task<int>> tasks;
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
