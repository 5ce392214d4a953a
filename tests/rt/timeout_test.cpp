// CPython 3.11 Lib/test/test_asyncio/test_timeouts.py, under the same names, and this runtime's own tests.
//
// | not here                   | why                                                                        |
// |----------------------------|----------------------------------------------------------------------------|
// | test_*_exception_cause     | a C++ exception has no __cause__                                           |
// | test_repr_*                | no repr; to_string() is tested under these names                           |
#include "rt/timeout.hpp"

#include "rt/shield.hpp"
#include "rt/sleep.hpp"
#include "support/runtime.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>

using namespace arun;
using namespace arun::test;

namespace {

Coro<> yielder() {
    co_await yield();
}
/// Python's `async with timeout`.
Coro<std::exception_ptr> limited(Timeout& limit, Coro<> body) {
    return error_of(limit.run(std::move(body)));
}
Coro<> zero(Duration when, Coro<> body) {
    const Duration t0 = now();
    Timeout cm(t0 + when);
    const auto error = co_await limited(cm, std::move(body));
    CHECK(holds<TimeoutError>(error));
    CHECK(text_of(error) == "timed out");
    CHECK(cm.expired());
    CHECK(*cm.when() == t0 + when);
}

}  // namespace

TEST_CASE("test_timeout_basic") {
    run_virtual([]() -> Coro<> {
        const auto error = co_await error_of(timeout(10ms, sleeper(10s)));
        CHECK(holds<TimeoutError>(error));
        CHECK(now() == 10ms);
    });
}

TEST_CASE("test_timeout_at_basic") {
    run_virtual([]() -> Coro<> {
        const Duration deadline = now() + 10ms;
        Timeout cm(deadline);
        const auto error = co_await limited(cm, sleeper(10s));
        CHECK(holds<TimeoutError>(error));
        CHECK(cm.expired());
        CHECK(cm.when() == deadline);
    });
}

TEST_CASE("test_nested_timeouts") {
    run_virtual([]() -> Coro<> {
        const Duration deadline = now() + 10ms;
        Timeout cm1(deadline);
        Timeout cm2(deadline);
        bool cancelled = false;
        const auto inner = [&]() -> Coro<> {
            try {
                co_await cm2.run(sleeper(10s));
            } catch (const CancelledError&) {
                // Only the topmost one may throw TimeoutError.
                cancelled = true;
                throw;
            }
        };
        const auto error = co_await limited(cm1, inner());
        CHECK(holds<TimeoutError>(error));
        CHECK(cancelled);
        CHECK(cm1.expired());
        CHECK(cm2.expired());
    });
}

TEST_CASE("test_waiter_cancelled") {
    run_virtual([]() -> Coro<> {
        bool cancelled = false;
        const auto body = [&]() -> Coro<> {
            try {
                co_await sleep(10s);
            } catch (const CancelledError&) {
                cancelled = true;
                throw;
            }
        };
        const auto error = co_await error_of(timeout(10ms, body()));
        CHECK(holds<TimeoutError>(error));
        CHECK(cancelled);
    });
}

TEST_CASE("test_timeout_not_called") {
    run_virtual([]() -> Coro<> {
        Timeout cm(now() + 10s);
        co_await cm.run(sleeper(10ms));
        CHECK_FALSE(cm.expired());
        CHECK(*cm.when() > now());
    });
}

TEST_CASE("test_timeout_disabled") {
    run_virtual([]() -> Coro<> {
        co_await timeout({}, sleeper(10ms));
        CHECK(now() == 10ms);
    });
}

TEST_CASE("test_timeout_at_disabled") {
    run_virtual([]() -> Coro<> {
        Timeout cm({});
        co_await cm.run(sleeper(10ms));
        CHECK_FALSE(cm.expired());
        CHECK_FALSE(cm.when());
        co_await timeout_at({}, sleeper(10ms));
    });
}

TEST_CASE("test_timeout_zero") {
    run_virtual([] { return zero(0s, sleeper(10s)); });
}

TEST_CASE("test_timeout_zero_sleep_zero") {
    run_virtual([] { return zero(0s, yielder()); });
}

TEST_CASE("test_timeout_in_the_past_sleep_zero") {
    run_virtual([] { return zero(-11s, yielder()); });
}

TEST_CASE("test_foreign_exception_passed") {
    run_virtual([]() -> Coro<> {
        Timeout cm(now() + 10ms);
        const auto crash = []() -> Coro<> {
            throw std::out_of_range("key");
            co_return;
        };
        const auto error = co_await limited(cm, crash());
        CHECK(holds<std::out_of_range>(error));
        CHECK_FALSE(cm.expired());
    });
}

TEST_CASE("test_foreign_exception_on_timeout") {
    run_virtual([]() -> Coro<> {
        const auto crash = []() -> Coro<> {
            try {
                co_await sleep(1s);
            } catch (...) {
            }
            throw ZeroDivisionError();
        };
        const auto error = co_await error_of(timeout(10ms, crash()));
        CHECK(holds<ZeroDivisionError>(error));
        CHECK(current_task().cancelling() == 0);
    });
}

