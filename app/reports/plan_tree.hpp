/// `arun plan`: the jobs of a run on the virtual clock, as a tree with start and end times.
#pragma once

#include "base/diagnostic.hpp"
#include "console/secrets.hpp"
#include "jobs/observer.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace arun::app {

/// A job of the script. All runs of a job in a loop are one node.
struct PlanNode {
    const script::Job* job = nullptr;
    std::string label;
    std::uint64_t runs = 0;
    std::uint64_t skipped = 0;
    std::uint64_t running = 0;  ///< runs that have not ended
    Duration start{};           ///< of the first run
    Duration end{};             ///< of the last run; valid if `running` is 0
    bool timed_out = false;     ///< a run reached the timeout of this job
    bool failed = false;
    bool cancelled = false;  ///< a run was cancelled from outside
    bool background = false;
    bool unknown = false;           ///< a run has effects, which a plan does not carry out
    bool start_is_minimum = false;  ///< `start` may be later: something of unknown length comes before
    bool end_is_minimum = false;    ///< `end` may be later
    std::vector<std::unique_ptr<PlanNode>> children;  ///< in the order of their first runs
    std::unordered_map<const script::Job*, PlanNode*> by_job;
};

class PlanTree final : public jobs::Observer {
public:
    jobs::EventFilter event_filter() const noexcept override { return jobs::EventFilter::all; }
    void script_started(const script::Body& body) override;
    void script_finished(const script::Body& body, jobs::Outcome outcome, Duration taken) override;
    void job_started(const jobs::Scope& scope) override;
    void job_unknown(const jobs::Scope& scope) override;
    /// The jobs after a background job that has `ready` wait for it, for an unknown time.
    void delayed(const jobs::Scope&, std::string_view) override { times_are_minimum_ = true; }
    void job_finished(const jobs::Scope& scope, const jobs::JobResult& result) override;

    /// Masks secrets in all labels.
    void mask(const Secrets& secrets);
    /// A table of the jobs with their start and end, indented as in the script, and the total. A time with a
    /// `+` is a minimum. `complete` is false if the run was cut short.
    std::string text(bool complete) const;
    /// The same as JSON; arun(1) describes the keys. Units: seconds.
    std::string json(bool complete) const;
    /// A warning for each job that cannot end within its timeout.
    Diagnostics warnings() const;

private:
    struct Script {
        std::string name;
        Duration end{};
        PlanNode root;
    };

    PlanNode& node_of(const jobs::Scope& scope);
    Duration total() const;

    std::vector<std::unique_ptr<Script>> scripts_;
    bool times_are_minimum_ = false;  ///< something of unknown length has run
};

}  // namespace arun::app
