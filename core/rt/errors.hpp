/// The runtime's exceptions, under asyncio's names.
#pragma once

#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <typeinfo>
#include <vector>

namespace arun {

/// Ends a cancelled task. Not a std::exception, so that `catch (const std::exception&)` cannot swallow it:
/// catch it to clean up, and rethrow it.
struct CancelledError final {};

/// A task or future has no outcome yet, or is given a second one.
class InvalidStateError : public std::logic_error {
public:
    using std::logic_error::logic_error;
};

/// All tasks wait, and nothing is left that could wake them. Thrown out of Loop::run_until_complete(). The
/// loop remains usable: cancel the tasks, and close it.
class DeadlockError : public std::runtime_error {
public:
    DeadlockError() : std::runtime_error("deadlock: everything waits, and nothing can wake it") {}
};

/// The system refuses what a loop needs in order to wait, such as descriptors: nothing can run.
class EventLoopError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Loop::stop() or stop_after() took effect before the loop's task was done.
class LoopStopped : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// A signal ended Runner::run(). Not a std::exception, as Python's is not an Exception.
struct KeyboardInterrupt final {
    int signal;
};

/// Several errors at once, as Python's ExceptionGroup. Copies share the errors.
class ExceptionGroup : public std::exception {
public:
    /// Precondition: `exceptions` is not empty, and none of them is null.
    ExceptionGroup(std::string message, std::vector<std::exception_ptr> exceptions);

    /// "unhandled errors in a TaskGroup (2 sub-exceptions)".
    const char* what() const noexcept override { return data_->what.c_str(); }
    const std::string& message() const noexcept { return data_->message; }
    /// In the order in which they occurred.
    const std::vector<std::exception_ptr>& exceptions() const noexcept { return data_->exceptions; }

private:
    struct Data {
        std::string message;
        std::string what;
        std::vector<std::exception_ptr> exceptions;
    };
    std::shared_ptr<const Data> data_;
};

/// True if `error` holds exactly an E, not a class derived from it. Does not throw to find out where the
/// library tells the type: a throw costs a microsecond, and groups examine many errors.
template <class E>
bool holds(const std::exception_ptr& error) noexcept {
    if (!error) return false;
#if defined(__GLIBCXX__)
    const std::type_info* type = error.__cxa_exception_type();
    return type != nullptr && *type == typeid(E);
#else
    try {
        std::rethrow_exception(error);
    } catch (const E& e) {
        return typeid(e) == typeid(E);
    } catch (...) {
        return false;
    }
#endif
}

inline bool is_cancelled(const std::exception_ptr& error) noexcept {
    return holds<CancelledError>(error);
}

}  // namespace arun
