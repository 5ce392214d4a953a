/// A scheduled coroutine without its result type: what the loop, the scopes and the layers above handle.
#pragma once

#include "rt/context.hpp"
#include "rt/errors.hpp"
#include "rt/frame_pool.hpp"
#include "rt/intrusive_list.hpp"
#include "rt/ready.hpp"
#include "rt/ref.hpp"
#include "rt/wait_list.hpp"

#include <coroutine>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace arun {

class Loop;
class TaskBase;
class TaskOwner;

namespace detail {

/// The scheduler's registers, one set per thread.
///
/// Coroutines never resume each other: symmetric transfer overflows the stack where the compiler does not
/// make it a jump, as g++ 12 does not without optimisation. An await stores the next coroutine here and
/// suspends; the task's step resumes it, until there is no next one.
struct Running {
    std::coroutine_handle<> next;  ///< resumed when the running coroutine has suspended
    TaskBase* task = nullptr;      ///< asyncio.current_task()
    Loop* loop = nullptr;          ///< asyncio.get_running_loop()
    bool raised = false;    ///< the coroutine that ended last ended with the exception stored in the loop
    bool finished = false;  ///< the task's outermost coroutine has ended
};

extern constinit thread_local Running running;

/// Called in a catch handler: stores the exception that the coroutine ends with.
void store_exception() noexcept;
/// Throws the stored exception. Precondition: running.raised.
[[noreturn]] void throw_stored_exception();

/// The destination of a coroutine's outcome. For an awaited coroutine it is in the parent's frame, and
/// `continuation` is the parent. For a task's outermost coroutine it is the task, and `continuation` is where
/// the task goes on, null while it runs.
struct Slot {
    std::coroutine_handle<> continuation;
};

/// Room for a result. Empty until set().
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

/// State and cancellation as in CPython's Task, whose comments are worth reading. A task belongs to its
/// loop's thread. Its owner holds a reference until the task is done.
class TaskBase : public ReadyNode,
                 public detail::Slot,
                 public detail::RefCounted<TaskBase>,
                 public FramePooled {
public:
    bool done() const noexcept { return state_ >= State::returned; }
    /// Done, and ended with CancelledError.
    bool cancelled() const noexcept { return state_ == State::cancelled; }

    /// Requests cancellation: CancelledError is thrown where the task waits, on the loop's next iteration.
    /// The task may catch it. A task that has not started never starts. Inside a ShieldScope the request is
    /// deferred until the scope ends. Returns false if the task is done.
    bool cancel() noexcept { return cancel_from(0); }
    /// cancel() by a timeout or group that was entered when the task's shield_depth() was `depth`: only
    /// shields inside of it defer the request.
    bool cancel_from(unsigned depth) noexcept;
    /// The number of cancel requests, less uncancel() calls.
    int cancelling() const noexcept { return cancel_requests_; }
    /// cancelling() without the deferred requests, which the code inside the shield does not see yet.
    int pending_cancel_requests() const noexcept;
    /// Withdraws one request; called by the party that made it. Returns the number that remain. If none
    /// remains, an undelivered CancelledError is dropped (as in CPython 3.13).
    int uncancel() noexcept;

    /// The error that the task ended with, null if it returned. Throws InvalidStateError if it is not done,
    /// CancelledError if it was cancelled.
    std::exception_ptr exception();
    /// The same without exceptions: null also if the task is not done, or was cancelled.
    std::exception_ptr error() noexcept;

    /// The task's own context, as a handle.
    Context context() { return context_.context(); }
    ContextSlot& context_slot() noexcept { return context_; }

    /// Precondition: owner() is not null.
    Loop& loop() const noexcept;
    /// The loop's own tasks or a group's children. Null when the task is done and the owner was notified.
    TaskOwner* owner() const noexcept { return owner_; }
    /// The task that is to await this one, if its owner is a group; otherwise null.
    TaskBase* parent() const noexcept;
    /// The number of tasks that the owner had created before.
    std::uint32_t index() const noexcept { return index_; }
    /// There is no room for the coroutine's result; see TaskOwner::spawn_discarding().
    bool discards_result() const noexcept { return discards_result_; }
    bool from_outside() const noexcept final { return from_outside_; }
    /// All that the task does is to bring something in from outside, see Journal.
    void set_from_outside() noexcept { from_outside_ = true; }
    /// The number of ShieldScopes that the task is in.
    unsigned shield_depth() const noexcept { return shields_; }
    /// An ancestor of the task is in a ShieldScope.
    bool inside_shield() const noexcept;
    /// The wait that the task is in, or null.
    Suspension* waiting() const noexcept { return state_ == State::waiting ? waiting_ : nullptr; }

    // For awaiters.

    /// Suspends the running task at `frame` until wake(). Called in await_suspend().
    void suspend(std::coroutine_handle<> frame, Suspension& on) noexcept {
        continuation = frame;
        waiting_ = &on;
        state_ = State::waiting;
    }
    /// Suspends the running task at `frame` for one iteration of the loop. Defined in rt/loop.hpp.
    inline void requeue(std::coroutine_handle<> frame) noexcept;
    /// The wait is over, and unlinked: the task becomes ready. No effect unless the task waits.
    void wake() noexcept;
    /// The same for a wait that cancel() ended.
    void wake_cancelled() noexcept {
        must_cancel_ = true;
        wake();
    }
    /// Called first in await_resume() after a suspension: throws CancelledError if cancel() ended the wait.
    void check_cancelled() {
        if (must_cancel_) [[unlikely]]
            throw_cancelled();
    }
    /// The next await_resume() throws CancelledError. Precondition: the task is running.
    bool cancel_due() const noexcept { return must_cancel_; }
    /// Makes the next await_resume() throw it again: for code that has caught a CancelledError, but ends with
    /// an error that came before it. Precondition: the task is running.
    void restore_cancel() noexcept { must_cancel_ = true; }
    /// Keeps the task's error from the loop's exception handler.
    void ignore_error() noexcept { retrieved_ = true; }
    /// `node` is notified when the task is done. Precondition: !done().
    void add_waiter(WaitNode& node) noexcept { waiters_.add(node); }

    void run() noexcept final;
    void drop() noexcept final;

protected:
    explicit TaskBase(ContextSlot context, bool discards_result = false) noexcept
        : context_(std::move(context)), discards_result_(discards_result) {}
    virtual ~TaskBase();

    /// Throws the task's error, CancelledError if it was cancelled, InvalidStateError if it is not done.
    void require_result();

private:
    friend RefCounted;
    friend class TaskOwner;
    friend class ShieldScope;
    friend class Loop;
    friend bool task_before(const TaskBase& a, const TaskBase& b) noexcept;

    /// A task is done in those from `returned` on.
    enum class State : std::uint8_t { ready, waiting, running, returned, failed, cancelled };

    [[noreturn]] void throw_cancelled();
    bool shielded_from(unsigned depth) const noexcept;
    void deliver_cancel() noexcept;
    void defer_cancel(unsigned depth) noexcept;
    void leave_shield() noexcept;
    void break_shields() noexcept;
    /// The outermost coroutine has ended.
    void coroutine_ended() noexcept;
    /// Ends the task: notifies its waiters and its owner.
    void finish(State end, std::exception_ptr error) noexcept;
    void set_outcome(State end, std::exception_ptr error) noexcept;
    void leave_owner() noexcept;
    /// Ends the task at once by destroying its frames.
    void abandon() noexcept;

    std::uint32_t index_ = 0;  // first, for it fits into the padding behind the count of references
    WaitList waiters_;
    union {
        std::coroutine_handle<> root_ =
            nullptr;                ///< the outermost coroutine, which frees itself when it ends
        std::exception_ptr error_;  ///< once the task is done
    };
    TaskOwner* owner_ = nullptr;
    detail::ListLinks<TaskBase> siblings_;
    ContextSlot context_;
    std::uint16_t cancel_requests_ = 0;
    std::uint16_t shields_ = 0;
    std::uint16_t deferred_cancels_ = 0;  ///< counts of deferred cancel_from(depth), four bits per depth
    State state_ = State::ready;
    bool must_cancel_ : 1 = false;
    bool started_ : 1 = false;
    bool abandoned_ : 1 = false;  ///< ended while in the ready queue, which holds a reference
    bool retrieved_ : 1 = false;  ///< the outcome was retrieved
    bool discards_result_ : 1 = false;
    bool from_outside_ : 1 = false;

public:
    /// Free for the layer above, which keeps the task's job here. Children do not inherit it.
    void* user = nullptr;
};

// A million sleepers are a million of these.
static_assert(sizeof(void*) != 8 || sizeof(TaskBase) == 96);

/// Orders the tree of tasks: parents before children, siblings in the order of their creation.
/// Precondition: neither task is done.
bool task_before(const TaskBase& a, const TaskBase& b) noexcept;

/// The running task. Throws std::runtime_error ("no running task") outside of a task.
TaskBase& current_task();

/// A task and its result.
template <class T>
class TaskState final : public TaskBase {
public:
    explicit TaskState(ContextSlot context, bool discards_result = false) noexcept
        : TaskBase(std::move(context), discards_result) {}

    /// A reference to the result. Throws as require_result().
    decltype(auto) result() {
        require_result();
        if constexpr (!std::is_void_v<T>) return store.get();
    }

    [[no_unique_address]] detail::ResultStore<T> store;
};

namespace detail {

/// The result of a task that has returned: moved if there is no other reference, or if it cannot be copied.
template <class T>
T take_result(TaskState<T>& state) {
    if constexpr (std::is_void_v<T> || std::is_reference_v<T>) {
        return state.result();
    } else if constexpr (!std::is_copy_constructible_v<T>) {
        return std::move(state.result());
    } else {
        if (state.shared()) return state.result();
        return std::move(state.result());
    }
}

}  // namespace detail

}  // namespace arun
