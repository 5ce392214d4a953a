#include "rt/race.hpp"

#include "rt/exceptions.hpp"
#include "rt/loop.hpp"

#include <stdexcept>

namespace arun::detail {

RaceScope::RaceScope(RaceFirst first) : ChildScope("race()"), first_(first) {}

void RaceScope::child_ended(TaskBase& task) noexcept {
    if (winner_ || cancelled_) {
        // It lost, and was told to end: whatever it has to say is not the race's outcome.
        if (std::exception_ptr error = task.error()) {
            loop().call_exception_handler("error in a task that lost a race", std::move(error));
        }
        return;
    }
    if (first_ == RaceFirst::success) {
        if (std::exception_ptr error = task.error()) {
            errors_.push_back(std::move(error));
            return;
        }
        if (task.cancelled()) return;
    }
    winner_ = AnyTask(task);
    cancel_all();
}

Coro<> RaceScope::join() {
    while (!empty()) {
        try {
            co_await all_ended();
        } catch (const CancelledError&) {
            cancelled_ = true;
            cancel_all();
        }
    }
    if (cancelled_) throw CancelledError{};
    if (winner_) co_return;
    if (errors_.empty()) throw CancelledError{};
    throw ExceptionGroup("nobody has won the race", std::move(errors_));
}

void throw_empty_race() {
    throw std::invalid_argument("race() of no coroutines");
}

}  // namespace arun::detail
