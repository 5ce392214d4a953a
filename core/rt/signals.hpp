/// Signals: their names, and those that end a process as asyncio.Runner has SIGINT: the first cancels, the
/// second ends.
#pragma once

#include "base/duration.hpp"

#include <chrono>
#include <csignal>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace arun {

class Waker;

/// "TERM" for SIGTERM; "SIG99" for a number without a name.
std::string signal_name(int signo);
/// "SIGTERM"; "SIG99" for a number without a name.
std::string full_signal_name(int signo);
/// The number of a signal, given by its name in any case, with or without SIG, or by its number. 0 if there
/// is none.
int signal_named(std::string_view name) noexcept;

/// Ends the process by the signal's default action, so that its parent sees the signal as the cause; as PID
/// 1, which no default action ends, with the exit status that a shell shows for it. Async-signal-safe.
[[noreturn]] void die_by(int signo) noexcept;

/// A signal handler of this runtime. It also does the right thing in a child between vfork() and exec, whose
/// memory is that of its parent: there it does what the default action would do. So a handler begins with
///
///     if (is_new_child()) return act_by_default(signo);
class OwnHandler {
public:
    /// `handler`: a pointer to the function. Thread-safe; idempotent.
    static void add(const void* handler);
    /// Async-signal-safe.
    static bool is_new_child() noexcept;
    static void act_by_default(int signo) noexcept;
};

/// So soon after the first signal, another one is taken for the same. timeout(1) signals the process and then
/// its group, and a key may bounce: such a second signal must not skip the clean-up. Two signals that a
/// person means are a tenth of a second apart, or more.
inline constexpr Duration duplicate_signal_window = std::chrono::milliseconds(95);

/// The signals for which the program has handlers that are not OwnHandlers.
std::vector<int> foreign_handlers();

/// As long as it lives, the signals do not reach the thread that made it. Async-signal-safe.
class SignalBlock {
public:
    /// All signals.
    SignalBlock() noexcept;
    explicit SignalBlock(int signo) noexcept;
    SignalBlock(const SignalBlock&) = delete;
    SignalBlock& operator=(const SignalBlock&) = delete;
    ~SignalBlock();

private:
    sigset_t before_;
};

/// The signals that end a process unless it handles them, without those that report a fault of its own
/// (SIGSEGV) and those of a failed write (SIGPIPE, SIGXFSZ).
const std::vector<int>& terminating_signals();

/// As long as it lives, the given signals are recorded instead of ending the process. At most one exists in a
/// process; the Runner of the thread that made it responds. Plain handlers over atomics: it opens no
/// descriptor.
///
/// Runner::run() finds the first signal. Later ones, and SIGQUIT always, call the second action inside the
/// handler, however busy the loop is.
class SignalScope {
public:
    /// Throws std::logic_error if there is a scope already, std::system_error. An ignored signal (nohup
    /// ignores SIGHUP) stays ignored.
    explicit SignalScope(std::span<const int> signals);
    SignalScope(std::initializer_list<int> signals)
        : SignalScope(std::span(signals.begin(), signals.size())) {}
    SignalScope(const SignalScope&) = delete;
    SignalScope& operator=(const SignalScope&) = delete;
    /// Restores the handlers that it replaced, except those that were replaced again since.
    ~SignalScope();

    /// Signals of the scope that are blocked, because a parent had them blocked, arrive from now on.
    void unblock() noexcept;

    /// The scope of the calling thread, or null.
    static SignalScope* current() noexcept;
    /// True if any thread has one.
    static bool exists() noexcept;

    /// The first signal received, or 0.
    int first() const noexcept;
    /// How many signals were received.
    int count() const noexcept;
    /// Time since the first signal. Async-signal-safe.
    static Duration since_first() noexcept;
    /// Returns the first signal once, and 0 afterwards: its taker acts on it.
    int take() noexcept;
    /// True if take() would return a signal.
    bool pending() const noexcept;

    /// From now on first(), take() and pending() tell what was there at the last look(), for a Journal: a
    /// signal may come in the middle of a step.
    void set_looked_at() noexcept;
    /// Returns the first signal if it is new. Precondition: set_looked_at().
    int look() noexcept;
    /// The same as if `signo` had just been received.
    static void pretend(int signo) noexcept;

    /// Called inside the handler: must be async-signal-safe. By default the process ends by the signal.
    using SecondAction = void (*)(int signo) noexcept;
    void set_second_action(SecondAction action) noexcept;
    /// The loop to wake at the first signal, or null.
    void set_waker(Waker* waker) noexcept;

private:
    struct Saved {
        int signo;
        struct sigaction action;
    };
    void restore() noexcept;

    std::vector<Saved> saved_;
    bool looked_at_ = false;
    int seen_ = 0;  ///< first(), if looked_at_
    bool seen_taken_ = false;
};

}  // namespace arun
