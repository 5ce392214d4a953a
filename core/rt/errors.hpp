/// What the runtime throws, under asyncio's names.
#pragma once

#include <exception>
#include <stdexcept>

namespace arun {

/// The task was asked to cancel itself. Not a std::exception, so that `catch (const std::exception&)`
/// cannot swallow it; catch it to clean up, and throw it on.
struct CancelledError final {};

/// True if `error` is a CancelledError; found without throwing it.
bool is_cancelled(const std::exception_ptr& error) noexcept;

/// A task or future is asked for what it does not have yet, or is given a second outcome.
class InvalidStateError : public std::logic_error {
public:
    using std::logic_error::logic_error;
};

/// Everything waits, and nothing is left that could wake it. Leaves Loop::run_until_complete(); the
/// loop may be used on: cancel what waits, and close.
class DeadlockError : public std::runtime_error {
public:
    DeadlockError() : std::runtime_error("deadlock: everything waits, and nothing can wake it") {}
};

/// Loop::stop() or stop_after() came before what the loop ran for was done.
class LoopStopped : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Runner::run() was ended by a signal. Not a std::exception, as Python's is not an Exception.
struct KeyboardInterrupt final {
    int signal;
};

}  // namespace arun
