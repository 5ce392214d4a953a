#include "rt/task.hpp"

#include "rt/event.hpp"
#include "rt/future.hpp"
#include "rt/sleep.hpp"
#include "support/lifetime.hpp"
#include "support/runtime.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace arun;
using namespace arun::test;

namespace {

Coro<int> give(int value) {
    co_await yield();
    co_return value;
}
Coro<> sleeper() {
    co_await sleep(1h);
}
Coro<> crash() {
    throw ZeroDivisionError();
    co_return;
}
/// Survives `times` cancellations.
Coro<> stubborn(int times) {
    for (int i = 0; i < times;) {
        try {
            co_await sleep(1h);
        } catch (const CancelledError&) {
            ++i;
        }
    }
}

}  // namespace

TEST_CASE("task: starts on the loop's next iteration") {
    run_virtual([]() -> Coro<> {
        std::vector<int> order;
        const auto child = [&]() -> Coro<> {
            order.push_back(2);
            co_return;
        };
        auto task = create_task(child());
        order.push_back(1);
        co_await task;
        CHECK(order == std::vector<int>{1, 2});
    });
}

TEST_CASE("task: an lvalue can be awaited repeatedly, for a reference") {
    run_virtual([]() -> Coro<> {
        auto task = create_task(give(7));
        int& first = co_await task;
        int& second = co_await task;
        CHECK(first == 7);
        CHECK(&first == &second);
        CHECK(&task.result() == &first);
    });
}

TEST_CASE("task: awaiting an rvalue moves the result, or copies it if it is shared") {
    run_virtual([]() -> Coro<> {
        LifetimeCounter lives;
        const auto make = [&]() -> Coro<Lifetime> {
            co_await yield();
            co_return Lifetime(lives);
        };
        {
            const Lifetime mine = co_await create_task(make());
            CHECK(lives.alive() == 1);
        }
        auto task = create_task(make());
        auto other = task;
        {
            const Lifetime mine = co_await std::move(task);
            CHECK(lives.alive() == 2);
        }
        CHECK(lives.alive() == 1);
        const auto unique = []() -> Coro<std::unique_ptr<int>> { co_return std::make_unique<int>(3); };
        const auto pointer = co_await create_task(unique());
        CHECK(*pointer == 3);
    });
}

TEST_CASE("task: result() and exception() before it is done, and after it has failed") {
    run_virtual([]() -> Coro<> {
        auto task = create_task(give(7));
        CHECK_FALSE(task.done());
        CHECK_THROWS_WITH_AS(task.result(), "Result is not ready.", InvalidStateError);
        CHECK_THROWS_WITH_AS(task.exception(), "Exception is not set.", InvalidStateError);
        co_await task;
        CHECK_FALSE(task.exception());

        auto failing = create_task(crash());
        const auto error = co_await error_of_awaiting(failing);
        CHECK(holds<ZeroDivisionError>(error));
        CHECK(holds<ZeroDivisionError>(failing.exception()));
        CHECK_THROWS_AS(failing.result(), ZeroDivisionError);

        auto cancelled = create_task(sleeper());
        cancelled.cancel();
        co_await wait_done(cancelled);
        CHECK(cancelled.cancelled());
        CHECK_THROWS_AS(cancelled.result(), CancelledError);
        CHECK_THROWS_AS(cancelled.exception(), CancelledError);
    });
}

TEST_CASE("task: create_task() needs a coroutine and a running loop") {
    CHECK_THROWS_WITH_AS(static_cast<void>(create_task(sleeper())), "no running event loop",
                         std::runtime_error);
    CHECK_THROWS_WITH_AS(static_cast<void>(current_task()), "no running task", std::runtime_error);
    run_virtual([]() -> Coro<> {
        CHECK_THROWS_WITH_AS(static_cast<void>(create_task(Coro<>())), "a coroutine was expected",
                             std::invalid_argument);
        co_return;
    });
}

TEST_CASE("task: cannot await itself") {
    run_virtual([]() -> Coro<> {
        std::optional<Task<>> self;
        const auto main = [&]() -> Coro<> { co_await *self; };
        self = create_task(main());
        const auto error = co_await error_of_awaiting(*self);
        CHECK(text_of(error) == "Task cannot await on itself");
    });
}

TEST_CASE("task: an error that is never retrieved goes to the exception handler") {
    Reports reports;
    run_virtual([&]() -> Coro<> {
        reports.listen(Loop::get_running());
        static_cast<void>(create_task(crash()));
        co_await sleep(1s);
    });
    REQUIRE(reports.messages.size() == 1);
    CHECK(reports.messages[0] == "Task exception was never retrieved");
    CHECK(holds<ZeroDivisionError>(reports.errors[0]));
}

TEST_CASE("task: goes on when the handle is dropped") {
    bool ended = false;
    run_virtual([&]() -> Coro<> {
        const auto child = [&]() -> Coro<> {
            co_await sleep(1s);
            ended = true;
        };
        static_cast<void>(create_task(child()));
        co_await sleep(2s);
        CHECK(ended);
    });
}

TEST_CASE("cancel: before its first step the body never starts") {
    run_virtual([]() -> Coro<> {
        LifetimeCounter lives;
        bool started = false;
        const auto child = [&](Lifetime) -> Coro<> {
            started = true;
            co_return;
        };
        auto task = create_task(child(Lifetime(lives)));
        CHECK(task.cancel());
        co_await wait_done(task);
        CHECK(task.cancelled());
        CHECK_FALSE(started);
        CHECK(lives.alive() == 0);
    });
}

TEST_CASE("cancel: returns false if the task is done") {
    run_virtual([]() -> Coro<> {
        auto task = create_task(give(1));
        co_await task;
        CHECK_FALSE(task.cancel());
        CHECK_FALSE(task.cancelled());
        CHECK(task.cancelling() == 0);
    });
}

