/// RetryPlan: whether and when a failed job is tried again.
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
    /// Evaluates the arguments of `retry`, once for all attempts. Throws EvalError.
    RetryPlan(const script::Retry& retry, const Scope& scope);

    /// Time limit of each attempt.
    const std::optional<Duration>& limit() const noexcept { return limit_; }
    /// Number of the current attempt, from 1.
    std::int64_t attempt() const noexcept { return attempt_; }
    /// Whether another attempt follows the one that failed.
    bool again(const Failure& failure) const;
    /// Advances to the next attempt and returns the wait before it.
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
