/// Several observers of one run.
#pragma once

#include "jobs/observer.hpp"
#include "jobs/run.hpp"

#include <algorithm>
#include <vector>

namespace arun::app {

/// Tells each what it wants to hear, in the order in which they were added.
class Observers final : public jobs::Observer {
public:
    void add(jobs::Observer& observer) {
        const auto interest = observer.interest();
        list_.push_back(&observer);
        if (interest != jobs::Interest::none) curious_.push_back({&observer, interest});
        interest_ = std::max(interest_, interest);
        keeps_jobs_ = keeps_jobs_ || observer.keeps_jobs();
    }

    jobs::Interest interest() const noexcept override { return interest_; }
    bool keeps_jobs() const noexcept override { return keeps_jobs_; }
    void diagnosed(const Diagnostics& diagnostics) override {
        for (auto* o : list_) o->diagnosed(diagnostics);
    }
    void job_unknown(const jobs::Scope& scope) override {
        for (const auto& o : curious_)
            if (wants(o, scope)) o.observer->job_unknown(scope);
    }
    void run_started(const jobs::Engine& engine) override {
        for (auto* o : list_) o->run_started(engine);
    }
    void script_started(const plan::Body& body) override {
        for (auto* o : list_) o->script_started(body);
    }
    void script_finished(const plan::Body& body, jobs::Outcome outcome, Duration taken) override {
        for (auto* o : list_) o->script_finished(body, outcome, taken);
    }
    void job_started(const jobs::Scope& scope) override {
        for (const auto& o : curious_)
            if (wants(o, scope)) o.observer->job_started(scope);
    }
    void job_finished(const jobs::Scope& scope, const jobs::Ending& ending) override {
        for (const auto& o : curious_)
            if (wants(o, scope)) o.observer->job_finished(scope, ending);
    }
    void failed(const jobs::Failure& failure, jobs::Fate fate) override {
        for (auto* o : list_) o->failed(failure, fate);
    }
    void retrying(const jobs::Scope& scope, const jobs::Failure& failure, std::int64_t attempt,
                  Duration wait) override {
        for (auto* o : list_) o->retrying(scope, failure, attempt, wait);
    }
    void waiting() override {
        for (auto* o : list_) o->waiting();
    }
    void notice(std::string_view text) override {
        for (auto* o : list_) o->notice(text);
    }

private:
    /// One that wants to hear of jobs.
    struct Curious {
        jobs::Observer* observer;
        jobs::Interest interest;
    };

    bool wants(const Curious& one, const jobs::Scope& scope) const {
        if (one.interest == interest_) return true;  // or nobody would have been told
        return one.interest == jobs::Interest::all || jobs::is_case(scope);
    }

    std::vector<jobs::Observer*> list_;
    std::vector<Curious> curious_;
    jobs::Interest interest_ = jobs::Interest::none;  ///< the most that one of them wants to hear
    bool keeps_jobs_ = false;
};

}  // namespace arun::app
