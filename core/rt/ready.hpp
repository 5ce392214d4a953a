/// The two states of a task that its loop handles: ready to run, or suspended in a wait.
#pragma once

namespace arun {

/// The wait that a task is in (asyncio's `_fut_waiter`). Lives in the waiting coroutine's frame.
class Suspension {
public:
    Suspension() noexcept = default;
    Suspension(const Suspension&) = delete;
    Suspension& operator=(const Suspension&) = delete;

    /// Requests an early end of the wait. Returns false if the wait is over already; the task then remembers
    /// the request. Returns true if the request is accepted. Then either the wait has ended (it is unlinked,
    /// and TaskBase::wake_cancelled() was called, so that await_resume() throws CancelledError), or the
    /// request went on to the awaited task or future, and the wait lasts until that is done.
    virtual bool cancel() noexcept = 0;

protected:
    ~Suspension() = default;
};

/// An entry of a loop's ready queue: a task or a callback. Must not move or be destroyed while queued.
class ReadyNode {
public:
    ReadyNode(const ReadyNode&) = delete;
    ReadyNode& operator=(const ReadyNode&) = delete;

    /// Called once for each Loop::call_soon(), on the loop's thread. May destroy the node.
    virtual void run() noexcept = 0;
    /// Called instead of run() if the loop is closed first.
    virtual void drop() noexcept {}
    /// Its run brings something in from outside and does nothing else, see Journal.
    virtual bool from_outside() const noexcept { return false; }

protected:
    ReadyNode() noexcept = default;
    ~ReadyNode() = default;

    /// A node is queued, or (tasks only) suspended, or neither.
    union {
        ReadyNode* next_ = nullptr;
        Suspension* waiting_;
    };

private:
    friend class ReadyQueue;
};

/// Intrusive FIFO queue.
class ReadyQueue {
public:
    bool empty() const noexcept { return first_ == nullptr; }
    void push(ReadyNode& node) noexcept {
        node.next_ = nullptr;
        (first_ == nullptr ? first_ : last_->next_) = &node;
        last_ = &node;
    }
    /// Precondition: !empty().
    ReadyNode& pop() noexcept {
        ReadyNode& node = *first_;
        first_ = node.next_;
        node.next_ = nullptr;
        return node;
    }
    /// Moves all of `earlier` in front of this queue.
    void prepend(ReadyQueue& earlier) noexcept {
        if (earlier.empty()) return;
        if (!empty()) {
            earlier.last_->next_ = first_;
            earlier.last_ = last_;
        }
        *this = earlier;
        earlier = ReadyQueue();
    }
    /// Returns false if `node` is not in this queue. O(n).
    bool remove(ReadyNode& node) noexcept {
        ReadyNode* before = nullptr;
        for (ReadyNode* at = first_; at != nullptr; before = at, at = at->next_) {
            if (at != &node) continue;
            (before == nullptr ? first_ : before->next_) = node.next_;
            if (last_ == &node) last_ = before;
            node.next_ = nullptr;
            return true;
        }
        return false;
    }

private:
    ReadyNode* first_ = nullptr;
    ReadyNode* last_ = nullptr;
};

}  // namespace arun