TEST_CASE("test_foreign_cancel_doesnt_timeout_if_not_expired") {
    run_virtual([]() -> Coro<> {
        Timeout cm(now() + 10s);
        const auto body = []() -> Coro<> {
            current_task().cancel();
            co_await sleep(10s);
        };
        const auto error = co_await limited(cm, body());
        CHECK(is_cancelled(error));
        CHECK_FALSE(cm.expired());
        CHECK(now() == 0s);
    });
}

TEST_CASE("test_outer_task_is_not_cancelled") {
    run_virtual([]() -> Coro<> {
        const auto outer = []() -> Coro<> {
            const auto error = co_await error_of(timeout(1ms, sleeper(10s)));
            CHECK(holds<TimeoutError>(error));
        };
        auto task = create_task(outer());
        co_await task;
        CHECK_FALSE(task.cancelled());
        CHECK(task.done());
    });
}

namespace {
/// Python's time.sleep(), which keeps the loop busy.
void crunch_numbers(Duration length) {
    const Duration until = Clock::monotonic() + length;
    while (Clock::monotonic() < until) {
    }
}
}  // namespace

TEST_CASE("test_nested_timeouts_concurrent") {
    const auto main = []() -> Coro<> {
        const auto busy = []() -> Coro<> {
            crunch_numbers(5ms);
            co_await sleep(1s);
        };
        const auto inner = [&]() -> Coro<> { co_await timeout(100ms, busy()); };
        const auto error = co_await error_of(timeout(2ms, inner()));
        CHECK(holds<TimeoutError>(error));
    };
    arun::run(main());
}

TEST_CASE("test_nested_timeouts_loop_busy") {
    // After the inner timeout the outer one has to end a wait.
    const auto main = []() -> Coro<> {
        const Duration t0 = now();
        const auto busy = []() -> Coro<> {
            crunch_numbers(20ms);
            co_await sleep(1s);
        };
        const auto outer = [&]() -> Coro<> {
            try {
                co_await timeout(2ms, busy());
            } catch (const TimeoutError&) {
            }
            co_await sleep(10s);
        };
        const auto error = co_await error_of(timeout(20ms, outer()));
        CHECK(holds<TimeoutError>(error));
        CHECK(now() < t0 + 1s);
        CHECK(current_task().cancelling() == 0);
    };
    arun::run(main());
}

TEST_CASE("test_reschedule") {
    run_virtual([]() -> Coro<> {
        Timeout cm(now() + 10s);
        auto task = create_task(cm.run(sleeper(50s)));
        co_await yield();
        const Duration later = now() + 30s;
        cm.reschedule(later);
        CHECK(cm.when() == later);
        cm.reschedule({});
        CHECK_FALSE(cm.when());
        task.cancel();
        const auto error = co_await error_of_awaiting(task);
        CHECK(is_cancelled(error));
        CHECK_FALSE(cm.expired());
    });
}

TEST_CASE("test_repr_active") {
    run_virtual([]() -> Coro<> {
        Timeout cm(now() + 10s);
        CHECK(to_string(cm.state()) == "created");
        cm.enter();
        CHECK(to_string(cm.state()) == "active");
        co_return;
    });
}

TEST_CASE("test_repr_expired") {
    run_virtual([]() -> Coro<> {
        Timeout cm(now() + 10ms);
        co_await limited(cm, sleeper(10s));
        CHECK(to_string(cm.state()) == "expired");
    });
}

TEST_CASE("test_repr_finished") {
    run_virtual([]() -> Coro<> {
        Timeout cm(now() + 10s);
        co_await cm.run(yielder());
        CHECK(to_string(cm.state()) == "finished");
    });
}

TEST_CASE("test_repr_disabled") {
    run_virtual([]() -> Coro<> {
        Timeout cm({});
        cm.enter();
        CHECK(to_string(cm.state()) == "active");
        co_return;
    });
}

TEST_CASE("test_nested_timeout_in_finally") {
    run_virtual([]() -> Coro<> {
        bool inner_timed_out = false;
        const auto body = [&]() -> Coro<> {
            std::exception_ptr error = co_await error_of(sleeper(1s));
            const auto inner = co_await error_of(timeout(10ms, sleeper(10s)));
            inner_timed_out = holds<TimeoutError>(inner);
            std::rethrow_exception(error);
        };
        const auto error = co_await error_of(timeout(10ms, body()));
        CHECK(holds<TimeoutError>(error));
        CHECK(inner_timed_out);
        CHECK(now() == 20ms);
    });
}

TEST_CASE("test_timeout_after_cancellation") {
    run_virtual([]() -> Coro<> {
        current_task().cancel();
        const auto cancelled = co_await error_of(sleeper(1s));
        CHECK(is_cancelled(cancelled));
        const auto error = co_await error_of(timeout(0s, sleeper(1s)));
        CHECK(holds<TimeoutError>(error));
    });
}

