// Stops every primitive after 1, 2, 3... steps of the loop and tears it down there, in every way.
#include "rt/async_generator.hpp"
#include "rt/context.hpp"
#include "rt/event.hpp"
#include "rt/future.hpp"
#include "rt/gather.hpp"
#include "rt/race.hpp"
#include "rt/shield.hpp"
#include "rt/sleep.hpp"
#include "rt/task.hpp"
#include "rt/task_group.hpp"
#include "rt/timeout.hpp"
#include "rt/to_thread.hpp"
#include "support/lifetime.hpp"
#include "support/runtime.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

using namespace arun;
using namespace arun::test;

namespace {

Coro<Lifetime> give_after(Duration delay, Lifetime life) {
    const Lifetime local = life;
    co_await sleep(delay);
    co_return local;
}
Coro<Lifetime> crash_after(Duration delay, Lifetime life) {
    const Lifetime local = life;
    co_await sleep(delay);
    throw ZeroDivisionError();
}
/// Awaits while it is being cancelled.
Coro<Lifetime> slow_to_leave(Duration delay, Lifetime life) {
    const auto error = co_await error_of(give_after(delay, life));
    co_await sleep(1s);
    if (error) std::rethrow_exception(error);
    co_return life;
}
std::vector<Coro<Lifetime>> some(const Lifetime& life, bool crash) {
    std::vector<Coro<Lifetime>> coros;
    coros.push_back(slow_to_leave(2s, life));
    coros.push_back(crash ? crash_after(1s, life) : give_after(1s, life));
    coros.push_back(give_after(3s, life));
    return coros;
}

Coro<> sleeping(Lifetime life) {
    co_await sleep(1s);
    const Lifetime later = life;
    co_await yield();
    co_await sleep_until(5s);
}

Coro<Lifetime> nested(int depth, Lifetime life) {
    if (depth == 0) co_return co_await crash_after(1s, life);
    co_return co_await nested(depth - 1, life);
}
Coro<> nesting(Lifetime life) {
    co_await error_of(nested(6, life));
    co_await yield();
}

Coro<> gathering(Lifetime life) {
    const auto all = co_await gather(some(life, false));
    co_await error_of(gather(some(life, true)));
    auto outcomes = co_await gather(some(life, true), return_exceptions);
    const auto pair = co_await gather(give_after(1s, life), sleeping(life));
}

Coro<> racing(Lifetime life) {
    const auto winner = co_await race(some(life, false));
    co_await error_of(race(some(life, true)));
    const auto success = co_await race(some(life, true), RaceFirst::success);
}

Coro<> group_body(TaskGroup& group, const Lifetime& life, bool crash) {
    for (auto& coro : some(life, crash)) group.create_task(std::move(coro));
    co_await sleep(1500ms);
}
Coro<> grouping(Lifetime life) {
    const auto inner = [&](TaskGroup& group) { return group_body(group, life, false); };
    co_await with_task_group(inner);
    const auto failing = [&](TaskGroup& group) { return group_body(group, life, true); };
    const auto outer = [&](TaskGroup& group) -> Coro<> {
        group.create_task(slow_to_leave(9s, life));
        co_await with_task_group(failing);
    };
    co_await error_of(with_task_group(outer));
}

Coro<> limiting(Lifetime life) {
    co_await error_of(timeout(1s, slow_to_leave(9s, life)));
    const auto in_time = co_await timeout(9s, give_after(1s, life));
    co_await error_of(timeout(2s, timeout(1s, slow_to_leave(9s, life))));
    co_await error_of(timeout(1s, timeout(2s, slow_to_leave(9s, life))));
    co_await error_of(timeout(0s, give_after(1s, life)));
}

Coro<> shielding(Lifetime life) {
    const auto whole = co_await shield(give_after(1s, life));
    auto task = create_task(give_after(2s, life));
    const auto waiting = [&]() -> Coro<> { co_await shield(task); };
    co_await error_of(timeout(1s, waiting()));
    co_await task;
}

Coro<> keeping(Lifetime life) {
    {
        ShieldScope scope;
        const auto first = co_await give_after(1s, life);
        ShieldScope inner;
        co_await error_of(timeout(1s, slow_to_leave(9s, life)));
    }
    co_await sleep(1s);
}

Coro<> signalling(Lifetime life) {
    Event event;
    const auto waiting = [&](Lifetime) -> Coro<> { co_await event.wait(); };
    TaskGroup group;
    std::exception_ptr error;
    try {
        for (int i = 0; i < 3; ++i) group.create_task(waiting(life));
        co_await sleep(1s);
        event.set();
    } catch (...) {
        error = std::current_exception();
    }
    co_await group.join(error);
}

Coro<> promising(Lifetime life) {
    Future<Lifetime> good;
    Future<Lifetime> bad;
    const auto waiting = [](Future<Lifetime> future, Lifetime) -> Coro<> { co_await future; };
    auto a = create_task(waiting(good, life));
    auto b = create_task(waiting(bad, life));
    co_await sleep(1s);
    if (!good.done()) good.set_result(life);
    if (!bad.done()) bad.set_exception(std::make_exception_ptr(ZeroDivisionError()));
    co_await wait_done(a);
    co_await error_of_awaiting(b);
}

AsyncGenerator<Lifetime> generating(Lifetime life) {
    try {
        for (int i = 0; i < 3; ++i) {
            co_await sleep(1s);
            co_yield life;
        }
        co_return;
    } catch (const GeneratorExit&) {
    }
    const Lifetime cleaning = life;
    co_await sleep(1s);
}
Coro<> consuming(Lifetime life) {
    auto whole = generating(life);
    while (auto item = co_await whole.next()) co_await yield();
    auto closed = generating(life);
    co_await closed.next();
    co_await closed.aclose();
    auto unused = generating(life);
    {
        auto dropped = generating(life);
        co_await dropped.next();
    }
    co_await yield();
    auto kept = generating(life);
    co_await kept.next();
}

Coro<> threading(Lifetime life) {
    // Lifetimes are not thread-safe: only the loop's thread copies and destroys them.
    auto holder = [life] { return 1; };
    co_await to_thread(std::move(holder));
    auto failing = [life] { throw ZeroDivisionError(); };
    co_await error_of(to_thread(std::move(failing)));
    auto impatient = [life] { return 2; };
    co_await error_of(timeout(0s, to_thread(std::move(impatient))));
}

Coro<> starting(Lifetime life) {
    static_cast<void>(create_task(slow_to_leave(4s, life)));
    auto task = create_task(give_after(1s, life));
    Loop& loop = Loop::get_running();
    loop.call_soon([life] {});
    loop.call_later(2s, [life] {});
    loop.call_later(9s, [life] {}).cancel();
    co_await wait_done(task);
    const auto moved = co_await create_task(give_after(1s, life));
}

Coro<> in_contexts(Lifetime life) {
    static ContextVar<Lifetime> var("life");
    Context custom;
    ContextScope scope(custom);
    var.set(life);
    auto child = create_task(give_after(1s, life));
    co_await sleep(500ms);
    var.set(life);
    co_await child;
}

struct Subject {
    const char* name;
    Coro<> (*make)(Lifetime);
};
constexpr Subject subjects[] = {
    {"sleep", sleeping},
    {"nested coroutines", nesting},
    {"gather", gathering},
    {"race", racing},
    {"task group", grouping},
    {"timeout", limiting},
    {"shield", shielding},
    {"shield scope", keeping},
    {"event", signalling},
    {"future", promising},
    {"async generator", consuming},
    {"to_thread", threading},
    {"tasks and calls", starting},
    {"context", in_contexts},
};

constexpr std::uint64_t patience = 100'000;

void cancel_all(Loop& loop) {
    loop.for_each_task([](TaskBase& task) { task.cancel(); });
}
/// Returns false if it did not complete.
bool run_on(Loop& loop, std::uint64_t steps) {
    loop.stop_after(steps);
    try {
        loop.run_until_idle();
        loop.stop_after(patience);
        return true;
    } catch (const std::runtime_error&) {
        return false;
    }
}

/// The way in which a stopped loop is torn down.
struct Teardown {
    const char* name;
    void (*run)(Loop&);
};
constexpr Teardown teardowns[] = {
    {"closed in place", [](Loop& loop) { loop.close(); }},
    {"cancelled, then run to the end",
     [](Loop& loop) {
         cancel_all(loop);
         CHECK(run_on(loop, patience));
     }},
    {"cancelled twice at once, then run to the end",
     [](Loop& loop) {
         cancel_all(loop);
         cancel_all(loop);
         CHECK(run_on(loop, patience));
     }},
    {"cancelled, one step, cancelled again, then run to the end",
     [](Loop& loop) {
         cancel_all(loop);
         run_on(loop, 1);
         cancel_all(loop);
         CHECK(run_on(loop, patience));
     }},
    {"cancelled, three steps, then closed",
     [](Loop& loop) {
         cancel_all(loop);
         run_on(loop, 3);
         loop.close();
     }},
    {"shields broken, then run to the end",
     [](Loop& loop) {
         cancel_all(loop);
         loop.break_shields();
         CHECK(run_on(loop, patience));
     }},
};

}  // namespace

