/// A scheduled coroutine without its type: what the loop, the scopes and the scripts' layer handle.
#pragma once

#include "rt/context.hpp"
#include "rt/errors.hpp"
#include "rt/ready.hpp"
#include "rt/running.hpp"
#include "rt/wait_list.hpp"

#include <coroutine>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace arun {

class TaskOwner;

namespace detail {

/// Where a coroutine's outcome goes. Of an awaited coroutine: in its parent's frame; `continuation` is
/// the parent. Of a task's outermost coroutine: the task itself; `continuation` is where the task goes
/// on, and null while it runs.
struct Slot {
    std::coroutine_handle<> continuation;
};

/// Room for a result. Empty until set(), and again after take().
template <class T>
class ResultStore {
    using Stored = std::conditional_t<std::is_reference_v<T>, std::remove_reference_t<T>*, T>;

public:
    template <class U>
    void set(U&& value) {
        if constexpr (std::is_reference_v<T>) {
            value_ = std::addressof(value);
        } else {
            value_.emplace(std::forward<U>(value));
        }
    }
    decltype(auto) get() noexcept {
        if constexpr (std::is_reference_v<T>) {
            return static_cast<T>(**value_);
        } else {
            return static_cast<T&>(*value_);
        }
    }

private:
    std::optional<Stored> value_;
};

template <>
class ResultStore<void> {};

}  // namespace detail

/// State and cancellation as in CPython's Task; the comments there are worth reading. A task belongs
/// to its loop's thread. It is counted: its owner holds a reference until it is done, handles hold
/// theirs.
class TaskBase : public ReadyNode, public detail::Slot, public FramePooled {
public:
    bool done() const noexcept { return state_ >= State::returned; }
    /// Done, and with a CancelledError.
    bool cancelled() const noexcept { return state_ == State::cancelled; }

    /// Asks the task to cancel itself: CancelledError is thrown where it waits, on its next turn. False
    /// if it is done. Not a promise: the task may catch it. Cancelled before its first turn, the body
    /// never starts. Inside a ShieldScope the request is kept until the scope ends.
    bool cancel() noexcept { return cancel_from(0); }
    /// The same for a scope (a timeout, a group) that was made when the task's shield_depth() was
    /// `depth`: only shields inside the scope hold it back.
    bool cancel_from(unsigned depth) noexcept;
    /// Requests so far, less uncancel() calls.
    int cancelling() const noexcept { return cancels_; }
    /// The same without those that a shield holds back at the moment: to whom is in the shield, they have
    /// not been made yet.
    int pending_cancel_requests() const noexcept;
    /// Takes back one request, by the party that made it; gives the number that remain. With the last of
    /// them goes what has not been delivered yet (as in CPython from 3.13 on).
    int uncancel() noexcept;

    /// What it ended with, null if it returned. Throws InvalidStateError if it is not done, and
    /// CancelledError if it was cancelled, as asyncio does.
    std::exception_ptr exception();
    /// The same for groups, which look at many outcomes: null too if it is not done or was cancelled.
    std::exception_ptr error() noexcept;

    /// The task's own context, as a handle.
    Context context() { return context_.context(); }
    ContextSlot& context_slot() noexcept { return context_; }

    /// Of a task that is not done.
    Loop& loop() const noexcept;
    /// Who awaits it in the end: the loop, or a group. Null once it is done and the owner knows.
    TaskOwner* owner() const noexcept { return owner_; }
    /// How many tasks the owner had made before.
    std::uint32_t index() const noexcept { return index_; }
    /// There is no room for what its coroutine returns: see TaskOwner::spawn_discarding().
    bool discards_result() const noexcept { return discards_result_; }
    /// ShieldScopes that the task is in.
    unsigned shield_depth() const noexcept { return shields_; }
    /// A task that it is a child of, near or far, is in a ShieldScope.
    bool inside_shield() const noexcept;
    /// What it waits on, or null.
    Suspension* waiting() const noexcept { return state_ == State::waiting ? waiting_ : nullptr; }

    /// For the layer above: the job that the task runs. Children do not inherit it.
    void* user = nullptr;

    // For awaiters.

