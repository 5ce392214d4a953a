/// The pending timers of a loop, in the order in which they fire.
#pragma once

#include "base/duration.hpp"
#include "rt/intrusive_list.hpp"
#include "rt/ready.hpp"

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace arun {

class TaskBase;

/// A timer, embedded in the object that waits for it (an awaiter, a Timeout), so that arming it rarely
/// allocates. It must be erased before it is destroyed, and does not move.
class TimerNode : public Suspension {
public:
    TimerNode() noexcept = default;
    TimerNode(const TimerNode&) = delete;
    TimerNode& operator=(const TimerNode&) = delete;

    /// True from TimerQueue::insert() until the node is popped or erased.
    bool armed() const noexcept { return place_ != nowhere; }
    /// The loop time at which it fires, or has fired.
    Duration deadline() const noexcept { return Duration{deadline_}; }

    /// Called by the loop after it has popped the node: makes the waiting task or callback ready. May re-arm
    /// or destroy the node.
    virtual void expire() noexcept = 0;
    /// The task whose place in the tree orders timers of one instant. A timer without a task fires before
    /// those with one. Must not change while the node is armed.
    virtual const TaskBase* task() const noexcept { return nullptr; }
    /// Overridden by awaiters, whose task waits in the timer itself. (One base class for both saves a vtable
    /// pointer in each of a million sleepers.)
    bool cancel() noexcept override { return false; }

protected:
    ~TimerNode() { assert(!armed()); }

private:
    friend class TimerQueue;
    static constexpr std::uint8_t nowhere = 0xff;

    std::int64_t deadline_ = 0;
    /// The number of the insertion. 56 bits last for two years at one insertion per nanosecond.
    std::uint64_t sequence_ : 56 = 0;
    /// A lane's number, in_heap, or nowhere.
    std::uint64_t place_ : 8 = nowhere;
    union {
        detail::ListLinks<TimerNode> links_{};  ///< in a lane
        std::size_t heap_index_;                ///< in the heap
    };
};

/// Ordered by deadline. Timers of one instant fire in the order of the task tree, so that jobs that become
/// ready together run in script order, then in the order of their insertion.
///
/// Most programs arm timers of a handful of lengths, and those of one length expire in the order in which
/// they were armed. So there are eight sorted lanes: a timer is appended to the lane whose last entry is the
/// latest that still fires before it (patience sorting). A timer that fits into no lane goes to a heap. A
/// million sleeps of one length cost O(1) each.
class TimerQueue {
public:
    /// True if `a` precedes `b` in the task tree; a strict weak order. Called for ties only.
    using TaskBefore = bool (*)(const TaskBase& a, const TaskBase& b);

    explicit TimerQueue(TaskBefore task_before) noexcept;
    TimerQueue(const TimerQueue&) = delete;
    TimerQueue& operator=(const TimerQueue&) = delete;
    ~TimerQueue() { assert(empty()); }

    /// Arms `node`. Precondition: !node.armed(). Throws std::bad_alloc, with the node unarmed.
    void insert(TimerNode& node, Duration deadline);
    /// Disarms `node`. No effect if it is not armed.
    void erase(TimerNode& node) noexcept;
    /// Removes and returns the first timer if its deadline is not after `now`; otherwise returns null.
    TimerNode* pop_due(Duration now) noexcept;
    /// The earliest deadline, Duration::max() if the queue is empty.
    Duration next_deadline() const noexcept;

    bool empty() const noexcept { return size_ == 0; }
    std::size_t size() const noexcept { return size_; }

private:
    static constexpr std::size_t lane_count = 8;
    static constexpr std::uint8_t in_heap = lane_count;
    static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
    static constexpr std::int64_t always = std::numeric_limits<std::int64_t>::min();

    using Lane = detail::IntrusiveList<TimerNode, &TimerNode::links_>;
    struct HeapEntry {
        std::int64_t deadline;
        TimerNode* node;
    };

    bool tie_before(const TimerNode& a, const TimerNode& b) const noexcept;
    /// The lane for a node whose deadline is set, or in_heap.
    std::uint8_t choose_lane(const TimerNode& node) const noexcept;
    void append_to_lane(std::uint8_t index, TimerNode& node) noexcept;
    void remove_from_lane(TimerNode& node) noexcept;
    TimerNode* first() const noexcept;

    bool heap_before(const HeapEntry& a, const HeapEntry& b) const noexcept;
    void heap_put(std::size_t index, HeapEntry entry) noexcept;
    void heap_up(std::size_t index, HeapEntry entry) noexcept;
    void heap_down(std::size_t index, HeapEntry entry) noexcept;
    void heap_erase(TimerNode& node) noexcept;

    TaskBefore task_before_;
    std::uint64_t sequence_ = 0;
    std::size_t size_ = 0;
    std::array<Lane, lane_count> lanes_;
    /// The first and last deadlines of the lanes, side by side: comparing all of them touches two cache lines
    /// and no node. An empty lane begins never and has ended always.
    std::array<std::int64_t, lane_count> begins_;
    std::array<std::int64_t, lane_count> ends_;
    std::vector<HeapEntry> heap_;
};

}  // namespace arun
