/// The event loop.
#pragma once

#include "base/duration.hpp"
#include "rt/calls.hpp"
#include "rt/clock.hpp"
#include "rt/errors.hpp"
#include "rt/ready.hpp"
#include "rt/task.hpp"
#include "rt/timer_queue.hpp"
#include "rt/waker.hpp"

#include <cstdint>
#include <exception>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

struct uv_loop_s;

namespace arun {

struct LoopOptions {
    bool debug = false;
    ClockMode clock = ClockMode::real;
    std::optional<Clock::WallTime> start_time;
};

class Backend;

/// What a part of the runtime keeps for a loop (its executor, its generators), made on first use.
class LoopExtension {
public:
    virtual ~LoopExtension() = default;
    /// The order in which Runner::close() shuts them down, after it has cancelled all tasks.
    enum class Phase : std::uint8_t { asyncgens, executor, io };
    virtual Phase phase() const noexcept = 0;
    /// What it throws leaves Runner::close(), after everything else was closed.
    virtual Coro<> shutdown() = 0;
};

/// One thread's scheduler. A turn runs what was ready when it began, then makes ready what time and
/// I/O bring. Everything but call_soon_threadsafe() belongs to that thread.
class Loop {
public:
    explicit Loop(LoopOptions options = {});
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;
    /// Closes it.
    ~Loop();

    /// The loop that runs on this thread, or null.
    static Loop* running() noexcept { return detail::running.loop; }
    /// The same; throws std::runtime_error ("no running event loop").
    static Loop& get_running();

    /// Loop time: since the loop was made, real or virtual.
    Duration time() const noexcept { return clock_.now(); }
    /// The time of day that goes with it.
    Clock::WallTime wall_time() const noexcept { return clock_.wall_time(); }
    ClockMode clock_mode() const noexcept { return clock_.mode(); }

    void call_soon(ReadyNode& node) noexcept { ready_.push(node); }
    /// Giving way would change nothing: nothing else is ready, no timer is due, nobody has called.
    bool is_idle() noexcept {
        if (!ready_.empty() || !batch_.empty() || waker_.called()) return false;
        if (steps_left_ != unlimited || debug_ || stopping_) return false;
        poll_if_due();
        return ready_.empty();
    }
    /// Something else is ready to run now.
    bool has_ready() noexcept {
        poll_if_due();
        return !ready_.empty() || !batch_.empty();
    }
    /// Takes a node back that has not run yet; false if it is not queued. O(n): for tearing down.
    bool forget(ReadyNode& node) noexcept { return batch_.erase(node) || ready_.erase(node); }
    /// Calls `function` on the next turn, in a copy of the current context. What it throws goes to the
    /// exception handler.
    template <class F>
        requires std::is_invocable_v<F&>
    void call_soon(F function) {
        check_open();
        ready_.push(*new detail::SoonCall<F>(std::move(function)));
    }
    /// The same at loop time `when`, and never before.
    template <class F>
        requires std::is_invocable_v<F&>
    TimerHandle call_at(Duration when, F function) {
        check_open();
        return arm_call(*new detail::TimedCallOf<F>(*this, std::move(function)), when);
    }
    template <class F>
        requires std::is_invocable_v<F&>
    TimerHandle call_later(Duration delay, F function) {
        const Duration now = time();
        return call_at(delay < Duration::max() - now ? now + delay : Duration::max(), std::move(function));
    }
    /// From any thread: `function` is called on the loop's thread. The loop must outlive the call; a
    /// loop that only waits for this is in a deadlock, unless somebody holds an PendingIoGuard.
    void call_soon_threadsafe(std::function<void()> function);

    /// Timers without a function. The node must be erased, or have expired, before it is destroyed.
    void arm(TimerNode& node, Duration when) { timers_.insert(node, when); }
    void disarm(TimerNode& node) noexcept { timers_.erase(node); }

    /// Runs until the task is done, and one turn more. Its outcome stays in the task. Throws
    /// DeadlockError, and LoopStopped if stop() came first.
    void run_until_complete(TaskBase& task);
    /// Until all of the loop's own tasks are done.
    void run_until_idle();
    /// Makes run_until_complete() throw LoopStopped after the current turn.
    void stop() noexcept { stopping_ = true; }
    /// The same after `steps` more steps of tasks and callbacks: for tests that tear down everywhere.
    void stop_after(std::uint64_t steps) noexcept {
        steps_left_ = steps;
        out_of_steps_ = false;
    }
    /// The steps of the last stop_after() have been taken. (The last one may have ended what the loop ran
    /// for.)
    bool out_of_steps() const noexcept { return out_of_steps_; }
    bool is_running() const noexcept { return detail::running.loop == this; }

    /// Destroys what is left: tasks with their frames, callbacks, the back end. Twice is nothing.
    /// Throws std::runtime_error while it runs.
    void close();
    bool closed() const noexcept { return closed_; }
    /// Throws std::runtime_error ("Event loop is closed").
    void check_open() const {
        if (closed_) [[unlikely]]
            throw_closed();
    }

