/// race(): runs coroutines concurrently until one wins; the others have ended when it returns.
#pragma once

#include "rt/child_scope.hpp"
#include "rt/coro.hpp"
#include "rt/task.hpp"

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

namespace arun {

/// The winner is the first to end, however it ends, or the first to succeed.
enum class RaceFirst : std::uint8_t { finished, success };

/// The winner's index and result.
template <class T>
class RaceResult {
public:
    RaceResult(std::size_t index, T result) : index(index), result(std::forward<T>(result)) {}
    std::size_t index;
    T result;
};
template <>
class RaceResult<void> {
public:
    explicit RaceResult(std::size_t index) noexcept : index(index) {}
    std::size_t index;
};

namespace detail {

class RaceScope final : public ChildScope {
public:
    explicit RaceScope(RaceFirst first);
    /// Waits until there is a winner and all children have ended. Throws CancelledError if the parent is
    /// cancelled meanwhile. If all children fail and that is no win, throws ExceptionGroup, or CancelledError
    /// if there was no error.
    Coro<> join();
    TaskBase& winner() const noexcept { return *winner_; }

private:
    void child_ended(TaskBase& task) noexcept override;

    RaceFirst first_;
    bool cancelled_ = false;  ///< the parent was cancelled, so that no child can win any more
    AnyTask winner_;
};

[[noreturn]] void throw_empty_race();

}  // namespace detail

/// Runs `coros` concurrently. When the first has ended, the others are cancelled and awaited. Gives the
/// winner's index and result, or throws its error. With RaceFirst::success a failure or cancellation does not
/// win; if all fail, throws ExceptionGroup. The error of a cancelled loser goes to the loop's exception
/// handler. Cancelling the race cancels and awaits all. Throws std::invalid_argument if `coros` is empty.
template <class T>
Coro<RaceResult<T>> race(std::vector<Coro<T>> coros, RaceFirst first = RaceFirst::finished) {
    if (coros.empty()) detail::throw_empty_race();
    detail::RaceScope scope(first);
    for (Coro<T>& coro : coros) scope.spawn(std::move(coro));
    co_await scope.join();
    auto& winner = static_cast<TaskState<T>&>(scope.winner());
    if constexpr (std::is_void_v<T>) {
        winner.result();
        co_return RaceResult<void>(winner.index());
    } else {
        RaceResult<T> result(winner.index(), detail::take_result(winner));
        co_return result;
    }
}

}  // namespace arun