TEST_CASE("test_cancel_in_timeout_after_cancellation") {
    run_virtual([]() -> Coro<> {
        current_task().cancel();
        const auto cancelled = co_await error_of(sleeper(1s));
        CHECK(is_cancelled(cancelled));
        const auto body = []() -> Coro<> {
            current_task().cancel();
            co_await sleep(2s);
        };
        const auto error = co_await error_of(timeout(1s, body()));
        CHECK(is_cancelled(error));
    });
}

TEST_CASE("test_timeout_already_entered") {
    run_virtual([]() -> Coro<> {
        Timeout cm(now() + 10ms);
        cm.enter();
        CHECK_THROWS_WITH_AS(cm.enter(), "Timeout has already been entered", std::runtime_error);
        co_return;
    });
}

TEST_CASE("test_timeout_double_enter") {
    run_virtual([]() -> Coro<> {
        Timeout cm(now() + 10ms);
        cm.enter();
        cm.leave();
        CHECK_THROWS_WITH_AS(cm.enter(), "Timeout has already been entered", std::runtime_error);
        co_return;
    });
}

TEST_CASE("test_timeout_finished") {
    run_virtual([]() -> Coro<> {
        Timeout cm(now() + 10ms);
        co_await cm.run(yielder());
        CHECK_THROWS_WITH_AS(cm.reschedule(20ms), "Cannot change state of finished Timeout",
                             std::runtime_error);
    });
}

TEST_CASE("test_timeout_expired") {
    run_virtual([]() -> Coro<> {
        Timeout cm(now() + 10ms);
        co_await limited(cm, sleeper(1s));
        CHECK_THROWS_WITH_AS(cm.reschedule(20ms), "Cannot change state of expired Timeout",
                             std::runtime_error);
    });
}

TEST_CASE("test_timeout_expiring") {
    run_virtual([]() -> Coro<> {
        Timeout cm(now() + 10ms);
        const auto body = [&]() -> Coro<> {
            const auto error = co_await error_of(sleeper(1s));
            CHECK(is_cancelled(error));
            CHECK_THROWS_WITH_AS(cm.reschedule(20ms), "Cannot change state of expiring Timeout",
                                 std::runtime_error);
        };
        co_await cm.run(body());
    });
}

TEST_CASE("test_timeout_not_entered") {
    Timeout cm(10ms);
    CHECK_THROWS_WITH_AS(cm.reschedule(20ms), "Timeout has not been entered", std::runtime_error);
}

TEST_CASE("test_timeout_without_task") {
    Timeout cm(10ms);
    CHECK_THROWS_WITH_AS(cm.enter(), "Timeout should be used inside a task", std::runtime_error);
    CHECK_THROWS_WITH_AS(cm.reschedule(20ms), "Timeout has not been entered", std::runtime_error);
}

// This runtime's own tests.

TEST_CASE("timeout: Duration::max() is no limit") {
    run_virtual([]() -> Coro<> {
        co_await sleep(1h);
        co_await timeout(Duration::max(), sleeper(1h));
        CHECK(now() == 2h);
    });
}

TEST_CASE("timeout: returns the body's result") {
    run_virtual([]() -> Coro<> {
        const auto body = []() -> Coro<std::string> {
            co_await sleep(1s);
            co_return "in time";
        };
        const auto text = co_await timeout(2s, body());
        CHECK(text == "in time");
    });
}

TEST_CASE("timeout: wins over a body that ends at the same instant, as in asyncio") {
    run_virtual([]() -> Coro<> {
        const auto error = co_await error_of(timeout(1s, sleeper(1s)));
        CHECK(holds<TimeoutError>(error));
    });
}

TEST_CASE("timeout: withdraws its request that a shield has deferred") {
    run_virtual([]() -> Coro<> {
        const auto body = []() -> Coro<> {
            ShieldScope shield;
            co_await sleep(2s);
        };
        const auto error = co_await error_of(timeout(1s, body()));
        CHECK_FALSE(error);
        CHECK(now() == 2s);
        CHECK(current_task().cancelling() == 0);
        co_await sleep(1s);
        CHECK(now() == 3s);
    });
}

TEST_CASE("timeout: inside a shield is not affected by a deferred request") {
    run_virtual([]() -> Coro<> {
        bool timed_out = false;
        const auto cleanup = [&]() -> Coro<> {
            ShieldScope shield;
            const auto error = co_await error_of(timeout(2s, sleeper(1h)));
            timed_out = holds<TimeoutError>(error);
        };
        auto task = create_task(cleanup());
        co_await sleep(1s);
        task.cancel();
        task.cancel();
        const auto error = co_await error_of_awaiting(task);
        CHECK(is_cancelled(error));
        CHECK(timed_out);
        CHECK(now() == 2s);
    });
}
