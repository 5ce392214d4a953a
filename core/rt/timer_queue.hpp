/// What fires when: the pending timers of a loop, in the order in which they fire.
#pragma once

#include "base/duration.hpp"
#include "rt/ready.hpp"

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace arun {

class TaskBase;

/// A timer, to be embedded in what waits for it (an awaiter, a Timeout): arming it allocates
/// nothing in the common case. It must be erased before it is destroyed; it does not move.
class TimerNode : public Suspension {
public:
    TimerNode() noexcept = default;
    TimerNode(const TimerNode&) = delete;
    TimerNode& operator=(const TimerNode&) = delete;

    /// True from TimerQueue::insert() until it is popped or erased.
    bool armed() const noexcept { return place_ != nowhere; }
    /// When it fires, in loop time. Of use while armed and after being popped.
    Duration deadline() const noexcept { return Duration{deadline_}; }

    /// Called by the loop, never by the queue, after the node was popped: make ready what waits.
    /// The node may be re-armed or destroyed in there.
    virtual void expire() noexcept = 0;
    /// The task whose place in the tree decides between timers of one instant. A timer without a
    /// task fires before those with one. Must not change while the node is armed.
    virtual const TaskBase* task() const noexcept { return nullptr; }
    /// A task may wait on the timer itself; then its awaiter overrides this. (One base for both, for
    /// the sake of one vtable pointer in each of a million sleepers.)
    bool cancel() noexcept override { return false; }

protected:
    ~TimerNode() { assert(!armed()); }

private:
    friend class TimerQueue;
    static constexpr std::uint8_t nowhere = 0xff;

    std::int64_t deadline_ = 0;
    /// 56 bits of insertion number: at one a nanosecond they last two years.
    std::uint64_t sequence_ : 56 = 0;
    /// Which lane, or the heap, or nowhere.
    std::uint64_t place_ : 8 = nowhere;
    TimerNode* next_ = nullptr;
    union {
        TimerNode* previous_ = nullptr;  ///< in a lane
        std::size_t heap_index_;         ///< in the heap
    };
};

/// Ordered by deadline; timers of one instant in the order of the task tree, so that jobs that
/// become ready together run in script order; then in the order of insertion.
///
/// Most programs arm timers of a handful of lengths, and those of one length expire in the order
/// they were armed in. So there are eight FIFO lanes, each of them sorted: a timer is appended to
/// the lane whose last entry is the latest that still fires before it (patience sorting), and what
/// fits in no lane goes to a heap. A million sleeps of one length cost O(1) each.
class TimerQueue {
public:
    /// True if `a` stands before `b` in the task tree; a strict weak order. Asked on ties only.
    using TaskBefore = bool (*)(const TaskBase& a, const TaskBase& b);

    explicit TimerQueue(TaskBefore task_before) noexcept;
    TimerQueue(const TimerQueue&) = delete;
    TimerQueue& operator=(const TimerQueue&) = delete;
    ~TimerQueue() { assert(empty()); }

    /// Arms `node`, which must not be armed. Throws std::bad_alloc only, with nothing changed.
    void insert(TimerNode& node, Duration deadline);
    /// Disarms; nothing if it is not armed.
    void erase(TimerNode& node) noexcept;
    /// Takes the first timer if its deadline is not after `now`, else null.
    TimerNode* pop_due(Duration now) noexcept;
    /// The earliest deadline; Duration::max() when empty.
    Duration next_deadline() const noexcept;

    bool empty() const noexcept { return size_ == 0; }
    std::size_t size() const noexcept { return size_; }

private:
    static constexpr std::size_t lanes = 8;
    static constexpr std::uint8_t in_heap = lanes;
    static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
    static constexpr std::int64_t always = std::numeric_limits<std::int64_t>::min();

    struct Lane {
        TimerNode* first = nullptr;
        TimerNode* last = nullptr;
    };
    struct HeapEntry {
        std::int64_t deadline;
        TimerNode* node;
    };

    bool before(const TimerNode& a, const TimerNode& b) const noexcept;
    bool tie_before(const TimerNode& a, const TimerNode& b) const noexcept;
    /// The lane for a node whose deadline is set, or `in_heap`.
    std::uint8_t choose_lane(const TimerNode& node) const noexcept;
    void append(std::uint8_t lane, TimerNode& node) noexcept;
    void unlink(TimerNode& node) noexcept;
    TimerNode* first() const noexcept;

    bool heap_before(const HeapEntry& a, const HeapEntry& b) const noexcept;
    void heap_put(std::size_t index, HeapEntry entry) noexcept;
    void heap_up(std::size_t index, HeapEntry entry) noexcept;
    void heap_down(std::size_t index, HeapEntry entry) noexcept;
    void heap_erase(TimerNode& node) noexcept;

    TaskBefore task_before_;
    std::uint64_t sequence_ = 0;
    std::size_t size_ = 0;
    std::array<Lane, lanes> lane_{};
    /// The deadlines at the ends of the lanes, side by side, so that looking at all of them costs a
    /// cache line each and no node is touched. An empty lane begins never and ended always.
    std::array<std::int64_t, lanes> begins_;
    std::array<std::int64_t, lanes> ends_;
    std::vector<HeapEntry> heap_;
};

}  // namespace arun
