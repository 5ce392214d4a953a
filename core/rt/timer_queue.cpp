#include "rt/timer_queue.hpp"

#include <algorithm>

namespace arun {

namespace {
constexpr std::size_t arity = 4;
}

TimerQueue::TimerQueue(TaskBefore task_before) noexcept : task_before_(task_before) {
    begins_.fill(never);
    ends_.fill(always);
}

bool TimerQueue::tie_before(const TimerNode& a, const TimerNode& b) const noexcept {
    const TaskBase* of_a = a.task();
    const TaskBase* of_b = b.task();
    if (of_a != of_b) {
        if (of_a == nullptr || of_b == nullptr) return of_a == nullptr;
        if (task_before_(*of_a, *of_b)) return true;
        if (task_before_(*of_b, *of_a)) return false;
    }
    return a.sequence_ < b.sequence_;
}

std::uint8_t TimerQueue::choose_lane(const TimerNode& node) const noexcept {
    std::uint8_t best = in_heap;
    std::int64_t best_end = always;
    for (std::uint8_t i = 0; i < lane_count; ++i) {
        const std::int64_t end = ends_[i];
        if (end > node.deadline_) continue;
        // Of two lanes that end at one instant either will do.
        if (best != in_heap && end <= best_end) continue;
        if (end == node.deadline_ && !lanes_[i].empty() && !tie_before(*lanes_[i].last(), node)) continue;
        best = i;
        best_end = end;
    }
    return best;
}

void TimerQueue::append_to_lane(std::uint8_t index, TimerNode& node) noexcept {
    Lane& lane = lanes_[index];
    if (lane.empty()) begins_[index] = node.deadline_;
    ends_[index] = node.deadline_;
    node.place_ = index;
    lane.push_back(node);
}

void TimerQueue::remove_from_lane(TimerNode& node) noexcept {
    const auto index = static_cast<std::size_t>(node.place_);
    Lane& lane = lanes_[index];
    const bool was_first = lane.first() == &node;
    const bool was_last = lane.last() == &node;
    lane.remove(node);
    if (was_first) begins_[index] = lane.empty() ? never : lane.first()->deadline_;
    if (was_last) ends_[index] = lane.empty() ? always : lane.last()->deadline_;
}

void TimerQueue::insert(TimerNode& node, Duration deadline) {
    assert(!node.armed());
    node.deadline_ = deadline.count();
    node.sequence_ = ++sequence_;
    const std::uint8_t lane = choose_lane(node);
    if (lane != in_heap) {
        append_to_lane(lane, node);
    } else {
        heap_.push_back({});
        node.place_ = in_heap;
        heap_up(heap_.size() - 1, {node.deadline_, &node});
    }
    ++size_;
}

void TimerQueue::erase(TimerNode& node) noexcept {
    if (!node.armed()) return;
    if (node.place_ == in_heap) {
        heap_erase(node);
    } else {
        remove_from_lane(node);
    }
    node.place_ = TimerNode::nowhere;
    --size_;
}

TimerNode* TimerQueue::first() const noexcept {
    TimerNode* best = heap_.empty() ? nullptr : heap_.front().node;
    std::int64_t earliest = best != nullptr ? best->deadline_ : never;
    for (std::size_t i = 0; i < lane_count; ++i) {
        TimerNode* candidate = lanes_[i].first();
        if (candidate == nullptr || begins_[i] > earliest) continue;
        if (best != nullptr && begins_[i] == earliest && !tie_before(*candidate, *best)) continue;
        best = candidate;
        earliest = begins_[i];
    }
    return best;
}

TimerNode* TimerQueue::pop_due(Duration now) noexcept {
    if (next_deadline() > now || empty()) return nullptr;
    TimerNode* node = first();
    erase(*node);
    return node;
}

Duration TimerQueue::next_deadline() const noexcept {
    std::int64_t earliest = heap_.empty() ? never : heap_.front().deadline;
    for (const std::int64_t begin : begins_) earliest = std::min(earliest, begin);
    return Duration{earliest};
}

bool TimerQueue::heap_before(const HeapEntry& a, const HeapEntry& b) const noexcept {
    if (a.deadline != b.deadline) return a.deadline < b.deadline;
    return tie_before(*a.node, *b.node);
}

void TimerQueue::heap_put(std::size_t index, HeapEntry entry) noexcept {
    heap_[index] = entry;
    entry.node->heap_index_ = index;
}

void TimerQueue::heap_up(std::size_t index, HeapEntry entry) noexcept {
    while (index > 0) {
        const std::size_t parent = (index - 1) / arity;
        if (!heap_before(entry, heap_[parent])) break;
        heap_put(index, heap_[parent]);
        index = parent;
    }
    heap_put(index, entry);
}

void TimerQueue::heap_down(std::size_t index, HeapEntry entry) noexcept {
    for (;;) {
        const std::size_t first_child = index * arity + 1;
        if (first_child >= heap_.size()) break;
        const std::size_t end = std::min(first_child + arity, heap_.size());
        std::size_t earliest = first_child;
        for (std::size_t child = first_child + 1; child < end; ++child) {
            if (heap_before(heap_[child], heap_[earliest])) earliest = child;
        }
        if (!heap_before(heap_[earliest], entry)) break;
        heap_put(index, heap_[earliest]);
        index = earliest;
    }
    heap_put(index, entry);
}

void TimerQueue::heap_erase(TimerNode& node) noexcept {
    const std::size_t index = node.heap_index_;
    const HeapEntry last = heap_.back();
    heap_.pop_back();
    if (index == heap_.size()) return;
    if (index > 0 && heap_before(last, heap_[(index - 1) / arity])) {
        heap_up(index, last);
    } else {
        heap_down(index, last);
    }
}

}  // namespace arun
