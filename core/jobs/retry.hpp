/// How often, when, and whether at all a failed job is tried again.
#pragma once

#include "jobs/engine.hpp"
#include "jobs/failure.hpp"
#include "jobs/scope.hpp"
#include "script/job.hpp"

#include <cstdint>
#include <optional>

namespace arun::jobs {

class RetryPlan {
public:
    /// Evaluates the arguments of `retry` once, before the first attempt.
    RetryPlan(const script::Retry& retry, const Scope& scope);

    /// The limit of each attempt.
    const std::optional<Duration>& limit() const noexcept { return limit_; }
    /// The number of the attempt that is running or has just ended, from 1.
    std::int64_t attempt() const noexcept { return attempt_; }
    /// After a failed attempt: true if there is to be another one.
    bool again(const Failure& failure) const;
    /// The wait before the next attempt, which is thereby counted.
    Duration next_wait();

private:
    const script::Retry& retry_;
    const Scope& scope_;
    std::int64_t retries_;
    Duration interval_;
    Duration max_interval_;
    double backoff_;
    double jitter_;
    std::optional<Duration> limit_;
    std::int64_t attempt_ = 1;
};

}  // namespace arun::jobs
