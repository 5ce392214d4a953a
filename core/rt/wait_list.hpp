/// A list of waiting tasks or observers: intrusive, first come, first served.
#pragma once

#include "rt/intrusive_list.hpp"
#include "rt/ready.hpp"

#include <coroutine>
#include <utility>

namespace arun {

class TaskBase;
class WaitList;

/// An entry of a WaitList, by default the wait of a task. An observer that is not a task overrides notify()
/// and is linked by WaitList::add(). Unlinks itself when it is destroyed.
class WaitNode : public Suspension {
public:
    bool linked() const noexcept { return list_ != nullptr; }
    inline void unlink() noexcept;

    /// Called when the awaited event has happened, inside the code that made it happen; the node is unlinked
    /// already. May make something ready, and must do nothing else. By default wakes the task.
    virtual void notify() noexcept;
    /// Unlinks, and wakes the task with CancelledError. Returns false if the node is no longer linked.
    bool cancel() noexcept override;
    /// The task that waits. Null for an observer, and before the task has suspended.
    TaskBase* task() const noexcept { return task_; }

protected:
    WaitNode() noexcept = default;
    ~WaitNode() { unlink(); }

    /// The running task suspends at `frame` and waits in `list`.
    void suspend(std::coroutine_handle<> frame, WaitList& list) noexcept;
    /// Called first in await_resume(): throws CancelledError if cancel() ended the wait.
    void check_cancelled() const;

    TaskBase* task_ = nullptr;  ///< the task that waits, once it has suspended

private:
    friend class WaitList;
    WaitList* list_ = nullptr;
    detail::ListLinks<WaitNode> links_;
};

/// Must not move while nodes are linked.
class WaitList {
public:
    bool empty() const noexcept { return nodes_.empty(); }
    /// Appends `node`. Precondition: !node.linked().
    void add(WaitNode& node) noexcept {
        node.list_ = this;
        nodes_.push_back(node);
    }
    /// Unlinks and notifies the first node. Returns false if the list is empty.
    bool notify_one() noexcept {
        if (empty()) return false;
        WaitNode& node = *nodes_.first();
        node.unlink();
        node.notify();
        return true;
    }
    void notify_all() noexcept {
        while (notify_one()) {
        }
    }
    /// Visits the nodes in order. `visit` must not change the list.
    template <class F>
    void for_each(F&& visit) const {
        for (WaitNode* node = nodes_.first(); node != nullptr; node = nodes_.next(*node)) visit(*node);
    }

private:
    friend class WaitNode;
    detail::IntrusiveList<WaitNode, &WaitNode::links_> nodes_;
};

inline void WaitNode::unlink() noexcept {
    if (list_ != nullptr) std::exchange(list_, nullptr)->nodes_.remove(*this);
}

}  // namespace arun
