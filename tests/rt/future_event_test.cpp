#include "rt/event.hpp"
#include "rt/future.hpp"
#include "rt/sleep.hpp"
#include "support/lifetime.hpp"
#include "support/runtime.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

using namespace arun;
using namespace arun::test;

TEST_CASE("future: every waiting task gets the result") {
    run_virtual([]() -> Coro<> {
        Future<std::string> future;
        std::vector<const std::string*> seen;
        const auto waiting = [&]() -> Coro<> {
            const std::string& result = co_await future;
            seen.push_back(&result);
        };
        auto a = create_task(waiting());
        auto b = create_task(waiting());
        co_await sleep(1s);
        CHECK_FALSE(future.done());
        future.set_result("done");
        CHECK(future.done());
        co_await a;
        co_await b;
        const std::string& again = co_await future;
        CHECK(again == "done");
        CHECK(seen == std::vector<const std::string*>{&again, &again});
        CHECK(&future.result() == &again);
        CHECK_FALSE(future.exception());
    });
}

TEST_CASE("future: of void, references and move-only types") {
    run_virtual([]() -> Coro<> {
        Future<> nothing;
        nothing.set_result();
        co_await nothing;
        int number = 1;
        Future<int&> reference;
        reference.set_result(number);
        int& result = co_await reference;
        CHECK(&result == &number);
        Future<std::unique_ptr<int>> pointer;
        pointer.set_result(std::make_unique<int>(4));
        auto& held = co_await pointer;
        CHECK(*held == 4);
    });
}

TEST_CASE("future: has only one outcome") {
    Future<int> future;
    CHECK_THROWS_WITH_AS(future.result(), "Result is not ready.", InvalidStateError);
    CHECK_THROWS_WITH_AS(future.exception(), "Exception is not set.", InvalidStateError);
    CHECK_THROWS_AS(future.set_exception(nullptr), std::invalid_argument);
    future.set_result(1);
    CHECK_THROWS_WITH_AS(future.set_result(2), "invalid state", InvalidStateError);
    CHECK_THROWS_WITH_AS(future.set_exception(std::make_exception_ptr(1)), "invalid state",
                         InvalidStateError);
    CHECK_FALSE(future.cancel());
    CHECK(future.result() == 1);
}

TEST_CASE("future: throws its error") {
    run_virtual([]() -> Coro<> {
        Future<int> future;
        future.set_exception(std::make_exception_ptr(ZeroDivisionError()));
        const auto error = co_await error_of_awaiting(future);
        CHECK(holds<ZeroDivisionError>(error));
        CHECK(holds<ZeroDivisionError>(future.exception()));
        CHECK_THROWS_AS(future.result(), ZeroDivisionError);
    });
}

TEST_CASE("future: an error that is never retrieved goes to the exception handler") {
    Reports reports;
    run_virtual([&]() -> Coro<> {
        reports.listen(Loop::get_running());
        Future<int> future;
        future.set_exception(std::make_exception_ptr(ZeroDivisionError()));
        co_return;
    });
    CHECK(reports.messages == std::vector<std::string>{"Future exception was never retrieved"});
}

TEST_CASE("future: cancelling it cancels the waiting task, and vice versa") {
    run_virtual([]() -> Coro<> {
        Future<int> future;
        const auto waiting = [&]() -> Coro<> { co_await future; };
        auto a = create_task(waiting());
        auto b = create_task(waiting());
        co_await sleep(1s);
        CHECK(a.cancel());
        CHECK(future.cancelled());
        const auto error_a = co_await error_of_awaiting(a);
        const auto error_b = co_await error_of_awaiting(b);
        CHECK(is_cancelled(error_a));
        CHECK(is_cancelled(error_b));
        CHECK(a->cancelling() == 1);
        CHECK(b->cancelling() == 0);
        CHECK_THROWS_AS(future.result(), CancelledError);
        CHECK_THROWS_AS(future.exception(), CancelledError);
        CHECK_FALSE(future.cancel());
    });
}

TEST_CASE("future: the last handle frees the state") {
    LifetimeCounter lives;
    {
        Future<Lifetime> future;
        Future<Lifetime> copy = future;
        {
            Future<Lifetime> third;
            third = copy;
            third.set_result(Lifetime(lives));
        }
        copy = Future<Lifetime>();
        CHECK(lives.alive() == 1);
        CHECK(future.done());
        CHECK_FALSE(copy.done());
    }
    CHECK(lives.alive() == 0);
}

TEST_CASE("event: wakes all tasks in the order of their waits") {
    run_virtual([]() -> Coro<> {
        Event event;
        std::vector<int> order;
        const auto waiting = [&](int number) -> Coro<> {
            const bool woken = co_await event.wait();
            CHECK(woken);
            order.push_back(number);
        };
        std::vector<Task<>> tasks;
        for (int i = 0; i < 4; ++i) tasks.push_back(create_task(waiting(i)));
        co_await sleep(1s);
        CHECK(order.empty());
        event.set();
        CHECK(event.is_set());
        event.clear();
        for (Task<>& task : tasks) co_await task;
        CHECK(order == std::vector<int>{0, 1, 2, 3});
    });
}

TEST_CASE("event: wait() returns at once while it is set") {
    run_virtual([]() -> Coro<> {
        Event event;
        event.set();
        event.set();
        co_await event.wait();
        event.clear();
        CHECK_FALSE(event.is_set());
        const auto waiting = [&]() -> Coro<> { co_await event.wait(); };
        auto task = create_task(waiting());
        co_await sleep(1s);
        CHECK_FALSE(task.done());
        event.set();
        co_await task;
    });
}

TEST_CASE("event: cancelling one waiting task leaves the others waiting") {
    run_virtual([]() -> Coro<> {
        Event event;
        const auto waiting = [&]() -> Coro<> { co_await event.wait(); };
        auto a = create_task(waiting());
        auto b = create_task(waiting());
        auto c = create_task(waiting());
        co_await sleep(1s);
        b.cancel();
        co_await sleep(1s);
        CHECK(b.cancelled());
        CHECK_FALSE(a.done());
        event.set();
        co_await a;
        co_await c;
    });
}

TEST_CASE("event: cancellation wins over set() in the same iteration") {
    run_virtual([]() -> Coro<> {
        Event event;
        const auto waiting = [&]() -> Coro<> { co_await event.wait(); };
        auto task = create_task(waiting());
        co_await sleep(1s);
        event.set();
        task.cancel();
        const auto error = co_await error_of_awaiting(task);
        CHECK(is_cancelled(error));
    });
}
