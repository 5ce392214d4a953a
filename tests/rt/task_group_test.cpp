// CPython 3.11 Lib/test/test_asyncio/test_taskgroups.py, under the same names; what is ours, and where
// CPython has moved on since, is in task_group_more_test.cpp.
//
// | not here                          | why                                                                 |
// |-----------------------------------|---------------------------------------------------------------------|
// | test_taskgroup_task_name          | tasks have no names; the layer above has TaskBase::user             |
// | test_taskgroup_not_entered        | the constructor enters: there is no group that was not              |
// | test_taskgroup_already_entered    | the same                                                            |
// | _test_taskgroup_21                | CPython skips it: a KeyboardInterrupt in a task crashes its loop.   |
// |                                   | Ours does not, so it is here as test_taskgroup_21                   |
#include "rt/task_group.hpp"

#include "rt/context.hpp"
#include "rt/sleep.hpp"
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

Coro<int> give_after(Duration delay, int value) {
    co_await sleep(delay);
    co_return value;
}
Coro<> crash_after(Duration delay) {
    co_await sleep(delay);
    throw ZeroDivisionError();
}
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

/// Starts `body`, cancels it after 0.1 s, gives what it throws.
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
        // Cancelled by hand: everything goes on as ever.
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
/// The body of test_taskgroup_15 and 16: slow to end when it is cancelled, so that a child crashes then.
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
    // A base exception that is not KeyboardInterrupt: here that is one that is no std::exception.
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
