#include "jobs/children.hpp"

#include "rt/errors.hpp"
#include "rt/sleep.hpp"
#include "rt/task.hpp"

#include <unordered_set>

namespace arun::jobs {

Children::Children(const Scope& scope, std::uint64_t limit)
    : scope_(scope),
      limit_(limit == 0 ? max_live : limit),
      cancels_before_(current_task().pending_cancel_requests()) {}

Coro<> Children::room() {
    if (live_ < limit_) {
        started();
        co_await yield();
    }
    while (live_ >= limit_) {
        room_.clear();
        co_await room_.wait();
        // As asyncio.Semaphore: room is made on the turn after the child's end, and used on the next.
        co_await yield();
    }
}

void Children::start(Coro<> child) {
    ++live_;
    started();
    group_.start(std::move(child));
}

void Children::ended() noexcept {
    --live_;
    room_.set();
}

FailurePtr Children::failure() const {
    if (failures_.size() < 2) return failures_.empty() ? nullptr : failures_.front();
    auto first = std::make_shared<Failure>(*failures_.front());
    // Several may have waited for one background job that failed.
    std::unordered_set<const bool*> known{first->told.get()};
    for (const auto& other : first->others) known.insert(other->told.get());
    for (auto other = failures_.begin() + 1; other != failures_.end(); ++other)
        if (known.insert((*other)->told.get()).second) first->others.push_back(*other);
    return first;
}

Coro<> Children::join(std::exception_ptr body_error) {
    try {
        co_await group_.join(body_error);
    } catch (const ExceptionGroup& group) {
        // Children with a ChildEnd have reported their failures.
        if (failures_.empty()) {
            for (auto& error : group.exceptions()) {
                try {
                    std::rethrow_exception(error);
                } catch (const std::exception&) {
                    failures_.push_back(current_failure(scope_));
                }
            }
        }
    }
    if (current_task().pending_cancel_requests() > cancels_before_) throw CancelledError();
}

}  // namespace arun::jobs
