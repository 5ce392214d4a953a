#include "rt/race.hpp"

#include "rt/errors.hpp"
#include "rt/loop.hpp"

#include <stdexcept>

namespace arun::detail {

RaceScope::RaceScope(RaceFirst first) : ChildScope("race()"), first_(first) {}

void RaceScope::child_ended(TaskBase& task) noexcept {
    if (winner_ || cancelled_) {
        // A loser that was cancelled: its error is not the race's outcome.
        if (std::exception_ptr error = task.error()) {
            loop().call_exception_handler("error in a task that lost a race", std::move(error));
        }
        return;
    }
    if (first_ == RaceFirst::success) {
        if (task.error()) return keep_failed(task);
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
    if (!any_failed()) throw CancelledError{};
    throw ExceptionGroup("no coroutine won the race", errors());
}

void throw_empty_race() {
    throw std::invalid_argument("race() of no coroutines");
}

}  // namespace arun::detail
