/// Collects the record of a run.
#pragma once

#include "jobs/observer.hpp"
#include "jobs/session.hpp"
#include "reports/record.hpp"
#include "script/job.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace arun::app {

/// Observes cases only (see jobs::EventFilter), so that the jobs in the rounds of a long loop take no memory.
class Recorder final : public jobs::Observer {
public:
    /// `scripts` are those that are known before the run; they must outlive it. `level` says what cases have
    /// in their CaseDetail.
    explicit Recorder(std::span<const std::unique_ptr<script::Script>> scripts,
                      jobs::DetailLevel level = jobs::DetailLevel::none)
        : scripts_(scripts), level_(level) {}

    jobs::EventFilter event_filter() const noexcept override { return jobs::EventFilter::cases; }
    jobs::DetailLevel detail_level() const noexcept override { return level_; }
    void run_started(const jobs::Engine& engine) override;
    void diagnosed(const Diagnostics& diagnostics) override;
    void script_started(const script::Body& body) override;
    void script_finished(const script::Body& body, jobs::Outcome outcome, Duration taken) override;
    void job_started(const jobs::Scope& scope) override;
    void job_finished(const jobs::Scope& scope, const jobs::JobResult& result) override;
    void kind_started(const jobs::Scope& scope) override;
    void round_finished(const jobs::Scope& scope, const jobs::Round& round, Duration started,
                        jobs::Outcome outcome) override;
    void printed(const jobs::Scope& scope, jobs::Stream stream, std::string_view text) override;
    void failed(const jobs::Failure& failure, jobs::FailureContext context) override;
    void dropped(const jobs::Failure& failure) override;
    void retrying(const jobs::Scope& scope, const jobs::Failure& failure, std::int64_t attempt,
                  Duration wait) override;

    /// The whole run, including the jobs that were not reached. Call once, after the run.
    RunRecord take(const jobs::RunResult& run_result, int exit_status);

private:
    /// A job in a round of the innermost loop around it.
    struct Place {
        const script::Job* job = nullptr;
        std::uint64_t round = 0;
        auto operator<=>(const Place&) const = default;
    };
    /// The cases that a failure has passed through and in which it was not allowed yet.
    struct FailedCases {
        std::shared_ptr<jobs::Telling> failure;  ///< keeps the address from being reused
        CaseRecord* origin = nullptr;            ///< the first of them
        std::unordered_map<const script::Job*, std::vector<CaseRecord*>> by_job;
    };
    /// A case that failed because it waited for another one.
    struct Waiter {
        CaseRecord* record = nullptr;
        const CaseRecord* origin = nullptr;
        std::string reason;
    };
    /// A failure of a background job that is no case itself.
    struct HiddenFailure {
        std::shared_ptr<jobs::Telling> failure;  ///< keeps the address from being reused
        std::size_t script = 0;
        std::size_t number = 0;  ///< in the order of the failures
        CaseRecord record;
    };
    using JobPath = std::vector<Place>;
    /// A case that was cancelled for a reason that is not known yet.
    struct Cut {
        CaseRecord* record = nullptr;
        JobPath path;
        Duration time{};
    };

    static JobPath path_of(const jobs::Scope& scope);
    CaseRecord& case_of(const jobs::Scope& scope);
    CaseRecord* innermost_case(JobPath path);
    std::vector<std::unique_ptr<CaseRecord>>& cases_around(JobPath path);
    void add_unreached_inside(JobPath& path);
    void add_unreached_jobs(JobPath& path, std::span<const script::Job> jobs, std::uint64_t round);
    void add_script(const script::Body& body);
    void note_failure(const jobs::Failure& failure, const script::Job& job, CaseRecord& record);
    void allow(const jobs::Failure& failure);
    void note_hidden(const jobs::Failure& failure);
    void add_hidden();
    void add_unreached(const script::Body& body, ScriptRecord& script);
    bool has_details() const noexcept { return level_ != jobs::DetailLevel::none; }
    void end_attempt(CaseRecord& record, Duration end, jobs::Outcome outcome, std::string_view text);
    void explain_cuts(const jobs::Failure& failure);
    void explain_lost_races(const JobPath& around);
    void explain_all_cuts(const std::string& reason);

    std::span<const std::unique_ptr<script::Script>> scripts_;
    const jobs::DetailLevel level_;
    const jobs::Engine* engine_ = nullptr;
    RunRecord run_;
    std::vector<const script::Body*> bodies_;  ///< parallel to run_.scripts
    std::map<JobPath, CaseRecord*> by_path_;
    /// By Failure::telling, which its copies share.
    std::unordered_map<const jobs::Telling*, FailedCases> by_failure_;
    std::vector<Waiter> waiters_;
    std::unordered_map<const jobs::Telling*, HiddenFailure> hidden_;
    std::vector<Cut> cuts_;
    std::deque<CaseRecord*> with_output_;  ///< in the order in which their output began
    std::size_t output_size_ = 0;          ///< of all of them
};

}  // namespace arun::app
