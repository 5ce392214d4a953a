/// Child processes: each has a process group of its own, and its end can be awaited.
#pragma once

#include "base/duration.hpp"
#include "rt/coro.hpp"
#include "rt/event.hpp"
#include "rt/intrusive_list.hpp"
#include "rt/loop.hpp"
#include "rt/process/spawn.hpp"

#include <sys/types.h>
#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace arun {

namespace detail {
class ChildWatcher;
}

/// How a process ended.
struct ExitStatus {
    int code = 0;    ///< its exit status, or 128 + signal as in the shell
    int signal = 0;  ///< the signal that killed it, or 0
};

/// What a job sees of a child and its process group: a Process, or what a tape has of one.
class ChildProcess {
public:
    explicit ChildProcess(Loop& loop) noexcept : loop_(loop) {}
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;
    virtual ~ChildProcess() = default;

    int pid() const noexcept { return pid_; }
    bool exited() const noexcept { return status_.has_value(); }
    /// Precondition: exited().
    const ExitStatus& status() const noexcept { return *status_; }
    /// The signal that has stopped it since the last call, or 0. It may have continued meanwhile. Always 0 if
    /// the loop does not own the process.
    int take_stop_signal() noexcept { return std::exchange(stop_signal_, 0); }
    /// Set when it has exited or stopped. Others may set it too, to wake the task that waits for it.
    Event& changed() noexcept { return changed_; }
    /// True if any process of the group lives. Precondition: exited().
    virtual bool group_lives() noexcept = 0;
    /// The processes of the group, as "python3 (pid 12)"; empty where this cannot be found out.
    virtual std::vector<std::string> group_members() const = 0;

    /// Returns when the child has exited; other processes of its group may live on.
    Coro<> wait();
    /// Sends a signal to the group.
    virtual void signal(int signo) noexcept = 0;
    /// Ends the whole group: `signo` first, SIGKILL after `patience`. Returns true once all of it is gone, or
    /// false if some of it survives SIGKILL for two seconds. Shielded from cancellation; where shields are
    /// broken, proceeds to SIGKILL at once and throws CancelledError at the end. Idempotent.
    Coro<bool> stop(int signo, Duration patience);

protected:
    Loop& loop_;
    int pid_ = -1;
    int stop_signal_ = 0;
    std::optional<ExitStatus> status_;
    Event changed_;
    bool gone_ = false;  ///< no process of the group is left, not even a zombie

private:
    Coro<> wait_until_gone();
    Coro<> wait_until_gone(Duration limit);
};

/// A child and its process group. Closing its loop kills what is left of the group, as the destructor does.
class Process : public ChildProcess {
public:
    /// Starts it. Throws as detail::spawn(). Precondition: whatever was written to descriptors that the child
    /// shares is flushed.
    Process(Loop& loop, const ProcessOptions& options);
    /// Kills what is left of the group; does nothing after stop().
    ~Process() override;

    bool group_lives() noexcept override;
    std::vector<std::string> group_members() const override;
    void signal(int signo) noexcept override;

    /// Called when it has exited or stopped, before changed() is set.
    std::function<void()> on_change;

private:
    friend class detail::ChildWatcher;

    void update() noexcept;
    bool only_zombies() noexcept;
    void set_gone() noexcept;
    void kill_group() noexcept;
    void loop_closed() noexcept;

    detail::ChildWatcher* watcher_;  ///< null once the loop is closed
    detail::ListLinks<Process> siblings_;
    Loop::PendingIoGuard pending_;           ///< as long as anything of the group lives
    std::atomic<pid_t>* guarded_ = nullptr;  ///< see Guardian::reserve()
    std::thread waiter_;                     ///< waits for the child if the loop does not own the process
    std::atomic<bool> waited_{false};        ///< it is done
    unsigned looks_ = 0;  ///< how often the group was looked for after its leader had exited
};

/// Sends SIGKILL to the groups of all processes, and waits up to a second until they are dead; if a loop owns
/// the process, to all that they have left behind too. Async-signal-safe: for a handler that ends this
/// process.
void kill_all_processes() noexcept;

}  // namespace arun
