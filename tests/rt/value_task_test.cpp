#include "rt/value_task.hpp"

#include "rt/sleep.hpp"
#include "support/runtime.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

using namespace arun;
using namespace arun::test;

namespace {

Coro<std::string> slow(std::string text) {
    co_await sleep(1s);
    co_return text;
}

/// A result at once, or a second later.
ValueTask<std::string> text_of(int key) {
    if (key < 0) throw std::out_of_range("no such key");
    if (key == 0) return std::string("ready");
    return slow("text " + std::to_string(key));
}

}  // namespace

TEST_CASE("ValueTask: a ready result does not suspend, another is awaited") {
    run_virtual([]() -> Coro<> {
        auto& loop = Loop::get_running();
        bool other_ran = false;
        loop.call_soon([&] { other_ran = true; });
        const auto first = co_await text_of(0);
        CHECK(first == "ready");
        CHECK_FALSE(other_ran);
        const auto second = co_await text_of(2);
        CHECK(second == "text 2");
        CHECK(loop.time() == 1s);
    });
}

TEST_CASE("ValueTask: take() gives a ready result, coroutine() one that is not") {
    run_virtual([]() -> Coro<> {
        auto ready = text_of(0);
        REQUIRE(ready.ready());
        CHECK(ready.take() == "ready");
        auto pending = text_of(3);
        REQUIRE_FALSE(pending.ready());
        const auto text = co_await std::move(pending).coroutine();
        CHECK(text == "text 3");
    });
}

TEST_CASE("ValueTask: an error before the wait leaves the call, one after it the await") {
    CHECK_THROWS_AS(static_cast<void>(text_of(-1)), std::out_of_range);
    run_virtual([]() -> Coro<> {
        const auto failing = []() -> Coro<std::string> {
            co_await sleep(1s);
            throw ZeroDivisionError();
        };
        ValueTask<std::string> task = failing();
        bool caught = false;
        try {
            co_await std::move(task);
        } catch (const ZeroDivisionError&) {
            caught = true;
        }
        CHECK(caught);
    });
}

TEST_CASE("ValueTask: a coroutine that is cancelled throws CancelledError at the await") {
    run_virtual([]() -> Coro<> {
        auto task = create_task([]() -> Coro<> { co_await text_of(5); }());
        co_await sleep(500ms);
        task.cancel();
        co_await sleep(0s);
        co_await sleep(0s);
        CHECK(task.cancelled());
    });
}
