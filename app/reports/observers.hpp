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
        const auto event_filter = observer.event_filter();
        list_.push_back(&observer);
        if (event_filter != jobs::EventFilter::none) curious_.push_back({&observer, event_filter});
        event_filter_ = std::max(event_filter_, event_filter);
        keeps_jobs_ = keeps_jobs_ || observer.keeps_jobs();
    }

    jobs::EventFilter event_filter() const noexcept override { return event_filter_; }
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
    void script_started(const script::Body& body) override {
        for (auto* o : list_) o->script_started(body);
    }
    void script_finished(const script::Body& body, jobs::Outcome outcome, Duration taken) override {
        for (auto* o : list_) o->script_finished(body, outcome, taken);
    }
    void job_started(const jobs::Scope& scope) override {
        for (const auto& o : curious_)
            if (wants(o, scope)) o.observer->job_started(scope);
    }
    void job_finished(const jobs::Scope& scope, const jobs::JobResult& ending) override {
        for (const auto& o : curious_)
            if (wants(o, scope)) o.observer->job_finished(scope, ending);
    }
    void failed(const jobs::Failure& failure, jobs::FailureContext context) override {
        for (auto* o : list_) o->failed(failure, context);
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
        jobs::EventFilter event_filter;
    };

    bool wants(const Curious& one, const jobs::Scope& scope) const {
        if (one.event_filter == event_filter_) return true;  // or nobody would have been told
        return one.event_filter == jobs::EventFilter::all || jobs::is_case(scope);
    }

    std::vector<jobs::Observer*> list_;
    std::vector<Curious> curious_;
    jobs::EventFilter event_filter_ = jobs::EventFilter::none;  ///< the most that one of them wants to hear
    bool keeps_jobs_ = false;
};

}  // namespace arun::app
