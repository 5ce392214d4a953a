/// The two things a loop and its tasks know each other by: what is ready to run, and what is waited on.
#pragma once

namespace arun {

/// What a task waits on right now (asyncio's `_fut_waiter`); it lives in the waiting coroutine's frame.
class Suspension {
public:
    Suspension() noexcept = default;
    Suspension(const Suspension&) = delete;
    Suspension& operator=(const Suspension&) = delete;

    /// Asks for an early end of the wait. False if the wait is over anyhow, and the task remembers the
    /// request. True if the request was taken: either the wait has ended (the node is unlinked, and
    /// TaskBase::wake_cancelled() was called, so that await_resume() will throw CancelledError), or
    /// whoever is waited on has been asked, and the task goes on waiting until that one is done.
    virtual bool cancel() noexcept = 0;

protected:
    ~Suspension() = default;
};

/// An entry of a loop's ready queue; tasks are, and so are callbacks. It must stay where it is until
/// it has run, or until Loop::forget().
class ReadyNode {
public:
    ReadyNode(const ReadyNode&) = delete;
    ReadyNode& operator=(const ReadyNode&) = delete;

    /// Called once for each Loop::call_soon(), on the loop's thread. May destroy the node.
    virtual void run() noexcept = 0;
    /// Called instead of run() when the loop is closed first.
    virtual void drop() noexcept {}

protected:
    ReadyNode() noexcept = default;
    ~ReadyNode() = default;

    /// A node is in the queue, or (a task only) waits for something, or neither.
    union {
        ReadyNode* next_ = nullptr;
        Suspension* waiting_;
    };

private:
    friend class ReadyQueue;
};

/// First in, first out, intrusive.
class ReadyQueue {
public:
    bool empty() const noexcept { return first_ == nullptr; }
    void push(ReadyNode& node) noexcept {
        node.next_ = nullptr;
        (first_ == nullptr ? first_ : last_->next_) = &node;
        last_ = &node;
    }
    /// The queue must not be empty.
    ReadyNode& pop() noexcept {
        ReadyNode& node = *first_;
        first_ = node.next_;
        node.next_ = nullptr;
        return node;
    }
    /// Puts all of `earlier` before what is here, and empties it.
    void prepend(ReadyQueue& earlier) noexcept {
        if (earlier.empty()) return;
        if (!empty()) {
            earlier.last_->next_ = first_;
            earlier.last_ = last_;
        }
        *this = earlier;
        earlier = ReadyQueue();
    }
    /// Takes `node` out, wherever it is; false if it is not here. O(n): for tearing down.
    bool erase(ReadyNode& node) noexcept {
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
