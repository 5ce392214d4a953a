/// What would run when: the jobs of a run on the virtual clock, as a tree.
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

/// A job at its place in the script. What a loop runs many times is one node.
struct PlanNode {
    const script::Job* job = nullptr;
    std::string label;
    std::uint64_t runs = 0;  ///< that were started
    std::uint64_t skipped = 0;
    std::uint64_t open = 0;  ///< that have not ended
    Duration start{};        ///< of the first run
    Duration end{};          ///< of the last run; of use if `open` is 0
    bool timed_out = false;  ///< some run did not end within a timeout of this job
    bool failed = false;
    bool cancelled = false;  ///< a run was cut from outside
    bool background = false;
    bool unknown = false;     ///< some run does what a plan does not do
    bool start_open = false;  ///< `start` and `end` may be later: something unknown comes before
    bool end_open = false;
    std::vector<std::unique_ptr<PlanNode>> children;  ///< in the order in which they were first met
    std::unordered_map<const script::Job*, PlanNode*> by_job;
};

class PlanTree final : public jobs::Observer {
public:
    jobs::EventFilter event_filter() const noexcept override { return jobs::EventFilter::all; }
    void script_started(const script::Body& body) override;
    void script_finished(const script::Body& body, jobs::Outcome outcome, Duration taken) override;
    void job_started(const jobs::Scope& scope) override;
    void job_unknown(const jobs::Scope& scope) override;
    void job_finished(const jobs::Scope& scope, const jobs::JobResult& ending) override;

    /// Hides secrets in what the following show.
    void mask(const Secrets& secrets);
    /// A table of the jobs with start and end, indented as the script is; the total at the end. A time that
    /// may be later, since nobody knows how long a job before it takes, has a `+`. `complete` is
    /// false where the run was cut short.
    std::string text(bool complete) const;
    /// The same as data: {"total", "complete", "scripts": [{"name", "jobs": [...]}], "warnings": [...]};
    /// times in seconds.
    std::string json(bool complete) const;
    /// Jobs that cannot end within their timeout.
    Diagnostics warnings() const;

private:
    struct Script {
        std::string name;
        Duration end{};
        bool ended = false;
        PlanNode root;
    };

    PlanNode& node_of(const jobs::Scope& scope);
    Duration total() const;

    std::vector<std::unique_ptr<Script>> scripts_;
    bool open_ = false;  ///< from here on times may be later
};

}  // namespace arun::app
