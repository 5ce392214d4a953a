/// Collects what the reports tell of.
#pragma once

#include "jobs/observer.hpp"
#include "jobs/session.hpp"
#include "plan/job.hpp"
#include "report/record.hpp"

#include <map>
#include <memory>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace arun::app {

/// Hears only of cases (see jobs::Interest): what a loop runs a million times takes no memory here.
class Recorder final : public jobs::Observer {
public:
    explicit Recorder(std::span<const std::unique_ptr<plan::Script>> scripts) : scripts_(scripts) {}

    jobs::Interest interest() const noexcept override { return jobs::Interest::cases; }
    void run_started(const jobs::Engine& engine) override;
    void diagnosed(const Diagnostics& diagnostics) override;
    void script_started(const plan::Body& body) override;
    void script_finished(const plan::Body& body, jobs::Outcome outcome, Duration taken) override;
    void job_started(const jobs::Scope& scope) override;
    void job_finished(const jobs::Scope& scope, const jobs::Ending& ending) override;
    void failed(const jobs::Failure& failure, jobs::Fate fate) override;
    void retrying(const jobs::Scope& scope, const jobs::Failure& failure, std::int64_t attempt,
                  Duration wait) override;

    /// The whole run, when it has ended. What did not get its turn is in it too.
    RunRecord take(const jobs::Verdict& verdict, int exit_status);

private:
    using JobPath = std::vector<const plan::Job*>;

    CaseRecord& case_of(const jobs::Scope& scope);
    void add_script(const plan::Body& body);
    void remember(const jobs::Failure& failure, const plan::Job& job, CaseRecord& record);
    void allow(const jobs::Failure& failure);
    void add_rest(const plan::Body& body, ScriptRecord& script);

    std::span<const std::unique_ptr<plan::Script>> scripts_;
    const jobs::Engine* engine_ = nullptr;
    RunRecord run_;
    std::vector<const plan::Body*> bodies_;  ///< of run_.scripts
    std::map<JobPath, CaseRecord*> by_path_;
    /// The cases that a failure has gone through. Its address is only a name, and may be given again.
    std::unordered_map<const jobs::Failure*, std::vector<std::pair<const plan::Job*, CaseRecord*>>>
        by_failure_;
};

}  // namespace arun::app
