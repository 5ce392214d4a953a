#include "jobs/retry.hpp"

#include <algorithm>

namespace arun::jobs {

using script::Value;

RetryPlan::RetryPlan(const script::Retry& retry, const Scope& scope)
    : retry_(retry),
      scope_(scope),
      retries_(retry.limit.get(scope).value),
      interval_(retry.interval.get(scope)),
      max_interval_(retry.max_interval ? retry.max_interval->get(scope) : Duration::max()),
      backoff_(retry.backoff.get(scope).value),
      jitter_(retry.jitter.get(scope).value) {
    if (!retry.timeout) return;
    auto limit = retry.timeout->get(scope);
    if (limit != Duration::zero()) limit_ = limit;
}

bool RetryPlan::again(const Failure& failure) const {
    if (attempt_ > retries_) return false;
    if (retry_.condition == nullptr) return true;
    auto& symbols = scope_.engine().symbols;
    auto attempt = Value::number(attempt_);
    auto error = Value::string(failure.message);
    Binding binding{symbols.find("attempt"), &attempt, scope_.bindings()};
    Binding with_result{symbols.find("result"), &failure.result, &binding};
    Binding with_error{symbols.find("error"), &error, &with_result};
    Scope inner(scope_);
    inner.bind(with_error);
    return script::evaluate(*retry_.condition, inner).truthy();
}

Duration RetryPlan::next_wait() {
    auto wait = std::min(interval_, max_interval_);
    auto grown = static_cast<double>(wait.count()) * backoff_;
    interval_ = grown < static_cast<double>(Duration::max().count())
                    ? Duration(static_cast<std::int64_t>(grown))
                    : Duration::max();
    ++attempt_;
    if (jitter_ == 0) return wait;
    // Up to `jitter` longer or shorter.
    auto factor = 1 + jitter_ * (2 * scope_.engine().random() - 1);
    return Duration(static_cast<std::int64_t>(static_cast<double>(wait.count()) * factor));
}

}  // namespace arun::jobs
