/// Runner: one loop and one context for many run() calls, as asyncio.Runner.
#pragma once

#include "rt/context.hpp"
#include "rt/coro.hpp"
#include "rt/loop.hpp"
#include "rt/task.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace arun {

using RunnerOptions = LoopOptions;

/// Loop and context are created on first use. A Runner belongs to one thread.
///
/// If the thread has a SignalScope, run() handles its signals; otherwise the main thread's run() makes one
/// for SIGINT, unless SIGINT has a handler. The first signal cancels the main task, and if the task ends by
/// that, run() throws KeyboardInterrupt.
class Runner {
public:
    explicit Runner(RunnerOptions options = {});
    Runner(const Runner&) = delete;
    Runner& operator=(const Runner&) = delete;
    /// Calls close(), and ignores its errors.
    ~Runner();

    /// Runs `coro` as a task in the Runner's context, or in `context`; returns its result or throws its
    /// error, CancelledError, KeyboardInterrupt, DeadlockError. Throws std::runtime_error inside a running
    /// loop and after close(), std::invalid_argument without a coroutine.
    template <class T>
    T run(Coro<T> coro) {
        check_may_run(static_cast<bool>(coro));
        return run_in(std::move(coro), context());
    }
    template <class T>
    T run(Coro<T> coro, Context context) {
        check_may_run(static_cast<bool>(coro));
        return run_in(std::move(coro), std::move(context));
    }

    template <OtherAwaitable A>
    AwaitResult<A> run(A awaitable) {
        return run(as_coro(std::move(awaitable)));
    }

    /// The same for a clean-up: a signal is only reported to on_signal.
    template <class T>
    T run_uninterrupted(Coro<T> coro) {
        check_may_run(static_cast<bool>(coro));
        return run_in(std::move(coro), context(), false);
    }

    /// Runs what is ready between two run() calls, to the end of this instant; see Loop::run_until_settled().
    /// A signal is only reported to on_signal. No effect before first use.
    void settle();

    /// Throws std::runtime_error ("Runner is closed").
    Loop& get_loop();
    /// The context that run() uses by default. Throws as get_loop().
    Context& context();

    /// Cancels the loop's tasks and awaits them (each cancels its children), passes their errors to the
    /// exception handler, shuts generators and executor down, closes the loop. Idempotent; no effect before
    /// first use. Throws DeadlockError if a task does not end; the loop is closed all the same.
    void close();

    /// Called on the loop's thread when a signal is taken, before it cancels the task; in close() too.
    std::function<void(int signo)> on_signal;
    /// Called when everything waits and nothing can wake it. Then run() cancels all tasks and awaits them,
    /// and throws DeadlockError, unless its own task fails.
    std::function<void()> on_deadlock;

private:
    enum class State : std::uint8_t { created, initialized, closed };
    class SignalHandling;

    template <class T>
    T run_in(Coro<T> coro, Context context, bool cancel_at_signal = true);
    void check_may_run(bool has_coro);
    void lazy_init();
    /// Runs the loop until the task is done, and handles signals. Does not throw the task's own error.
    void drive(TaskBase& task, bool cancel_at_signal);
    /// Cancels the loop's tasks, also those that they create meanwhile, and awaits them. Reports their
    /// errors, except that of `main`, which may be null.
    void cancel_all_tasks(const TaskBase* main);

    RunnerOptions options_;
    State state_ = State::created;
    std::unique_ptr<Loop> loop_;
    std::optional<Context> context_;
};

template <class T>
T Runner::run_in(Coro<T> coro, Context context, bool cancel_at_signal) {
    Task<T> task = get_loop().tasks().spawn(std::move(coro), std::move(context));
    drive(*task, cancel_at_signal);
    return detail::take_result(task.state());
}

namespace detail {
void check_no_running_loop();
}

/// asyncio.run(): runs `coro` in a Runner of its own.
template <class T>
T run(Coro<T> coro, bool debug = false) {
    detail::check_no_running_loop();
    RunnerOptions options;
    options.debug = debug;
    Runner runner(options);
    if constexpr (std::is_void_v<T>) {
        runner.run(std::move(coro));
        runner.close();
    } else {
        T result = runner.run(std::move(coro));
        runner.close();
        return result;
    }
}

template <OtherAwaitable A>
AwaitResult<A> run(A awaitable, bool debug = false) {
    return run(as_coro(std::move(awaitable)), debug);
}

}  // namespace arun
