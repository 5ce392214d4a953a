/// Learns how the children of a loop have changed.
#pragma once

#include "rt/coro.hpp"
#include "rt/intrusive_list.hpp"
#include "rt/loop.hpp"
#include "rt/process/process.hpp"

#include <sys/types.h>
#include <atomic>
#include <csignal>
#include <vector>

namespace arun::detail {

/// Tells each Process of a loop how its child has changed.
///
/// A loop that owns the process (LoopOptions) handles SIGCHLD, and reaps all other children when they end:
/// orphans, of which this process becomes the parent where the system can do that (os::adopt_orphans()).
/// SIGCHLD rather than a pidfd for each child: it also reports that a child has stopped, and the ends of
/// orphans, and it takes no descriptors. A handler that was there before is called too.
///
/// Other loops leave SIGCHLD and all children but their own alone: a thread waits for each child, as
/// asyncio's ThreadedChildWatcher does. They do not learn of stops.
class ChildWatcher final : public LoopExtension {
public:
    /// Precondition: of the loops that own the process, the first ChildWatcher is made before the first child
    /// is started.
    explicit ChildWatcher(Loop& loop);
    ChildWatcher(const ChildWatcher&) = delete;
    ChildWatcher& operator=(const ChildWatcher&) = delete;
    ~ChildWatcher() override;
    Phase phase() const noexcept override { return Phase::io; }
    Coro<> shutdown() override;
    void woken() noexcept override;

    /// Starts a program, adds it to the process table, and tells `process` how it changes, until remove().
    /// Throws as spawn().
    pid_t start(Process& process, const ProcessOptions& options);
    void remove(Process& process) noexcept { processes_.remove(process); }
    /// See os::adopt_orphans().
    bool adopts_orphans() const noexcept { return adopts_orphans_; }

private:
    static void on_signal(int signo, siginfo_t* info, void* context);
    static void install_handler();
    pid_t launch(Process& process, const ProcessOptions& options);
    void wait_in_thread(Process& process, pid_t pid);
    void reap() noexcept;
    void update_all() noexcept;
    Process* find(pid_t pid) noexcept;

    Waker& waker_;
    const bool owns_process_;
    std::vector<int> foreign_handlers_;  ///< as of the first child, in a process that is the loop's own
    std::atomic<bool> changed_{false};
    bool adopts_orphans_ = false;
    IntrusiveList<Process, &Process::siblings_> processes_;
};

}  // namespace arun::detail
