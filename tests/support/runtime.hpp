/// What the runtime's tests share: runs on the virtual clock, and what a coroutine throws.
#pragma once

#include "rt/errors.hpp"
#include "rt/runner.hpp"

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

inline RunnerOptions virtual_clock() {
    RunnerOptions options;
    options.clock = ClockMode::virtual_;
    return options;
}

/// Runs f() on a virtual clock and closes the Runner; no time passes outside.
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

/// What `coro` throws; null if it returns.
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
/// The same for whatever else can be awaited.
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
/// What a call throws; null if it returns.
template <class F>
std::exception_ptr error_of_call(F f) {
    try {
        static_cast<void>(f());
    } catch (...) {
        return std::current_exception();
    }
    return nullptr;
}

/// An exception's text; empty if there is none, or if it has no text.
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

/// The errors of the ExceptionGroup in `error`; empty if it is something else.
inline std::vector<std::exception_ptr> group_errors(const std::exception_ptr& error) {
    if (!holds<ExceptionGroup>(error)) return {};
    try {
        std::rethrow_exception(error);
    } catch (const ExceptionGroup& group) {
        return group.exceptions();
    }
}

/// A group of nothing but Es, as Python's tests say `get_error_types(eg) == {E}`.
template <class E>
bool group_of(const std::exception_ptr& error) {
    const auto errors = group_errors(error);
    bool all = !errors.empty();
    for (const auto& each : errors) all = all && holds<E>(each);
    return all;
}

/// What the loop's exception handler was told.
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

/// The signal has its default action, as in a program of its own: the test framework handles it, too.
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