    /// The running task stops at `frame` until wake(). Called in await_suspend().
    void suspend(std::coroutine_handle<> frame, Suspension& on) noexcept {
        continuation = frame;
        waiting_ = &on;
        state_ = State::waiting;
    }
    /// The running task stops at `frame` and is ready again: one turn of the loop.
    inline void requeue(std::coroutine_handle<> frame) noexcept;  // in rt/loop.hpp
    /// What the task waits on is done, and unlinked. Nothing if it does not wait.
    void wake() noexcept;
    /// The wait was ended by cancel().
    void wake_cancelled() noexcept {
        must_cancel_ = true;
        wake();
    }
    /// Called first in await_resume() after a suspension: throws CancelledError if that is why.
    void check_cancelled() {
        if (must_cancel_) [[unlikely]]
            throw_cancelled();
    }
    /// Whatever it ends with is not for the exception handler.
    void ignore_error() noexcept { seen_ = true; }
    /// `node` is notified when the task is done. It must not be.
    void add_waiter(WaitNode& node) noexcept { waiters_.add(node); }

    void add_ref() noexcept { ++refs_; }
    /// More than one reference is out.
    bool shared() const noexcept { return refs_ > 1; }
    void release() noexcept {
        if (--refs_ == 0) delete this;
    }

    void run() noexcept final;
    void drop() noexcept final;

protected:
    explicit TaskBase(ContextSlot context, bool discards_result = false) noexcept
        : context_(std::move(context)), discards_result_(discards_result) {}
    virtual ~TaskBase();

    /// Throws what the task ended with; InvalidStateError if it is not done.
    void require_result();

private:
    friend class TaskOwner;
    friend class ShieldScope;
    friend class Loop;
    friend bool task_before(const TaskBase& a, const TaskBase& b) noexcept;

    /// Those from `returned` on are the ends.
    enum class State : std::uint8_t { ready, waiting, running, returned, failed, cancelled };

    /// The outermost coroutine, which frees itself when it ends; once the task is done, its error.
    union Core {
        std::coroutine_handle<> root;
        std::exception_ptr error;
        Core() noexcept : root(nullptr) {}
        ~Core() {}
    };

    [[noreturn]] void throw_cancelled();
    bool shielded_from(unsigned depth) const noexcept;
    void deliver_cancel() noexcept;
    void keep_cancel(unsigned depth) noexcept;
    void leave_shield() noexcept;
    void break_shields() noexcept;
    void end() noexcept;
    void conclude(State end, std::exception_ptr error) noexcept;
    void finish(State end, std::exception_ptr error) noexcept;
    /// Tells the owner that it is done, and leaves it.
    void settle() noexcept;
    /// Ends the task at once by destroying its frames.
    void abandon() noexcept;

    WaitList waiters_;
    Core core_;
    TaskOwner* owner_ = nullptr;
    TaskBase* next_sibling_ = nullptr;
    TaskBase* previous_sibling_ = nullptr;
    ContextSlot context_;
    std::uint32_t index_ = 0;
    std::uint32_t refs_ = 0;
    std::uint16_t cancels_ = 0;
    std::uint16_t shields_ = 0;
    std::uint16_t kept_cancels_ = 0;  ///< four bits a depth: the cancel_from(depth) that shields hold back
    State state_ = State::ready;
    bool must_cancel_ : 1 = false;
    bool started_ : 1 = false;
    bool abandoned_ : 1 = false;  ///< ended while in the ready queue, which holds a reference
    bool seen_ : 1 = false;       ///< somebody has asked for the outcome
    bool discards_result_ : 1 = false;
};

// A million sleepers are a million of these.
static_assert(sizeof(void*) != 8 || sizeof(TaskBase) == 96);

/// True if `a` stands before `b` in the tree of tasks: parents before children, siblings in the order
/// of their creation. Both must not be done.
bool task_before(const TaskBase& a, const TaskBase& b) noexcept;

/// The running task; throws std::runtime_error ("no running task") outside of one.
TaskBase& current_task();

/// A task and its result.
template <class T>
class TaskState final : public TaskBase {
public:
    explicit TaskState(ContextSlot context, bool discards_result = false) noexcept
        : TaskBase(std::move(context), discards_result) {}

    /// Throws what the task ended with.
    decltype(auto) result() {
        require_result();
        if constexpr (!std::is_void_v<T>) return store.get();
    }

    [[no_unique_address]] detail::ResultStore<T> store;
};

}  // namespace arun
