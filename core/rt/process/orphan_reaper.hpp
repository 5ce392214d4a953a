/// Ends orphans: processes that our children started and left behind.
#pragma once

#include "rt/coro.hpp"
#include "rt/loop.hpp"

#include <sys/types.h>
#include <vector>

namespace arun::detail {

/// A process that leaves its group (a daemon) escapes the signals that end a job. With
/// PR_SET_CHILD_SUBREAPER it becomes our child when its parent ends, and is ended when the Runner closes.
/// Children that this process had before its first spawn (`exec arun` inherits those of the shell) are left
/// alone.
class OrphanReaper final : public LoopExtension {
public:
    /// Precondition: of all loops, the first OrphanReaper is made before the first child is started.
    explicit OrphanReaper(Loop& loop);
    Phase phase() const noexcept override { return Phase::io; }
    /// Sends SIGTERM, and SIGKILL to those that are still there 2 seconds later. Reports their names to the
    /// loop's exception handler.
    Coro<> shutdown() override;

    /// Reaps orphans that have ended. Cheap. Precondition: an OrphanReaper was made.
    static void reap() noexcept;

private:
    std::vector<pid_t> find() const;
    Coro<bool> gone_within(Duration limit);

    Loop& loop_;
};

}  // namespace arun::detail
