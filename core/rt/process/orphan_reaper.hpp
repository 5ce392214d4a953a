/// Ends orphans: processes that our children started and left behind.
#pragma once

#include "base/duration.hpp"
#include "rt/coro.hpp"
#include "rt/loop.hpp"

#include <sys/types.h>
#include <vector>

namespace arun::detail {

class ChildWatcher;

/// A process that leaves its group (a daemon) escapes the signals that end a job. It becomes our child when
/// its parent ends (see ChildWatcher), and is ended when the Runner closes. Children that this process had
/// before its first spawn (`exec arun` inherits those of the shell) are left alone.
class OrphanReaper final : public LoopExtension {
public:
    /// Precondition: of all loops, the first OrphanReaper is made before the first child is started.
    explicit OrphanReaper(Loop& loop);
    OrphanReaper(const OrphanReaper&) = delete;
    OrphanReaper& operator=(const OrphanReaper&) = delete;
    ~OrphanReaper() override;
    Phase phase() const noexcept override { return Phase::io; }
    /// Sends SIGTERM, and SIGKILL to those that are still there 2 seconds later, or when shields are broken.
    /// Reports their names to the loop's exception handler.
    Coro<> shutdown() override;

    ChildWatcher& watcher() noexcept { return watcher_; }

private:
    Coro<bool> ask_to_end(Duration patience);
    Coro<bool> kill(Duration patience);
    void report(std::string_view message) noexcept;

    Loop& loop_;
    ChildWatcher& watcher_;
};

/// Sends SIGKILL to all children but inherited ones, and to the children that these leave, until none is left
/// or the time is over; if no loop owns the process, to those alone that a Process has started.
/// Async-signal-safe.
void kill_all_children(Duration limit) noexcept;

}  // namespace arun::detail