    /// Those of create_task().
    TaskOwner& tasks() noexcept { return tasks_; }
    /// Visits every task that is not done, the children of groups too; groups in the order in which
    /// they were made. `visit` may cancel.
    template <class F>
    void for_each_task(F&& visit) {
        for (TaskOwner* owner = first_owner_; owner != nullptr; owner = owner->next_owner_) {
            owner->for_each(visit);
        }
    }
    /// Makes all ShieldScopes void, present and future, and cancels every task that is inside one, or
    /// enters one later.
    void break_shields() noexcept;
    /// Shields hold again from now on.
    void restore_shields() noexcept { shields_broken_ = false; }
    bool shields_broken() const noexcept { return shields_broken_; }

    /// libuv's loop, opened on first use. Throws std::runtime_error if it cannot be had. Callbacks must
    /// not throw: they make something ready, and keep errors for whoever waits. Handles are freed in their
    /// close callbacks, and whoever waits for real I/O keeps an PendingIoGuard meanwhile.
    uv_loop_s* uv();
    bool has_backend() const noexcept { return backend_ != nullptr; }

    /// Real I/O is pending (a child, a socket, a file, a thread): the virtual clock moves at real
    /// speed, and waiting is no deadlock.
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
    bool io_pending() const noexcept { return holds_ > 0; }

    /// Called before the loop blocks. May throw: out of the run.
    std::function<void()> before_block;
    /// The loop blocks at most so long, and then again if nothing has happened. From farther away than a day,
    /// CLOCK_MONOTONIC would overflow; without timers, a day is as good as forever.
    static constexpr Duration a_day = std::chrono::hours(24);
    Duration longest_block = a_day;
    Waker& waker() noexcept { return waker_; }
    /// Called on the loop's thread after waker().wake(): the Runner looks for signals there.
    void set_wake_handler(std::function<void()> handler) { wake_handler_ = std::move(handler); }

    /// asyncio's call_exception_handler: for errors that nobody awaits. Without a handler they are
    /// dropped, for this library never prints.
    using ExceptionHandler = std::function<void(std::string_view message, std::exception_ptr error)>;
    void set_exception_handler(ExceptionHandler handler) { exception_handler_ = std::move(handler); }
    void call_exception_handler(std::string_view message, std::exception_ptr error) noexcept;

    bool debug() const noexcept { return debug_; }
    void set_debug(bool debug) noexcept { debug_ = debug; }
    /// Where debug mode tells of slow callbacks, coroutines never awaited, and its decisions.
    std::function<void(std::string_view)> debug_log;
    /// In debug mode a step that takes longer is logged.
    Duration slow_callback_duration = std::chrono::milliseconds(100);
    /// Logs in debug mode.
    void log(std::string_view message) noexcept;

    /// The loop's one E, made by E(Loop&) on first use.
    template <class E>
    E& extension() {
        static char key;  // its address is the name of E
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

    static constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

    struct Extension {
        const void* key;
        std::unique_ptr<LoopExtension> object;
    };

    [[noreturn]] static void throw_closed();
    TimerHandle arm_call(detail::TimedCall& call, Duration when);
    void forget_call(detail::TimedCall& call) noexcept;
    void drop_calls() noexcept;
    LoopExtension* find_extension(const void* key) noexcept;
    LoopExtension& add_extension(const void* key, std::unique_ptr<LoopExtension> extension);

    void check_may_run() const;
    void run_once();
    void run_batch() noexcept;
    void run_batch_watched() noexcept;
    void drain_wakeups();
    void poll_if_due() noexcept;
    void wait();
    void block(Duration now);
    void expire_until(Duration now) noexcept;
    void flush();
    Backend& backend();
    void hold_io() noexcept;
    void release_io() noexcept;
    std::exception_ptr take_raised() noexcept;

    ReadyQueue ready_;
    ReadyQueue batch_;  ///< what the present turn has yet to run
    std::uint64_t steps_left_ = unlimited;
    TimerQueue timers_;
    std::uint64_t timers_checked_ = 0;  ///< cpu_ticks() of the last look at the clock
    std::uint64_t polled_ = 0;          ///< and of the last look at the back end
    std::uint32_t turns_since_poll_ = 0;
    Clock clock_;
    std::uint32_t holds_ = 0;
    bool debug_;
    bool stopping_ = false;
    bool out_of_steps_ = false;
    bool closed_ = false;
    bool shields_broken_ = false;
    std::exception_ptr raised_;  ///< on its way from a coroutine to the one that awaits it
    Waker waker_;
    std::function<void()> wake_handler_;
    std::unique_ptr<Backend> backend_;

    TaskOwner* first_owner_ = nullptr;
    TaskOwner* last_owner_ = nullptr;
    std::uint64_t owners_made_ = 0;
    TaskOwner tasks_;
    detail::TimedCall* calls_ = nullptr;  ///< those that have not run

    ExceptionHandler exception_handler_;
    std::vector<Extension> extensions_;
    std::mutex foreign_mutex_;
    std::vector<std::function<void()>> foreign_calls_;
};

inline void TaskBase::requeue(std::coroutine_handle<> frame) noexcept {
    continuation = frame;
    state_ = State::ready;
    detail::running.loop->call_soon(*this);
}

}  // namespace arun
