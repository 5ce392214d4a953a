/// Helpers for tests of the runtime: runs on the virtual clock, and the errors of coroutines.
#pragma once

#include "rt/errors.hpp"
#include "rt/runner.hpp"
#include "rt/sleep.hpp"

#include <chrono>
#include <csignal>
#include <exception>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <signal.h>

namespace arun::test {

using namespace std::chrono_literals;

/// Python's 1 / 0.
class ZeroDivisionError : public std::runtime_error {
public:
    ZeroDivisionError() : std::runtime_error("division by zero") {}
};

inline Coro<> nothing() {
    co_return;
}
inline Coro<> sleeper(Duration delay) {
    co_await sleep(delay);
}
inline Coro<int> give_after(Duration delay, int value) {
    co_await sleep(delay);
    co_return value;
}
inline Coro<int> crash_after(Duration delay) {
    co_await sleep(delay);
    throw ZeroDivisionError();
}

/// The time of the running loop.
inline Duration now() {
    return Loop::get_running().time();
}

inline RunnerOptions virtual_clock() {
    RunnerOptions options;
    options.clock = ClockMode::virtual_;
    return options;
}

/// Runs f() on a virtual clock, which takes no real time, and closes the Runner.
template <class F>
auto run_virtual(F f) {
    Runner runner(virtual_clock());
    using T = typename std::invoke_result_t<F&>::value_type;
    if constexpr (std::is_void_v<T>) {
        runner.run(f());
        runner.close();
    } else {
        T result = runner.run(f());
        runner.close();
        return result;
    }
}

/// The exception that `coro` throws, null if it returns.
template <class T>
Coro<std::exception_ptr> error_of(Coro<T> coro) {
    std::exception_ptr error;
    try {
        static_cast<void>(co_await std::move(coro));
    } catch (...) {
        error = std::current_exception();
    }
    co_return error;
}
/// The same for any other awaitable.
template <class Awaitable>
Coro<std::exception_ptr> error_of_awaiting(Awaitable awaitable) {
    std::exception_ptr error;
    try {
        static_cast<void>(co_await std::move(awaitable));
    } catch (...) {
        error = std::current_exception();
    }
    co_return error;
}
/// The exception that a call throws, null if it returns.
template <class F>
std::exception_ptr error_of_call(F f) {
    try {
        static_cast<void>(f());
    } catch (...) {
        return std::current_exception();
    }
    return nullptr;
}

/// The exception's message; empty if there is no exception, or it has no message.
inline std::string text_of(const std::exception_ptr& error) {
    if (!error) return {};
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& e) {
        return e.what();
    } catch (...) {
        return {};
    }
}

/// The errors of the ExceptionGroup in `error`; empty if that is another exception.
inline std::vector<std::exception_ptr> group_errors(const std::exception_ptr& error) {
    if (!holds<ExceptionGroup>(error)) return {};
    try {
        std::rethrow_exception(error);
    } catch (const ExceptionGroup& group) {
        return group.exceptions();
    }
}

/// True for a group that has only Es; `get_error_types(eg) == {E}` in Python's tests.
template <class E>
bool group_of(const std::exception_ptr& error) {
    const auto errors = group_errors(error);
    bool all = !errors.empty();
    for (const auto& each : errors) all = all && holds<E>(each);
    return all;
}

/// Records the calls of the loop's exception handler.
struct Reports {
    std::vector<std::string> messages;
    std::vector<std::exception_ptr> errors;

    void listen(Loop& loop) {
        loop.set_exception_handler([this](std::string_view message, std::exception_ptr error) {
            messages.emplace_back(message);
            errors.push_back(std::move(error));
        });
    }
};

/// Restores a signal's default action for the length of the scope: the test framework has a handler for it.
class DefaultSignal {
public:
    explicit DefaultSignal(int signo) : signo_(signo) {
        struct sigaction action{};
        action.sa_handler = SIG_DFL;
        ::sigaction(signo_, &action, &saved_);
    }
    DefaultSignal(const DefaultSignal&) = delete;
    DefaultSignal& operator=(const DefaultSignal&) = delete;
    ~DefaultSignal() { ::sigaction(signo_, &saved_, nullptr); }

    bool is_default() const {
        struct sigaction now{};
        ::sigaction(signo_, nullptr, &now);
        return (now.sa_flags & SA_SIGINFO) == 0 && now.sa_handler == SIG_DFL;
    }

private:
    int signo_;
    struct sigaction saved_{};
};

}  // namespace arun::test
