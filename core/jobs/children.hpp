/// Children: the concurrent jobs of a group, with a limit on how many run at a time.
#pragma once

#include "base/duration.hpp"
#include "jobs/failure.hpp"
#include "jobs/scope.hpp"
#include "rt/coro.hpp"
#include "rt/event.hpp"
#include "rt/task_group.hpp"
#include "script/value.hpp"

#include <cstdint>
#include <exception>
#include <tuple>
#include <vector>

namespace arun::jobs {

/// Lives in the coroutine of a `parallel`, `race` or `for_each`:
///
///     Children children(scope, limit);
///     std::exception_ptr error;
///     try { for (...) { if (!children.has_room()) co_await children.room(); children.start(...); } }
///     catch (...) { error = std::current_exception(); }
///     co_await children.join(error);
///
/// Every child owns a ChildEnd.
class Children {
public:
    /// Default limit of those that run at a time, so that a huge number of rounds does not take all
    /// memory.
    static constexpr std::uint64_t max_live = std::uint64_t{1} << 21;

    /// `limit`: how many may run at a time; 0: no limit.
    Children(const Scope& scope, std::uint64_t limit);

    /// Waits until one more child may start. Precondition: !has_room().
    Coro<> room();
    /// False also after each 65,536 children, so that the loop sees its timers and signals meanwhile.
    bool has_room() const noexcept { return live_ < limit_ && (started_ & 0xffffU) != 0xffffU; }
    void start(Coro<> child);
    /// Instead of start(), for a child without a ChildEnd: it is in group(), or has ended at once.
    void started() noexcept { ++started_; }
    /// Cancels the children that still run.
    void abort() noexcept { group_.abort(); }
    void ended() noexcept;
    /// `index`: the child's place in script order.
    void failed(std::uint64_t index, FailurePtr failure);
    /// The failure that happened first, of several at one instant that of the first child in script order,
    /// with the others in `others`; null if there is none.
    FailurePtr failure();

    enum class Failing : std::uint8_t {
        group,  ///< a failed child fails the group, now or when all have ended
        child,  ///< whether it does is not known before the end
    };
    /// Waits until all children have ended; see failure() for theirs. Throws CancelledError if the group was
    /// cancelled from outside; the failures that waits in it had taken over are open again then. But if a
    /// child had failed before, the group stays failed, and the cancellation is thrown at the next wait.
    Coro<> join(std::exception_ptr body_error, Failing failing = Failing::group);

    /// For children without a ChildEnd; what they throw becomes a failure.
    TaskGroup& group() noexcept { return group_; }

private:
    struct Failed {
        Duration time;
        std::uint64_t index;
        FailurePtr failure;
        bool cancelled;  ///< it had been told to end before it failed
        bool operator<(const Failed& other) const noexcept {
            return std::tie(time, index) < std::tie(other.time, other.index);
        }
    };

    const Scope& scope_;
    TaskGroup group_;
    Event room_;
    std::vector<Failed> failures_;  ///< in the order of failed() until failure() sorts them
    std::uint64_t limit_;
    std::uint64_t live_ = 0;
    std::uint64_t started_ = 0;
    int cancels_before_;
};

/// Makes room for the next child when the coroutine of this one ends.
class ChildEnd {
public:
    explicit ChildEnd(Children& children) noexcept : children_(children) {}
    ChildEnd(const ChildEnd&) = delete;
    ChildEnd& operator=(const ChildEnd&) = delete;
    ~ChildEnd() { children_.ended(); }

private:
    Children& children_;
};

}  // namespace arun::jobs
