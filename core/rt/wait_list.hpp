/// Who waits for something to be done: intrusive, first come first served.
#pragma once

#include "rt/ready.hpp"

#include <coroutine>

namespace arun {

class TaskBase;
class WaitList;

/// One that waits. It unlinks itself when it is destroyed. By itself it is the wait of a task; who
/// wants to be told without being one overrides notify() and calls WaitList::add().
class WaitNode : public Suspension {
public:
    bool linked() const noexcept { return list_ != nullptr; }
    inline void unlink() noexcept;

    /// The node was unlinked because what it waited for is done. Called at once, inside whatever made
    /// it so: make something ready here, and nothing else. By default: wakes the task.
    virtual void notify() noexcept;
    /// Unlinks, and wakes the task with CancelledError; false if it is no longer linked.
    bool cancel() noexcept override;

protected:
    WaitNode() noexcept = default;
    ~WaitNode() { unlink(); }

    /// The running task suspends at `frame` and waits in `list`.
    void suspend(std::coroutine_handle<> frame, WaitList& list) noexcept;

    TaskBase* task_ = nullptr;

private:
    friend class WaitList;
    WaitList* list_ = nullptr;
    WaitNode* next_ = nullptr;
    WaitNode* previous_ = nullptr;
};

/// One pointer; the nodes form a ring. Does not move while nodes are linked.
class WaitList {
public:
    bool empty() const noexcept { return first_ == nullptr; }
    /// Last in line. The node must not be linked anywhere.
    void add(WaitNode& node) noexcept {
        node.list_ = this;
        if (first_ == nullptr) {
            first_ = node.next_ = node.previous_ = &node;
        } else {
            node.next_ = first_;
            node.previous_ = first_->previous_;
            node.previous_->next_ = first_->previous_ = &node;
        }
    }
    /// Unlinks and notifies the first in line; false if nobody waits.
    bool notify_one() noexcept {
        if (first_ == nullptr) return false;
        WaitNode& node = *first_;
        node.unlink();
        node.notify();
        return true;
    }
    void notify_all() noexcept {
        while (notify_one()) {
        }
    }

private:
    friend class WaitNode;
    WaitNode* first_ = nullptr;
};

inline void WaitNode::unlink() noexcept {
    if (list_ == nullptr) return;
    if (next_ == this) {
        list_->first_ = nullptr;
    } else {
        next_->previous_ = previous_;
        previous_->next_ = next_;
        if (list_->first_ == this) list_->first_ = next_;
    }
    list_ = nullptr;
}

}  // namespace arun
