/// A run that is looked at from within: what it asked, what it waited for, and how each of its jobs fared.
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
    bool probe = false;              ///< by a wait, which asks again
    bool failed = false;             ///< the attempt of the job that asked failed in the end
    std::size_t jumps = 0;           ///< how many jumps there were before
    std::vector<Form> forms;         ///< what could be wrong with the answer
    std::vector<Duration> arrivals;  ///< when parts of it come
};

/// The clock of a run jumps: everything waits.
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

/// A job of a `finally` that did not do what it is there for.
struct CleanupProblem {
    JobPlace job;
    std::string what;  ///< "did not run: ..."
    bool operator==(const CleanupProblem& other) const {
        return job.job == other.job.job && what == other.what;
    }
};

/// What became of a run with faults in it.
struct Probe {
    Trial trial;
    std::deque<Asked> asked;
    std::vector<Jump> jumps;
    bool reached = false;                               ///< all of its faults
    bool unanswered = false;                            ///< it asked for what nobody knows, and had to stop
    std::optional<std::string> hangs;                   ///< it did not end; what it waited for
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

struct ProbeLimits {
    Duration horizon{};         ///< on the clock of a Runner
    std::size_t max_jumps = 0;  ///< of that clock
    bool takes_notes = true;    ///< of what it asks and waits for
};

/// Runs the scripts of `stage` with the faults. A run that exceeds the limits does not end.
Probe run_probe(Stage& stage, const std::vector<Fault>& faults, const ProbeLimits& limits);

/// Whether expressions or matchers look at what the job's child printed, or at the body of its response.
bool reads_result(const script::Job& job);

}  // namespace arun::app
