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
        list_.push_back(&observer);
        interest_ = std::max(interest_, observer.interest());
    }

    jobs::Interest interest() const noexcept override { return interest_; }
    bool keeps_jobs() const noexcept override {
        return std::any_of(list_.begin(), list_.end(), [](const auto* o) { return o->keeps_jobs(); });
    }
    void diagnosed(const Diagnostics& diagnostics) override {
        for (auto* o : list_) o->diagnosed(diagnostics);
    }
    void job_unknown(const jobs::Scope& scope) override {
        for (auto* o : list_)
            if (wants(*o, scope)) o->job_unknown(scope);
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
        for (auto* o : list_)
            if (wants(*o, scope)) o->job_started(scope);
    }
    void job_finished(const jobs::Scope& scope, const jobs::Ending& ending) override {
        for (auto* o : list_)
            if (wants(*o, scope)) o->job_finished(scope, ending);
    }
    void failed(const jobs::Failure& failure, jobs::Fate fate) override {
        for (auto* o : list_) o->failed(failure, fate);
    }
    void retrying(const jobs::Scope& scope, const jobs::Failure& failure, std::int64_t attempt,
                  Duration wait) override {
        for (auto* o : list_) o->retrying(scope, failure, attempt, wait);
    }
    void notice(std::string_view text) override {
        for (auto* o : list_) o->notice(text);
    }

private:
    bool wants(const jobs::Observer& observer, const jobs::Scope& scope) const {
        const auto interest = observer.interest();
        if (interest == interest_) return true;  // or nobody would have been told
        return interest == jobs::Interest::all || (interest == jobs::Interest::cases && jobs::is_case(scope));
    }

    std::vector<jobs::Observer*> list_;
    jobs::Interest interest_ = jobs::Interest::none;  ///< the most that one of them wants to hear
};

}  // namespace arun::app
