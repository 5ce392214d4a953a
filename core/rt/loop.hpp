/// The event loop.
#pragma once

#include "base/duration.hpp"
#include "rt/callbacks.hpp"
#include "rt/clock.hpp"
#include "rt/errors.hpp"
#include "rt/journal.hpp"
#include "rt/ready.hpp"
#include "rt/task.hpp"
#include "rt/timer_queue.hpp"
#include "rt/wait_list.hpp"
#include "rt/waker.hpp"

#include <cstdint>
#include <exception>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

struct uv_loop_s;

namespace arun {

struct LoopOptions {
    bool debug = false;
    ClockMode clock = ClockMode::real;
    std::optional<Clock::WallTime> start_time;
    /// The program is nothing but this loop: it may change what belongs to the whole process, to do more than
    /// it can do as a guest. The limit of descriptors is raised, and waits of the thread are exact. From the
    /// first Process on, all children of the process belong to the loop: SIGCHLD and SIGTSTP are handled for
    /// them, zombies are reaped, and what has left its group comes back when its parent ends
    /// (PR_SET_CHILD_SUBREAPER) and is ended by Runner::close(). A second process kills the groups if this
    /// one is killed.
    bool owns_process = false;
    /// Must outlive the loop. Null: the loop runs on its own.
    Journal* journal = nullptr;
    /// Nothing outside of the loop takes part: what counts as pending I/O elsewhere depends on timers alone.
    /// So a virtual clock always jumps.
    bool no_outside = false;
};

class Backend;

/// State that a part of the runtime keeps for each loop (its executor, its generators), created on first use.
class LoopExtension {
public:
    virtual ~LoopExtension() = default;
    /// The order in which Runner::close() shuts extensions down, after it has cancelled all tasks.
    enum class Phase : std::uint8_t { asyncgens, executor, io };
    virtual Phase phase() const noexcept = 0;
    /// An exception leaves Runner::close(), after everything else is closed.
    virtual Coro<> shutdown() = 0;
    /// Called on the loop's thread after waker().wake(), for whatever reason.
    virtual void woken() noexcept {}
};

/// One thread's scheduler. An iteration first makes ready what timers and I/O wake, then runs the tasks and
/// callbacks that are ready. Other threads may use only call_soon_threadsafe() and waker().
class Loop {
public:
    explicit Loop(LoopOptions options = {});
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;
    ~Loop();

    /// The loop that runs on this thread, or null.
    static Loop* running() noexcept { return detail::running.loop; }
    /// The same, but throws std::runtime_error ("no running event loop").
    static Loop& get_running();

    /// Loop time: the time since the loop was created, real or virtual.
    Duration time() const noexcept {
        if (journal_ != nullptr) [[unlikely]]
            return journal_->now(clock_);
        return clock_.now();
    }
    /// Loop time `delay` from now, Duration::max() if that is too far away.
    Duration time_after(Duration delay) const noexcept {
        const Duration now = time();
        return delay < Duration::max() - now ? now + delay : Duration::max();
    }
    /// The time of day that corresponds to time().
    Clock::WallTime wall_time() const noexcept {
        if (journal_ != nullptr) [[unlikely]]
            return clock_.wall_time_at(time());
        return clock_.wall_time();
    }
    Journal* journal() const noexcept { return journal_; }
    /// time() as it would be without a journal.
    Duration time_outside() const noexcept { return clock_.now(); }
    /// For a journal that replays: what is due by `now` expires.
    void replay_timers(Duration now) noexcept { pop_timers(now); }
    /// The same: tasks in settle() have waited long enough.
    void replay_settle() {
        if (!settling_.empty()) wake_settled();
    }
    /// The same: a signal has come.
    void replay_wake() {
        if (wake_handler_) wake_handler_();
    }
    ClockMode clock_mode() const noexcept { return clock_.mode(); }
    /// See LoopOptions.
    bool owns_process() const noexcept { return owns_process_; }

    void call_soon(ReadyNode& node) noexcept { ready_.push(node); }
    /// Calls `function` on the next iteration, in a copy of the current context. Exceptions go to the
    /// exception handler.
    template <class F>
        requires std::is_invocable_v<F&>
    void call_soon(F function) {
        check_open();
        ready_.push(*new detail::SoonCall<F>(std::move(function)));
    }
    /// The same at loop time `when`, never earlier.
    template <class F>
        requires std::is_invocable_v<F&>
    TimerHandle call_at(Duration when, F function) {
        check_open();
        return arm_call(detail::make_ref<detail::TimedCallOf<F>>(*this, std::move(function)), when);
    }
    template <class F>
        requires std::is_invocable_v<F&>
    TimerHandle call_later(Duration delay, F function) {
        return call_at(time_after(delay), std::move(function));
    }
    /// Thread-safe. Calls `function` on the loop's thread. The loop must outlive the call. A loop that waits
    /// for nothing else is in a deadlock, unless a PendingIoGuard exists.
    void call_soon_threadsafe(std::function<void()> function);