TEST_CASE("cancel: a task may catch each of several requests") {
    run_virtual([]() -> Coro<> {
        auto task = create_task(stubborn(3));
        for (int i = 1; i <= 3; ++i) {
            co_await sleep(1s);
            CHECK_FALSE(task.done());
            task.cancel();
            CHECK(task.cancelling() == i);
        }
        co_await task;
        CHECK_FALSE(task.cancelled());
        CHECK(Loop::get_running().time() == 3s);
    });
}

TEST_CASE("cancel: by the task itself takes effect at its next wait") {
    const auto check = [](auto wait) -> Coro<> {
        const auto body = [&]() -> Coro<> {
            current_task().cancel();
            co_await wait();
        };
        auto task = create_task(body());
        co_await wait_done(task);
        CHECK(task.cancelled());
        CHECK(Loop::get_running().time() == 0s);
    };
    run_virtual([&]() -> Coro<> {
        Event event;
        Future<> future;
        auto task = create_task(sleeper());
        const auto by_sleep = []() -> Coro<> { co_await sleep(1h); };
        const auto by_yield = []() -> Coro<> { co_await yield(); };
        const auto by_event = [&]() -> Coro<> { co_await event.wait(); };
        const auto by_future = [&]() -> Coro<> { co_await future; };
        const auto by_done = [&]() -> Coro<> { co_await wait_done(task); };
        const auto by_task = [&]() -> Coro<> { co_await task; };
        co_await check(by_sleep);
        co_await check(by_yield);
        co_await check(by_event);
        co_await check(by_future);
        CHECK(future.cancelled());
        co_await check(by_done);
        CHECK_FALSE(task.done());
        co_await check(by_task);
        CHECK(task.cancelled());
    });
}

TEST_CASE("cancel: by the task itself right before its end discards the result") {
    run_virtual([]() -> Coro<> {
        const auto body = []() -> Coro<int> {
            current_task().cancel();
            co_return 1;
        };
        auto task = create_task(body());
        co_await wait_done(task);
        CHECK(task.cancelled());
    });
}

TEST_CASE("cancel: cancels the awaited task too, and waits for it") {
    run_virtual([]() -> Coro<> {
        const auto slow = []() -> Coro<> {
            bool cancelled = false;
            try {
                co_await sleep(1h);
            } catch (const CancelledError&) {
                cancelled = true;
            }
            if (cancelled) {
                co_await sleep(1s);
                throw CancelledError();
            }
        };
        auto inner = create_task(slow());
        const auto waiting = [&]() -> Coro<> { co_await inner; };
        auto outer = create_task(waiting());
        co_await yield();
        co_await yield();
        outer.cancel();
        co_await wait_done(outer);
        CHECK(outer.cancelled());
        CHECK(inner.cancelled());
        CHECK(Loop::get_running().time() == 1s);
    });
}

TEST_CASE("cancel: of one waiting task leaves the others waiting") {
    run_virtual([]() -> Coro<> {
        auto task = create_task(sleeper());
        const auto waiting = [&]() -> Coro<> { co_await wait_done(task); };
        auto first = create_task(waiting());
        auto second = create_task(waiting());
        co_await sleep(1s);
        first.cancel();
        co_await sleep(1s);
        CHECK(first.cancelled());
        CHECK_FALSE(second.done());
        task.cancel();
        co_await second;
    });
}

TEST_CASE("uncancel: withdraws one request, and with the last the undelivered CancelledError") {
    run_virtual([]() -> Coro<> {
        TaskBase& self = current_task();
        CHECK(self.uncancel() == 0);
        self.cancel();
        self.cancel();
        CHECK(self.cancelling() == 2);
        CHECK(self.uncancel() == 1);
        CHECK(self.uncancel() == 0);
        co_await sleep(1s);
        CHECK(Loop::get_running().time() == 1s);
    });
}

TEST_CASE("uncancel: does not withdraw a delivered CancelledError") {
    run_virtual([]() -> Coro<> {
        auto task = create_task(sleeper());
        co_await yield();
        co_await yield();
        task.cancel();
        task.uncancel();
        co_await wait_done(task);
        CHECK(task.cancelled());
    });
}

TEST_CASE("task_before: parents before children, siblings in the order of their creation") {
    run_virtual([]() -> Coro<> {
        auto a = create_task(sleeper());
        auto b = create_task(sleeper());
        CHECK(task_before(*a, *b));
        CHECK_FALSE(task_before(*b, *a));
        CHECK_FALSE(task_before(*a, *a));
        co_return;
    });
}

TEST_CASE("context: a child has a copy, and its changes stay there") {
    ContextVar<int> var("var", 0);
    run_virtual([&]() -> Coro<> {
        var.set(1);
        const auto child = [&]() -> Coro<int> {
            const int seen = var.get();
            var.set(2);
            co_await yield();
            co_return seen * 10 + var.get();
        };
        auto task = create_task(child());
        var.set(5);
        const int result = co_await task;
        CHECK(result == 12);
        CHECK(var.get() == 5);
        CHECK(*var.get_if(task->context()) == 2);
    });
}

TEST_CASE("context: tasks may share an explicit one") {
    ContextVar<int> var("var", 0);
    run_virtual([&]() -> Coro<> {
        Context shared;
        const auto add = [&]() -> Coro<> {
            for (int i = 0; i < 10; ++i) {
                var.set(var.get() + 1);
                co_await yield();
            }
        };
        auto a = create_task(add(), shared);
        auto b = create_task(add(), shared);
        co_await a;
        co_await b;
        CHECK(*var.get_if(shared) == 20);
        CHECK(var.get() == 0);
    });
}
