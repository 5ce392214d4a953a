/// A run with faults, observed: what it asked, what it waited for, and how each of its jobs ended.
#pragma once

#include "jobs/engine.hpp"
#include "jobs/observer.hpp"
#include "script/job.hpp"
#include "tape/answering_world.hpp"
#include "trials/faults.hpp"
#include "trials/stage.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace arun::app {

/// A job, as messages name it.
struct JobPlace {
    const script::Job* job = nullptr;
    std::string label;                      ///< its id or name, or file:line
    std::string title;                      ///< "run 'migrate'"
    std::vector<const script::Job*> chain;  ///< the job and those around it, outwards
};

/// A question of a run.
struct Asked {
    JobPlace by;
    Duration at{};
    bool probe = false;              ///< a wait repeats it until the answer is another one
    bool failed = false;             ///< the attempt of the job that asked failed in the end
    std::size_t jumps = 0;           ///< how many jumps there were before
    std::vector<FaultKind> kinds;    ///< the possible faults of the answer
    std::vector<Duration> arrivals;  ///< when parts of it come
    std::optional<Duration> end;     ///< when it is complete
};

/// A jump of the virtual clock: all jobs wait.
struct Jump {
    Duration from{};
    Duration to{};
    std::size_t asked = 0;    ///< how many questions there were before
    std::size_t waiting = 0;  ///< how many jobs
    std::uint64_t key = 0;    ///< the same for the same jobs
    bool in_race = false;     ///< one of them is in a race
    bool has_tick = false;    ///< one of them is a tick, which drops slots
    JobPlace foreground;      ///< the first that is not in the background, or else the first
};

/// A job of a `finally` that did not succeed.
struct CleanupProblem {
    JobPlace job;
    bool failed = false;
    bool by_condition = false;  ///< its `if` asks for the status, and does not hold
    std::string what;           ///< "did not run, ..."

    bool operator==(const CleanupProblem& other) const {
        return job.job == other.job.job && what == other.what;
    }
};

/// What became of a run with faults in it.
struct ObservedRun {
    Trial trial;
    std::deque<Asked> asked;
    std::vector<Jump> jumps;
    bool reached = false;                               ///< all of its faults
    bool unanswered = false;                            ///< it was stopped by a question without an answer
    std::optional<std::string> hangs;                   ///< if it did not end: what it waited for
    std::vector<std::string> too_slow;                  ///< still running after the grace period
    std::map<const script::Job*, std::size_t> retried;  ///< how often an attempt was followed by another
    std::set<const script::Job*> allowed;               ///< jobs that failed, with continue_on_error
    std::set<const script::Job*> failed;
    std::set<const script::Job*> stopped;  ///< in the background, by the end of the script
    std::vector<CleanupProblem> cleanup;
    std::map<const script::Job*, std::size_t> ran;  ///< how often each job was not skipped
    std::string failure;                            ///< the first message of the failure of the run
    /// Of the first failure by a time limit: the job that has it, null for the script or the run.
    std::optional<const script::Job*> timed_out;
};

struct RunLimits {
    Duration horizon{};         ///< on the clock of a Runner
    std::size_t max_jumps = 0;  ///< of that clock
    bool takes_notes = true;    ///< of what it asks and waits for
};

/// Runs the scripts of `stage` with the faults. A run that exceeds the limits does not end.
ObservedRun run_observed(Stage& stage, const std::vector<Fault>& faults, const RunLimits& limits);

/// Whether expressions or matchers look at what the job's child printed, or at the body of its response.
bool reads_result(const script::Job& job);

}  // namespace arun::app