    /// Timers without a function. A node must be disarmed, or have expired, before it is destroyed.
    void arm(TimerNode& node, Duration when) { timers_.insert(node, when); }
    void disarm(TimerNode& node) noexcept { timers_.erase(node); }

    /// Yielding would have no effect: nothing else is ready, no timer is due, and the waker was not called.
    bool is_idle() noexcept {
        if (!ready_.empty() || !batch_.empty() || !settling_.empty() || waker_.called()) return false;
        if (steps_left_ != unlimited || debug_ || stopping_ || journal_ != nullptr) return false;
        poll_if_due();
        return ready_.empty();
    }

    /// Runs until the task is done, and one iteration more. The outcome stays in the task. Throws
    /// DeadlockError, and LoopStopped if stop() comes first.
    void run_until_complete(TaskBase& task);
    /// Runs until all of the loop's own tasks are done. Throws as run_until_complete().
    void run_until_idle();
    /// Runs what is ready, and what that makes ready, to the end of this instant; see settle(). Does not
    /// block. Throws LoopStopped if stop() comes first.
    void run_until_settled();
    /// For so many iterations at most settle() and run_until_settled() wait for tasks that are always ready.
    static constexpr std::uint32_t max_settle_iterations = 10'000;
    /// Where the running task waits in settle().
    WaitList& enter_settling() noexcept {
        if (settling_.empty()) settle_iterations_ = 0;
        return settling_;
    }
    /// run_until_complete() throws LoopStopped after the current iteration.
    void stop() noexcept { stopping_ = true; }
    /// stop() after `steps` more steps of tasks and callbacks. Tests use it to tear down after every step.
    void stop_after(std::uint64_t steps) noexcept {
        steps_left_ = steps;
        out_of_steps_ = false;
    }
    /// The steps of the last stop_after() are used up. The last of them may have completed the loop's task.
    bool out_of_steps() const noexcept { return out_of_steps_; }
    bool is_running() const noexcept { return detail::running.loop == this; }

    /// Destroys the remaining tasks with their frames, the callbacks and the back end. Idempotent. Throws
    /// std::runtime_error if the loop is running.
    void close();
    bool closed() const noexcept { return closed_; }
    /// Throws std::runtime_error ("Event loop is closed").
    void check_open() const {
        if (closed_) [[unlikely]]
            throw_closed();
    }

    /// The tasks of create_task().
    TaskOwner& tasks() noexcept { return tasks_; }
    /// Visits every task that is not done, including the children of groups, owner by owner in the order of
    /// the owners' creation. `visit` may cancel tasks.
    template <class F>
    void for_each_task(F&& visit) {
        for (TaskOwner* owner = owners_.first(); owner != nullptr; owner = owners_.next(*owner)) {
            owner->for_each(visit);
        }
    }
    /// Voids all ShieldScopes, present and future, and cancels every task that is or will be inside one.
    void break_shields() noexcept;
    /// Shields hold again from now on.
    void restore_shields() noexcept { shields_broken_ = false; }
    bool shields_broken() const noexcept { return shields_broken_; }

    /// libuv's loop, opened on first use. Throws EventLoopError if that fails. Callbacks must not throw:
    /// they make something ready, and store errors for the waiting task. Close callbacks free the handles. A
    /// task that waits for real I/O keeps a PendingIoGuard.
    uv_loop_s* uv();

    /// While one exists, real I/O is pending (a child, a socket, a file, a thread): the virtual clock moves
    /// at real speed, and waiting is no deadlock.
    class [[nodiscard]] PendingIoGuard {
    public:
        PendingIoGuard() noexcept = default;
        explicit PendingIoGuard(Loop& loop) noexcept : loop_(&loop) { loop.hold_io(); }
        PendingIoGuard(PendingIoGuard&& other) noexcept : loop_(std::exchange(other.loop_, nullptr)) {}
        PendingIoGuard& operator=(PendingIoGuard&& other) noexcept {
            std::swap(loop_, other.loop_);
            return *this;
        }
        ~PendingIoGuard() { release(); }
        void release() noexcept {
            if (loop_ != nullptr) std::exchange(loop_, nullptr)->release_io();
        }

    private:
        Loop* loop_ = nullptr;
    };
    bool io_pending() const noexcept { return pending_io_ > 0; }

    /// Called before the loop blocks. Exceptions leave run_until_complete().
    std::function<void()> before_block;
    /// Called before the virtual clock jumps to `next`. May make something ready instead, and call
    /// delay_next_timer().
    std::function<void(Duration next)> before_jump;
    /// When the next timer is due; Duration::max() if there is none.
    Duration next_timer() const noexcept { return timers_.next_deadline(); }
    /// The timer that is due next, the first of several, fires so much later. Precondition: there is one.
    void delay_next_timer(Duration by);
    /// The longest time for which the loop blocks at once; it blocks again if nothing has happened. A day
    /// means no limit: CLOCK_MONOTONIC could not represent every later deadline.
    static constexpr Duration unlimited_block = std::chrono::hours(24);
    Duration max_block = unlimited_block;
    Waker& waker() noexcept { return waker_; }
    /// Called on the loop's thread after waker().wake(). The Runner takes signals there.
    void set_wake_handler(std::function<void()> handler) { wake_handler_ = std::move(handler); }

