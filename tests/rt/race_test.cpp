#include "rt/race.hpp"

#include "rt/sleep.hpp"
#include "support/runtime.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

using namespace arun;
using namespace arun::test;

namespace {

Coro<int> cancel_itself_after(Duration delay) {
    co_await sleep(delay);
    throw CancelledError();
}
/// Cleans up for `cleanup` when it is cancelled, then fails if `fails`.
Coro<int> slow_loser(Duration cleanup, bool fails, int& ended) {
    bool cancelled = false;
    try {
        co_await sleep(1h);
    } catch (const CancelledError&) {
        cancelled = true;
    }
    if (cancelled) co_await sleep(cleanup);
    ++ended;
    if (fails) throw ZeroDivisionError();
    throw CancelledError();
}

}  // namespace

TEST_CASE("race: the first to end wins, and the others have ended when it returns") {
    Reports reports;
    run_virtual([&]() -> Coro<> {
        reports.listen(Loop::get_running());
        int ended = 0;
        std::vector<Coro<int>> coros;
        coros.push_back(slow_loser(1s, false, ended));
        coros.push_back(give_after(2s, 5));
        coros.push_back(slow_loser(3s, true, ended));
        const auto winner = co_await race(std::move(coros));
        CHECK(winner.index == 1);
        CHECK(winner.result == 5);
        CHECK(ended == 2);
        CHECK(Loop::get_running().time() == 5s);
    });
    // A loser's error is not the race's outcome, but is reported.
    CHECK(reports.messages == std::vector<std::string>{"error in a task that lost a race"});
}

TEST_CASE("race: at the same instant the first in the list wins") {
    run_virtual([]() -> Coro<> {
        std::vector<Coro<int>> coros;
        for (int i = 0; i < 3; ++i) coros.push_back(give_after(1s, i));
        const auto winner = co_await race(std::move(coros));
        CHECK(winner.index == 0);
    });
}

TEST_CASE("race: the first to end may win with an error") {
    run_virtual([]() -> Coro<> {
        std::vector<Coro<int>> coros;
        coros.push_back(give_after(2s, 1));
        coros.push_back(crash_after(1s));
        const auto error = co_await error_of(race(std::move(coros)));
        CHECK(holds<ZeroDivisionError>(error));
        CHECK(Loop::get_running().time() == 1s);
    });
}

TEST_CASE("race: the first success wins over earlier failures") {
    run_virtual([]() -> Coro<> {
        std::vector<Coro<int>> coros;
        coros.push_back(crash_after(1s));
        coros.push_back(cancel_itself_after(2s));
        coros.push_back(give_after(3s, 9));
        coros.push_back(give_after(4s, 10));
        const auto winner = co_await race(std::move(coros), RaceFirst::success);
        CHECK(winner.index == 2);
        CHECK(winner.result == 9);
    });
}

TEST_CASE("race: without a winner throws all errors") {
    run_virtual([]() -> Coro<> {
        std::vector<Coro<int>> coros;
        coros.push_back(crash_after(2s));
        coros.push_back(crash_after(1s));
        coros.push_back(cancel_itself_after(3s));
        const auto error = co_await error_of(race(std::move(coros), RaceFirst::success));
        CHECK(text_of(error) == "no coroutine won the race (2 sub-exceptions)");
        std::vector<Coro<int>> cancelled;
        cancelled.push_back(cancel_itself_after(1s));
        const auto none = co_await error_of(race(std::move(cancelled), RaceFirst::success));
        CHECK(is_cancelled(none));
    });
}

TEST_CASE("race: cancelling it cancels and awaits all") {
    run_virtual([]() -> Coro<> {
        int ended = 0;
        std::vector<Coro<int>> coros;
        coros.push_back(slow_loser(1s, false, ended));
        coros.push_back(slow_loser(2s, false, ended));
        auto task = create_task(race(std::move(coros)));
        co_await sleep(1s);
        task.cancel();
        co_await sleep(500ms);
        task.cancel();  // cancels the children again; the race still waits
        const auto error = co_await error_of_awaiting(std::move(task));
        CHECK(is_cancelled(error));
        CHECK(ended == 0);  // the second request has interrupted their clean-up
        CHECK(Loop::get_running().time() == 1500ms);
    });
}

TEST_CASE("race: of void, references and move-only types") {
    run_virtual([]() -> Coro<> {
        static int number = 1;
        const auto nothing = []() -> Coro<> { co_await yield(); };
        const auto reference = []() -> Coro<int&> { co_return number; };
        const auto pointer = []() -> Coro<std::unique_ptr<int>> { co_return std::make_unique<int>(2); };
        std::vector<Coro<>> voids;
        voids.push_back(nothing());
        const auto first = co_await race(std::move(voids));
        CHECK(first.index == 0);
        std::vector<Coro<int&>> references;
        references.push_back(reference());
        const auto second = co_await race(std::move(references));
        CHECK(&second.result == &number);
        std::vector<Coro<std::unique_ptr<int>>> pointers;
        pointers.push_back(pointer());
        const auto third = co_await race(std::move(pointers));
        CHECK(*third.result == 2);
    });
}

TEST_CASE("race: of an empty list throws") {
    run_virtual([]() -> Coro<> {
        std::vector<Coro<int>> none;
        const auto error = co_await error_of(race(std::move(none)));
        CHECK(text_of(error) == "race() of no coroutines");
    });
}
