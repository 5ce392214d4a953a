/// The children of a group of jobs: so many at a time, with their results and failures.
#pragma once

#include "jobs/failure.hpp"
#include "jobs/scope.hpp"
#include "rt/coro.hpp"
#include "rt/event.hpp"
#include "rt/task_group.hpp"
#include "script/value.hpp"

#include <cstdint>
#include <exception>
#include <vector>

namespace arun::jobs {

/// Lives in the coroutine of a `parallel`, `race` or `for_each`:
///
///     Children children(scope, limit);
///     std::exception_ptr error;
///     try { for (...) { co_await children.room(); children.start(child(children, ...)); } }
///     catch (...) { error = std::current_exception(); }
///     co_await children.join(error);
///
/// Every child calls ended() last, whatever became of it.
class Children {
public:
    /// At most `limit` at a time; 0: no limit.
    Children(const Scope& scope, std::uint64_t limit);

    /// Until one more child may start.
    Coro<> room();
    bool has_room() const noexcept { return limit_ == 0 || live_ < limit_; }
    void start(Coro<> child);
    /// Cancels those that run.
    void abort() noexcept { group_.abort(); }
    void ended() noexcept;
    void failed(FailurePtr failure) { failures_.push_back(std::move(failure)); }
    /// The first failure in time, with the others; null if there is none.
    FailurePtr failure() const;

    /// Awaits all. Throws CancelledError if the group is cancelled from outside, whatever its children have
    /// come to; failures are for the caller to judge.
    Coro<> join(std::exception_ptr body_error);

    /// For children that are mere coroutines without ended(); their errors become failures.
    TaskGroup& group() noexcept { return group_; }

private:
    const Scope& scope_;
    TaskGroup group_;
    Event room_;
    std::vector<FailurePtr> failures_;
    std::uint64_t limit_;
    std::uint64_t live_ = 0;
    int cancels_before_;
};

/// Calls ended() when a child's coroutine goes.
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
