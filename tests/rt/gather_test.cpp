#include "rt/gather.hpp"

#include "rt/sleep.hpp"
#include "rt/task.hpp"
#include "support/runtime.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <tuple>
#include <vector>

using namespace arun;
using namespace arun::test;

namespace {

Coro<> one_turn() {
    co_await yield();
}
std::vector<Coro<int>> three() {
    std::vector<Coro<int>> coros;
    coros.push_back(give_after(3s, 1));
    coros.push_back(give_after(1s, 2));
    coros.push_back(give_after(2s, 3));
    return coros;
}

}  // namespace

TEST_CASE("gather: returns the results in the order of the list") {
    run_virtual([]() -> Coro<> {
        const auto results = co_await gather(three());
        CHECK(results == std::vector<int>{1, 2, 3});
        CHECK(Loop::get_running().time() == 3s);
    });
}

TEST_CASE("gather: of an empty list returns at once") {
    run_virtual([]() -> Coro<> {
        std::vector<Coro<int>> none;
        const auto results = co_await gather(std::move(none));
        CHECK(results.empty());
    });
}

TEST_CASE("gather: of void coroutines, and of tasks that are done") {
    run_virtual([]() -> Coro<> {
        std::vector<Coro<>> coros;
        coros.push_back(one_turn());
        coros.push_back(one_turn());
        co_await gather(std::move(coros));
        std::vector<Task<int>> tasks;
        tasks.push_back(create_task(give_after(1s, 4)));
        tasks.push_back(tasks[0]);
        co_await tasks[0];
        const auto results = co_await gather(tasks);
        CHECK(results == std::vector<int>{4, 4});
    });
}

TEST_CASE("gather: of different types returns a tuple") {
    run_virtual([]() -> Coro<> {
        const auto text = []() -> Coro<std::string> { co_return "text"; };
        const auto pointer = []() -> Coro<std::unique_ptr<int>> { co_return std::make_unique<int>(5); };
        const auto results = co_await gather(give_after(1s, 1), text(), one_turn(), pointer());
        CHECK(std::get<0>(results) == 1);
        CHECK(std::get<1>(results) == "text");
        CHECK(*std::get<3>(results) == 5);
    });
}

TEST_CASE("gather: throws the first error at once, and the other tasks go on") {
    Reports reports;
    run_virtual([&]() -> Coro<> {
        reports.listen(Loop::get_running());
        std::vector<Task<int>> tasks;
        tasks.push_back(create_task(give_after(3s, 1)));
        tasks.push_back(create_task(crash_after(1s)));
        tasks.push_back(create_task(crash_after(2s)));
        const auto error = co_await error_of(gather(tasks));
        CHECK(holds<ZeroDivisionError>(error));
        CHECK(Loop::get_running().time() == 1s);
        CHECK_FALSE(tasks[0].done());
        co_await wait_done(tasks[0]);
        CHECK(tasks[0].result() == 1);
    });
    // As in CPython's test_exception_marking: the errors are ignored, but count as retrieved.
    CHECK(reports.messages.empty());
}

TEST_CASE("gather: a cancelled child is an error, and does not cancel the others") {
    run_virtual([]() -> Coro<> {
        std::vector<Task<int>> tasks;
        tasks.push_back(create_task(give_after(2s, 1)));
        tasks.push_back(create_task(give_after(2s, 2)));
        const auto waiting = [&]() -> Coro<> { co_await gather(tasks); };
        auto outer = create_task(waiting());
        co_await sleep(1s);
        tasks[0].cancel();
        const auto error = co_await error_of_awaiting(outer);
        CHECK(is_cancelled(error));
        CHECK(outer->cancelling() == 0);
        co_await tasks[1];
    });
}

TEST_CASE("gather: cancelling it cancels all tasks") {
    run_virtual([]() -> Coro<> {
        std::vector<Task<int>> tasks;
        for (int i = 0; i < 3; ++i) tasks.push_back(create_task(give_after(1h, i)));
        const auto waiting = [&]() -> Coro<> { co_await gather(tasks); };
        auto outer = create_task(waiting());
        co_await sleep(1s);
        outer.cancel();
        const auto error = co_await error_of_awaiting(outer);
        CHECK(is_cancelled(error));
        co_await yield();
        for (const Task<int>& task : tasks) CHECK(task.cancelled());
    });
}

TEST_CASE("gather: is cancelled even if the tasks survive the cancellation") {
    run_virtual([]() -> Coro<> {
        const auto stubborn = []() -> Coro<int> {
            try {
                co_await sleep(1h);
            } catch (const CancelledError&) {
            }
            co_return 1;
        };
        std::vector<Coro<int>> coros;
        coros.push_back(stubborn());
        auto outer = create_task(gather(std::move(coros)));
        co_await sleep(1s);
        outer.cancel();
        const auto error = co_await error_of_awaiting(std::move(outer));
        CHECK(is_cancelled(error));
    });
}

TEST_CASE("gather: return_exceptions awaits all and returns each outcome") {
    run_virtual([]() -> Coro<> {
        std::vector<Task<int>> tasks;
        tasks.push_back(create_task(crash_after(1s)));
        tasks.push_back(create_task(give_after(3s, 7)));
        tasks.push_back(create_task(give_after(1h, 8)));
        Loop::get_running().call_later(2s, [&] { tasks[2].cancel(); });
        auto outcomes = co_await gather(tasks, return_exceptions);
        CHECK(Loop::get_running().time() == 3s);
        REQUIRE(outcomes.size() == 3);
        CHECK(holds<ZeroDivisionError>(outcomes[0].error()));
        CHECK_THROWS_AS(outcomes[0].value(), ZeroDivisionError);
        CHECK(outcomes[1].ok());
        CHECK(outcomes[1].value() == 7);
        CHECK(is_cancelled(outcomes[2].error()));
        std::vector<Coro<>> voids;
        voids.push_back(one_turn());
        auto more = co_await gather(std::move(voids), return_exceptions);
        CHECK(more[0].ok());
    });
}

TEST_CASE("gather: throws without a running loop") {
    CHECK_THROWS_WITH_AS(static_cast<void>(gather(three())), "no running event loop", std::runtime_error);
}