TEST_CASE("teardown: of every primitive after every step, in every way") {
    for (const Subject& subject : subjects) {
        for (const Teardown& teardown : teardowns) {
            bool done = false;
            std::uint64_t steps = 0;
            while (!done) {
                ++steps;
                CAPTURE(subject.name);
                CAPTURE(teardown.name);
                CAPTURE(steps);
                LifetimeCounter lives;
                {
                    Loop loop(virtual_clock());
                    loop.tasks().spawn(subject.make(Lifetime(lives)));
                    done = run_on(loop, steps);
                    if (!done) teardown.run(loop);
                }
                REQUIRE(lives.alive() == 0);
                REQUIRE(lives.double_destructions() == 0);
                REQUIRE(steps < 1000);
            }
            CHECK(steps > 2);
        }
    }
}

TEST_CASE("teardown: of every primitive after every step, by closing its Runner") {
    for (const Subject& subject : subjects) {
        bool done = false;
        for (std::uint64_t steps = 1; !done; ++steps) {
            CAPTURE(subject.name);
            CAPTURE(steps);
            LifetimeCounter lives;
            {
                Runner runner(virtual_clock());
                runner.get_loop().stop_after(steps);
                try {
                    runner.run(subject.make(Lifetime(lives)));
                    done = true;
                } catch (const std::runtime_error&) {
                }
                runner.get_loop().stop_after(patience);
                CHECK_NOTHROW(runner.close());
            }
            REQUIRE(lives.alive() == 0);
            REQUIRE(lives.double_destructions() == 0);
            REQUIRE(steps < 1000);
        }
    }
}
