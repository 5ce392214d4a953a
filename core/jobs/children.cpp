#include "jobs/children.hpp"

#include "jobs/background.hpp"
#include "jobs/engine.hpp"
#include "rt/errors.hpp"
#include "rt/loop.hpp"
#include "rt/sleep.hpp"
#include "rt/task.hpp"

#include <algorithm>
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

void Children::failed(std::uint64_t index, FailurePtr failure) {
    failures_.push_back({Loop::get_running().time(), index, std::move(failure),
                         current_task().pending_cancel_requests() > 0});
}

FailurePtr Children::failure() {
    if (failures_.empty()) return nullptr;
    std::stable_sort(failures_.begin(), failures_.end());
    if (failures_.size() == 1) return failures_.front().failure;
    auto first = std::make_shared<Failure>(*failures_.front().failure);
    // Several may have waited for one background job that failed.
    std::unordered_set<const Telling*> known{first->telling.get()};
    for (const auto& other : first->others) known.insert(other->telling.get());
    for (std::size_t i = 1; i < failures_.size(); ++i) {
        const auto& other = failures_[i].failure;
        if (known.insert(other->telling.get()).second) first->others.push_back(other);
    }
    return first;
}

Coro<> Children::join(std::exception_ptr body_error, Failing failing) {
    try {
        co_await group_.join(body_error);
    } catch (const ExceptionGroup& group) {
        // Children with a ChildEnd have reported their failures.
        if (failures_.empty()) {
            for (auto& error : group.exceptions()) {
                try {
                    std::rethrow_exception(error);
                } catch (const std::exception&) {
                    failed(failures_.size(), current_failure(scope_));
                }
            }
        }
    } catch (const CancelledError&) {
        // Thrown below.
    }
    if (current_task().pending_cancel_requests() <= cancels_before_) co_return;
    const auto failed_before = [&](const Failed& child) {
        return !child.cancelled && child.time <= group_.cancelled_at();
    };
    if (failing == Failing::group && std::ranges::any_of(failures_, failed_before)) {
        current_task().restore_cancel();
        co_return;
    }
    for (const auto& child : failures_) drop(scope_.engine(), *child.failure);
    throw CancelledError();
}

}  // namespace arun::jobs
