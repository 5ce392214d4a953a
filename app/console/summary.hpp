/// What became of a run, in a few words at its end.
#pragma once

#include "jobs/observer.hpp"
#include "jobs/session.hpp"
#include "script/job.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace arun::app {

/// Counts the top-level jobs, and remembers the first failures.
class Summary final : public jobs::Observer {
public:
    explicit Summary(std::span<const std::unique_ptr<script::Script>> scripts);

    jobs::EventFilter event_filter() const noexcept override { return jobs::EventFilter::cases; }
    bool keeps_jobs() const noexcept override { return false; }
    void script_started(const script::Body& body) override;
    void job_finished(const jobs::Scope& scope, const jobs::JobResult& ending) override;
    void failed(const jobs::Failure& failure, jobs::FailureContext context) override;

    /// How many top-level jobs have ended so far, how many of them failed, and of how many; 0 if nobody
    /// knows.
    std::size_t finished() const noexcept { return finished_; }
    std::size_t failed() const noexcept { return failed_; }
    std::size_t total() const noexcept { return reached_ == finished_ && finished_ <= total_ ? total_ : 0; }

    /// Worth a summary: a job failed, and there is more to tell than that.
    bool has_news() const noexcept { return !failures_.empty() && std::max(total_, finished_) > 1; }
    /// "3 passed, 1 failed, 2 not reached, in 1.2s" and a line for each failure if there are several.
    std::string text(const jobs::RunResult& run_result) const;

private:
    void remember(const jobs::Failure& failure);

    std::span<const std::unique_ptr<script::Script>> scripts_;
    std::size_t total_ = 0;    ///< of the scripts that were known from the beginning
    std::size_t reached_ = 0;  ///< of those
    bool known_ = false;       ///< the script that was started last is one of them
    std::size_t passed_ = 0, failed_ = 0, allowed_ = 0, cancelled_ = 0, skipped_ = 0;
    std::size_t finished_ = 0;
    std::vector<std::string> failures_;
    std::size_t more_failures_ = 0;
};

}  // namespace arun::app