    /// asyncio's call_exception_handler: for errors that no task awaits. Without a handler they are dropped,
    /// because this library never prints.
    using ExceptionHandler = std::function<void(std::string_view message, std::exception_ptr error)>;
    void set_exception_handler(ExceptionHandler handler) { exception_handler_ = std::move(handler); }
    void call_exception_handler(std::string_view message, std::exception_ptr error) noexcept;

    bool debug() const noexcept { return debug_; }
    void set_debug(bool debug) noexcept { debug_ = debug; }
    /// In debug mode receives the loop's decisions, slow steps, and coroutines that were never awaited.
    std::function<void(std::string_view)> debug_log;
    /// In debug mode a step that takes longer is logged.
    Duration slow_callback_duration = std::chrono::milliseconds(100);
    /// Logs in debug mode.
    void log(std::string_view message) noexcept;
    /// The same for a message that make_message() computes, in debug mode only.
    template <class F>
        requires std::is_invocable_v<F&>
    void log(F make_message) noexcept {
        if (!debug_ || !debug_log) return;
        try {
            debug_log(make_message());
        } catch (...) {
            // A failing log must not fail the code that logs.
        }
    }

    /// The loop's E, created by E(Loop&) on first use.
    template <class E>
    E& extension() {
        static char key;  // its address identifies E
        if (LoopExtension* found = find_extension(&key)) return static_cast<E&>(*found);
        return static_cast<E&>(add_extension(&key, std::make_unique<E>(*this)));
    }
    /// Shuts the extensions down, phase by phase.
    Coro<> shutdown_extensions();

private:
    friend class TaskBase;
    friend class TaskOwner;
    friend class detail::TimedCall;
    friend void detail::store_exception() noexcept;
    friend void detail::throw_stored_exception();

    class StopWhenDone;

    static constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

    struct Extension {
        const void* key;
        std::unique_ptr<LoopExtension> object;
    };

    [[noreturn]] static void throw_closed();
    TimerHandle arm_call(detail::Ref<detail::TimedCall> call, Duration when);
    void forget_call(detail::TimedCall& call) noexcept;
    LoopExtension* find_extension(const void* key) noexcept;
    LoopExtension& add_extension(const void* key, std::unique_ptr<LoopExtension> extension);

    void check_may_run() const;
    void run_once();
    void run_batch() noexcept;
    void run_batch_timed() noexcept;
    void run_batch_journaled();
    void replay_once();
    bool count_step() noexcept;
    void drain_wakeups();
    void poll_if_due() noexcept;
    void expire_until(Duration now) noexcept;
    void pop_timers(Duration now) noexcept;
    bool instant_is_over() noexcept;
    void wake_settled();
    void wait();
    void block(Duration now);
    Backend& backend();
    void hold_io() noexcept;
    void release_io() noexcept;
    std::exception_ptr take_raised() noexcept;

    ReadyQueue ready_;
    ReadyQueue batch_;  ///< the rest of the current iteration
    WaitList settling_;
    std::uint32_t settle_iterations_ = 0;  ///< since a task in settling_ was woken, or the list was empty
    std::uint64_t steps_left_ = unlimited;
    TimerQueue timers_;
    std::uint64_t timers_checked_ = 0;  ///< cpu_ticks() when the timers were last checked
    std::uint64_t backend_polled_ = 0;  ///< cpu_ticks() when the back end was last polled
    std::uint32_t iterations_unpolled_ = 0;
    Clock clock_;
    Journal* journal_;
    std::uint32_t pending_io_ = 0;  ///< the number of PendingIoGuards
    bool debug_;
    bool owns_process_;
    bool no_outside_;
    bool stopping_ = false;
    bool out_of_steps_ = false;
    bool closed_ = false;
    bool shields_broken_ = false;
    std::exception_ptr raised_;  ///< on its way from a coroutine to the one that awaits it
    Waker waker_;
    std::function<void()> wake_handler_;
    std::unique_ptr<Backend> backend_;

    detail::IntrusiveList<TaskOwner, &TaskOwner::owners_> owners_;
    std::uint64_t owners_created_ = 0;
    TaskOwner tasks_;
    detail::IntrusiveList<detail::TimedCall, &detail::TimedCall::links_>
        calls_;  ///< pending, a reference to each

    ExceptionHandler exception_handler_;
    std::vector<Extension> extensions_;
    std::mutex foreign_mutex_;
    std::vector<std::function<void()>> foreign_calls_;  ///< of call_soon_threadsafe()
};

inline void TaskBase::requeue(std::coroutine_handle<> frame) noexcept {
    continuation = frame;
    state_ = State::ready;
    detail::running.loop->call_soon(*this);
}

}  // namespace arun
