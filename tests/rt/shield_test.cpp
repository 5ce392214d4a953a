#include "rt/shield.hpp"

#include "rt/sleep.hpp"
#include "rt/timeout.hpp"
#include "support/runtime.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>

using namespace arun;
using namespace arun::test;

namespace {}  // namespace

TEST_CASE("shield: returns the result, moved if there is no other handle") {
    run_virtual([]() -> Coro<> {
        const int direct = co_await shield(give_after(1s, 3));
        CHECK(direct == 3);
        auto task = create_task(give_after(1s, 4));
        const int through = co_await shield(task);
        CHECK(through == 4);
        const auto pointer = []() -> Coro<std::unique_ptr<int>> { co_return std::make_unique<int>(5); };
        const auto held = co_await shield(pointer());
        CHECK(*held == 5);
    });
}

TEST_CASE("shield: cancelling the awaiting task leaves the awaited one alone") {
    run_virtual([]() -> Coro<> {
        auto inner = create_task(give_after(2s, 1));
        const auto waiting = [&]() -> Coro<> { co_await shield(inner); };
        auto outer = create_task(waiting());
        co_await sleep(1s);
        outer.cancel();
        const auto error = co_await error_of_awaiting(outer);
        CHECK(is_cancelled(error));
        CHECK(now() == 1s);
        CHECK_FALSE(inner.done());
        CHECK(inner.cancelling() == 0);
        const int result = co_await inner;
        CHECK(result == 1);
    });
}

TEST_CASE("shield: cancelling the awaited task cancels the awaiting one") {
    run_virtual([]() -> Coro<> {
        auto inner = create_task(give_after(2s, 1));
        const auto waiting = [&]() -> Coro<> { co_await shield(inner); };
        auto outer = create_task(waiting());
        co_await sleep(1s);
        inner.cancel();
        const auto error = co_await error_of_awaiting(outer);
        CHECK(is_cancelled(error));
        CHECK(outer->cancelling() == 0);
    });
}

TEST_CASE("shield: throws the task's error") {
    run_virtual([]() -> Coro<> {
        const auto crash = []() -> Coro<> {
            co_await yield();
            throw ZeroDivisionError();
        };
        const auto error = co_await error_of_awaiting(shield(crash()));
        CHECK(holds<ZeroDivisionError>(error));
    });
}

TEST_CASE("shield scope: defers cancellation until its end") {
    run_virtual([]() -> Coro<> {
        Duration cleaned{};
        Duration cancelled_at{};
        const auto body = [&]() -> Coro<> {
            {
                ShieldScope scope;
                co_await sleep(2s);
                cleaned = now();
            }
            try {
                co_await sleep(10s);
            } catch (const CancelledError&) {
                cancelled_at = now();
                throw;
            }
        };
        auto task = create_task(body());
        co_await sleep(1s);
        CHECK(task.cancel());
        CHECK(task.cancelling() == 1);
        const auto error = co_await error_of_awaiting(task);
        CHECK(is_cancelled(error));
        CHECK(cleaned == 2s);
        CHECK(cancelled_at == 2s);
    });
}

TEST_CASE("shield scope: defers a request that was made before it") {
    run_virtual([]() -> Coro<> {
        const auto body = []() -> Coro<> {
            current_task().cancel();
            ShieldScope scope;
            co_await sleep(1s);
            CHECK(now() == 1s);
        };
        auto task = create_task(body());
        const auto error = co_await error_of_awaiting(task);
        // It ended with the request still pending.
        CHECK(is_cancelled(error));
    });
}

TEST_CASE("shield scope: the outer of two still defers when the inner ends") {
    run_virtual([]() -> Coro<> {
        int waits = 0;
        const auto body = [&]() -> Coro<> {
            ShieldScope outer;
            {
                ShieldScope inner;
                co_await sleep(1s);
                ++waits;
            }
            co_await sleep(1s);
            ++waits;
        };
        auto task = create_task(body());
        co_await sleep(500ms);
        task.cancel();
        task.cancel();
        const auto error = co_await error_of_awaiting(task);
        CHECK(is_cancelled(error));
        CHECK(waits == 2);
        CHECK(now() == 2s);
    });
}

TEST_CASE("shield scope: defers a timeout outside, not one inside") {
    run_virtual([]() -> Coro<> {
        bool inside = false;
        const auto body = [&]() -> Coro<> {
            ShieldScope scope;
            const auto error = co_await error_of(timeout(2s, give_after(10s, 0)));
            inside = holds<TimeoutError>(error);
            co_await sleep(1s);
        };
        const auto wait_after = [&]() -> Coro<> {
            co_await body();
            co_await sleep(1h);
        };
        const auto error = co_await error_of(timeout(1s, wait_after()));
        CHECK(holds<TimeoutError>(error));
        CHECK(inside);
        CHECK(now() == 3s);
    });
}

TEST_CASE("shield scope: break_shields() cancels inside present and later scopes") {
    run_virtual([]() -> Coro<> {
        const auto body = []() -> Coro<> {
            ShieldScope scope;
            co_await sleep(1h);
        };
        auto kept = create_task(body());
        auto untouched = create_task(body());
        co_await sleep(1s);
        kept.cancel();
        co_await sleep(1s);
        CHECK_FALSE(kept.done());
        Loop::get_running().break_shields();
        const auto error = co_await error_of_awaiting(kept);
        CHECK(is_cancelled(error));
        CHECK(kept->cancelling() == 1);
        const auto other = co_await error_of_awaiting(untouched);
        CHECK(is_cancelled(other));
        CHECK(now() == 2s);
        auto late = create_task(body());
        co_await sleep(1s);
        late.cancel();
        const auto at_once = co_await error_of_awaiting(late);
        CHECK(is_cancelled(at_once));
        CHECK(now() == 3s);
    });
}

TEST_CASE("shield scope: throws outside of a task") {
    const auto outside = [] { ShieldScope scope; };
    CHECK_THROWS_WITH_AS(outside(), "no running task", std::runtime_error);
}
