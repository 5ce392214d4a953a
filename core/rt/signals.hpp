/// SIGINT and its like, as asyncio.Runner has them: the first cancels, the second ends.
#pragma once

#include "base/duration.hpp"

#include <initializer_list>
#include <memory>

namespace arun {

class Waker;

/// Ends the process by the signal as if nobody had handled it, so that the shell sees what happened.
/// Async-signal-safe.
void die_by(int signo) noexcept;

/// For as long as it lives, the given signals are recorded instead of ending the process. One at a time
/// in a process; its maker's thread is the one whose Runner answers. Plain handlers over atomics: it
/// opens no descriptor.
///
/// The first signal is for Runner::run() to find. The second and later ones call the second action, in
/// the handler, however busy the loop is.
class SignalScope {
public:
    /// Throws std::logic_error if there is a scope already, and std::system_error. A signal that is
    /// ignored (as nohup does with SIGHUP) stays ignored.
    explicit SignalScope(std::initializer_list<int> signals);
    SignalScope(const SignalScope&) = delete;
    SignalScope& operator=(const SignalScope&) = delete;
    /// Restores the handlers that it replaced, unless somebody has replaced them since.
    ~SignalScope();

    /// The scope of the calling thread, or null.
    static SignalScope* current() noexcept;
    /// Some thread has one.
    static bool exists() noexcept;

    /// The first signal received, or 0.
    int first() const noexcept;
    /// How many were received.
    int count() const noexcept;
    /// How long ago the first signal was received. Async-signal-safe: for a second action.
    static Duration since_first() noexcept;
    /// Gives the first signal once, and then 0: whoever takes it acts on it.
    int take() noexcept;
    /// Has a signal that nobody took yet?
    bool pending() const noexcept;

    /// Called inside the handler; must be async-signal-safe. By default the signal's default action
    /// happens: the process ends.
    using SecondAction = void (*)(int signo) noexcept;
    void set_second_action(SecondAction action) noexcept;
    /// Whom to wake at a signal; null for nobody.
    void set_waker(Waker* waker) noexcept;

private:
    struct Saved;
    void restore() noexcept;

    std::unique_ptr<Saved[]> saved_;
    int saved_count_ = 0;
};

}  // namespace arun
