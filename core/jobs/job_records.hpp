/// JobRecords: what is known of the jobs with an id, for jobs.ID.
#pragma once

#include "jobs/failure.hpp"
#include "script/names.hpp"
#include "script/value.hpp"

#include <map>
#include <memory>
#include <optional>
#include <utility>

namespace arun::jobs {

struct BackgroundRun;
class OutputLog;

/// One run of a job with an id.
struct JobRecord {
    script::Value result;
    std::optional<Outcome> outcome;  ///< empty while it runs
    FailurePtr failure;
    bool allowed = false;                     ///< the failure passed with continue_on_error
    std::weak_ptr<BackgroundRun> background;  ///< while it runs in the background, or if it failed
    std::shared_ptr<OutputLog> log;           ///< of a background job whose output something waits for
};

/// The runs that one task started, itself or in tasks inside it: a round of a for_each, a job of a parallel
/// or race, a background job, or the scripts themselves. While rounds run at the same time, each sees its own
/// runs.
class JobRecords {
public:
    /// `outer`: of the task around; null for the scripts.
    explicit JobRecords(std::shared_ptr<JobRecords> outer = nullptr) : outer_(std::move(outer)) {}

    void add(const script::JobId& id, const std::shared_ptr<JobRecord>& record) {
        for (auto* task = this; task != nullptr; task = task->outer_.get()) task->last_[&id] = record;
    }
    /// The run of the id that was started last in this task, or else in the task around it, and so on; null
    /// if there was none.
    const JobRecord* find(const script::JobId& id) const noexcept {
        for (const auto* task = this; task != nullptr; task = task->outer_.get())
            if (const auto found = task->last_.find(&id); found != task->last_.end())
                return found->second.get();
        return nullptr;
    }

private:
    std::shared_ptr<JobRecords> outer_;
    std::map<const script::JobId*, std::shared_ptr<JobRecord>> last_;
};

}  // namespace arun::jobs
