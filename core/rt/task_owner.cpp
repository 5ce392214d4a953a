#include "rt/task_owner.hpp"

#include "rt/loop.hpp"

namespace arun {

TaskOwner::TaskOwner(Loop& loop, TaskBase* parent) noexcept
    : loop_(loop),
      parent_(parent),
      previous_owner_(loop.last_owner_),
      number_(loop.owners_made_++),
      depth_(parent != nullptr && parent->owner() != nullptr ? parent->owner()->depth_ + 1 : 0) {
    (previous_owner_ != nullptr ? previous_owner_->next_owner_ : loop_.first_owner_) = this;
    loop_.last_owner_ = this;
}

TaskOwner::~TaskOwner() {
    abandon_all();
    (previous_owner_ != nullptr ? previous_owner_->next_owner_ : loop_.first_owner_) = next_owner_;
    (next_owner_ != nullptr ? next_owner_->previous_owner_ : loop_.last_owner_) = previous_owner_;
}

void TaskOwner::abandon_all() noexcept {
    // Youngest first: the older ones may hold what the younger ones use.
    while (last_ != nullptr) last_->abandon();
}

void TaskOwner::adopt(TaskBase& task, std::coroutine_handle<> root) noexcept {
    task.add_ref();
    task.core_.root = root;
    task.continuation = root;
    task.owner_ = this;
    task.index_ = next_index_++;
    task.previous_sibling_ = last_;
    (last_ != nullptr ? last_->next_sibling_ : first_) = &task;
    last_ = &task;
    ++size_;
    loop_.call_soon(task);
}

void TaskOwner::remove(TaskBase& task) noexcept {
    TaskBase* const before = task.previous_sibling_;
    TaskBase* const after = task.next_sibling_;
    (before != nullptr ? before->next_sibling_ : first_) = after;
    (after != nullptr ? after->previous_sibling_ : last_) = before;
    task.previous_sibling_ = task.next_sibling_ = nullptr;
    --size_;
}

bool task_before(const TaskBase& a, const TaskBase& b) noexcept {
    const TaskBase* x = &a;
    const TaskBase* y = &b;
    while (x->owner_->depth_ > y->owner_->depth_) x = x->owner_->parent_;
    if (x == &b) return false;  // the same, or b is an ancestor
    while (y->owner_->depth_ > x->owner_->depth_) y = y->owner_->parent_;
    if (y == &a) return true;
    while (x->owner_ != y->owner_) {
        const TaskOwner* p = x->owner_;
        const TaskOwner* q = y->owner_;
        if (p->parent_ == q->parent_) return p->number_ < q->number_;
        x = p->parent_;
        y = q->parent_;
    }
    // Numbers wrap around after four billion, siblings do not live that long.
    return static_cast<std::int32_t>(x->index_ - y->index_) < 0;
}

}  // namespace arun
