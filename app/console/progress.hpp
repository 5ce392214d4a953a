/// How far a run is: a status line while it runs (--progress), and a summary at its end.
#pragma once

#include "cli/options.hpp"
#include "console/output.hpp"
#include "jobs/observer.hpp"
#include "jobs/session.hpp"
#include "reports/record.hpp"
#include "script/job.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace arun::app {

/// Counts the top-level jobs and keeps the first failures.
class Summary final : public jobs::Observer {
public:
    explicit Summary(std::span<const std::unique_ptr<script::Script>> scripts);

    jobs::EventFilter event_filter() const noexcept override { return jobs::EventFilter::cases; }
    bool keeps_jobs() const noexcept override { return false; }
    void script_started(const script::Body& body) override;
    void job_finished(const jobs::Scope& scope, const jobs::JobResult& result) override;
    void failed(const jobs::Failure& failure, jobs::FailureContext context) override;

    /// Top-level jobs that have ended so far, those of them that failed, and those in all scripts; the total
    /// is 0 if it is unknown, as while a stream runs.
    std::size_t finished() const noexcept { return finished_; }
    std::size_t failed() const noexcept { return totals_.failed; }
    std::size_t total() const noexcept { return reached_ == finished() && finished() <= total_ ? total_ : 0; }

    /// True if a job failed among several.
    bool is_needed() const noexcept {
        return !failures_.empty() && std::max(total_ + left_out_, finished()) > 1;
    }
    /// "arun: 3 passed, 1 failed, 2 not reached, in 1.2s", and a line for each failure if there are several.
    std::string text(const jobs::RunResult& run_result) const;

private:
    struct Line {
        std::shared_ptr<jobs::Telling> failure;  ///< Failure::telling
        std::string text;
    };
    struct Counted {
        bool allowed = false;
        std::size_t waiters = 0;  ///< jobs that failed by it and were not counted
        bool nested = false;      ///< of a job that is inside of another one
    };
    void allow(Counted& counted);
    void count(const jobs::Failure& failure, Counted counted);
    void remember(const jobs::Failure& failure);
    /// The failure was allowed after it had been told.
    void forget(const jobs::Failure& failure);

    std::span<const std::unique_ptr<script::Script>> scripts_;
    std::size_t next_script_ = 0;   ///< of `scripts_`, the first that has not started
    std::size_t total_ = 0;         ///< jobs of `scripts_`
    std::size_t left_out_ = 0;      ///< jobs that were not chosen to run
    std::size_t reached_ = 0;       ///< of those, the ones that have ended
    bool in_known_script_ = false;  ///< the current script is one of `scripts_`, not from a stream
    std::size_t finished_ = 0;      ///< top-level jobs that have ended
    Totals totals_;
    /// Failures of background jobs, by Failure::telling.
    std::map<std::shared_ptr<jobs::Telling>, Counted> counted_;
    std::size_t max_counted_ = 100;  ///< when to look for those that can be forgotten
    std::vector<Line> failures_;
    std::size_t more_failures_ = 0;
};

/// True if --progress asks for it. By default: on a terminal, unless -q, -v, --debug or --virtual is given,
/// or standard output is a pipe, whose reader may print on the same terminal.
bool wants_progress(const Options& options);

/// Shows the line when the loop is about to wait, once the run has taken a second. Other output replaces it.
class Progress final : public jobs::Observer {
public:
    /// The longest time between two updates.
    static constexpr Duration period = std::chrono::milliseconds(500);

    Progress(StandardOutput& output, const Summary& summary);

    void run_started(const jobs::Engine& engine) override { engine_ = &engine; }
    void waiting() override;

private:
    std::string text() const;

    StandardOutput& output_;
    const Summary& summary_;
    const jobs::Engine* engine_ = nullptr;
    Duration next_;  ///< time of the next update, by CLOCK_MONOTONIC
};

/// As many items as fit into `columns`: "a, b and 3 more".
std::string fit_list(const std::vector<std::string>& items, std::size_t columns);

}  // namespace arun::app
