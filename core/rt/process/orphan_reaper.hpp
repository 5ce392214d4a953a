/// Children that are not ours by birth: what our children started and left behind.
#pragma once

#include "rt/coro.hpp"
#include "rt/loop.hpp"

#include <sys/types.h>
#include <vector>

namespace arun::detail {

/// A process that leaves its group (a daemon) is out of reach of the signals that end a job. Where the system
/// has PR_SET_CHILD_SUBREAPER it comes to us when its parent ends, and the Runner ends it when it closes.
class OrphanReaper final : public LoopExtension {
public:
    /// Made before the first child is started: what is a child of this process by then (of the shell that it
    /// was, before `exec arun`) is left alone.
    explicit OrphanReaper(Loop& loop);
    Phase phase() const noexcept override { return Phase::io; }
    /// SIGTERM, and SIGKILL for those that are there 2 seconds later. Tells the loop's exception handler.
    Coro<> shutdown() override;

    /// Takes note of those that have ended, so that no zombie stays. Cheap.
    static void reap() noexcept;

private:
    std::vector<pid_t> find() const;
    Coro<bool> gone_within(Duration limit);

    Loop& loop_;
};

}  // namespace arun::detail
