#include "rt/signals.hpp"

#include "rt/event.hpp"
#include "rt/sleep.hpp"
#include "rt/waker.hpp"
#include "support/runtime.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

using namespace arun;
using namespace arun::test;

namespace {

/// Runs `child` in a child process. Returns the signal that kills it, or 0.
template <class F>
int signal_that_ends(F child) {
    const pid_t pid = ::fork();
    if (pid == 0) {
        child();
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

}  // namespace

TEST_CASE("signals: run() handles SIGINT while it runs, and restores it") {
    DefaultSignal sigint(SIGINT);
    const auto main = [&]() -> Coro<bool> { co_return sigint.is_default(); };
    CHECK_FALSE(arun::run(main()));
    CHECK(sigint.is_default());
    Runner runner;
    for (int i = 0; i < 2; ++i) {
        CHECK_FALSE(runner.run(main()));
        CHECK(sigint.is_default());
    }
}

TEST_CASE("signals: the first one cancels the main task only, and run() throws KeyboardInterrupt") {
    DefaultSignal sigint(SIGINT);
    Runner runner(virtual_clock());
    std::optional<Task<>> other;
    const auto sleeper = []() -> Coro<> { co_await sleep(1h); };
    const auto main = [&]() -> Coro<> {
        other = create_task(sleeper());
        co_await yield();
        std::raise(SIGINT);
        co_await sleep(1h);
    };
    int reported = 0;
    runner.on_signal = [&](int signo) { reported = signo; };
    int number = 0;
    try {
        runner.run(main());
    } catch (const KeyboardInterrupt& interrupt) {
        number = interrupt.signal;
    }
    CHECK(number == SIGINT);
    CHECK(reported == SIGINT);
    CHECK_FALSE(other->done());
    CHECK(runner.get_loop().time() == 0s);
    runner.close();
    CHECK(other->cancelled());
}

TEST_CASE("signals: a main task that survives the first one returns its result") {
    DefaultSignal sigint(SIGINT);
    const auto main = []() -> Coro<int> {
        std::raise(SIGINT);
        try {
            co_await sleep(1h);
        } catch (const CancelledError&) {
        }
        co_return 5;
    };
    CHECK(arun::run(main()) == 5);
}

TEST_CASE("signals: one that arrives as the task ends is not lost") {
    DefaultSignal sigint(SIGINT);
    const auto main = []() -> Coro<> {
        std::raise(SIGINT);
        co_return;
    };
    CHECK_THROWS_AS(arun::run(main()), KeyboardInterrupt);
}

TEST_CASE("signals: the second one kills, however busy the loop is") {
    const int ended = signal_that_ends([] {
        DefaultSignal sigint(SIGINT);
        const auto main = []() -> Coro<> {
            std::raise(SIGINT);
            std::raise(SIGINT);
            for (;;) {
            }
            co_return;
        };
        arun::run(main());
    });
    CHECK(ended == SIGINT);
}

TEST_CASE("signals: one that arrives while the loop blocks wakes it") {
    DefaultSignal sigint(SIGINT);
    Event event;
    const auto main = [&]() -> Coro<> {
        Loop::PendingIoGuard hold(Loop::get_running());
        // This thread most likely blocks by then; the test holds in any case.
        std::thread thread([] { ::kill(::getpid(), SIGINT); });
        thread.detach();
        co_await event.wait();
    };
    CHECK_THROWS_AS(arun::run(main()), KeyboardInterrupt);
}

TEST_CASE("signals: run() on another thread leaves them alone") {
    DefaultSignal sigint(SIGINT);
    bool untouched = false;
    std::thread([&] {
        const auto main = [&]() -> Coro<bool> { co_return sigint.is_default(); };
        untouched = arun::run(main());
    }).join();
    CHECK(untouched);
}

TEST_CASE("signal scope: records the first one, and serves several runs") {
    DefaultSignal sigint(SIGINT);
    DefaultSignal sigterm(SIGTERM);
    {
        SignalScope scope({SIGINT, SIGTERM});
        CHECK(SignalScope::current() == &scope);
        CHECK(SignalScope::exists());
        CHECK_THROWS_AS(SignalScope({SIGHUP}), std::logic_error);
        CHECK(scope.first() == 0);
        std::raise(SIGTERM);
        CHECK(scope.pending());
        CHECK(scope.first() == SIGTERM);
        CHECK(scope.count() == 1);

        // A signal between two runs interrupts the next one.
        Runner runner(virtual_clock());
        const auto main = []() -> Coro<> { co_await sleep(1h); };
        int number = 0;
        try {
            runner.run(main());
        } catch (const KeyboardInterrupt& interrupt) {
            number = interrupt.signal;
        }
        CHECK(number == SIGTERM);
        CHECK_FALSE(scope.pending());
        CHECK(scope.take() == 0);

        static int second = 0;
        second = 0;
        scope.set_second_action([](int signo) noexcept { second = signo; });
        std::raise(SIGINT);
        CHECK(second == SIGINT);
        CHECK(scope.count() == 2);
        CHECK(scope.first() == SIGTERM);
    }
    CHECK_FALSE(SignalScope::exists());
    CHECK(sigint.is_default());
    CHECK(sigterm.is_default());
}

TEST_CASE("signal scope: an ignored signal stays ignored") {
    DefaultSignal sighup(SIGHUP);
    std::signal(SIGHUP, SIG_IGN);
    {
        SignalScope scope({SIGHUP});
        std::raise(SIGHUP);
        CHECK(scope.count() == 0);
    }
}

TEST_CASE("signal scope: a handler installed since stays") {
    DefaultSignal sigint(SIGINT);
    static int seen = 0;
    seen = 0;
    {
        SignalScope scope({SIGINT});
        std::signal(SIGINT, [](int) { ++seen; });
    }
    std::raise(SIGINT);
    CHECK(seen == 1);
}

TEST_CASE("waker: remembers a call until it is taken") {
    Waker waker;
    CHECK_FALSE(waker.take());
    waker.wake();
    waker.wake();
    CHECK(waker.called());
    CHECK(waker.take());
    CHECK_FALSE(waker.take());
}

TEST_CASE("signals: names and numbers") {
    CHECK(signal_name(SIGTERM) == "TERM");
    CHECK(signal_name(99) == "SIG99");
    CHECK(full_signal_name(SIGTERM) == "SIGTERM");
    CHECK(full_signal_name(99) == "SIG99");
    CHECK(signal_named("TERM") == SIGTERM);
    CHECK(signal_named("sigint") == SIGINT);
    CHECK(signal_named("9") == SIGKILL);
    CHECK(signal_named("0") == 0);
    CHECK(signal_named("NOPE") == 0);
    CHECK(signal_named("") == 0);
    CHECK(signal_named("9x") == 0);
}
