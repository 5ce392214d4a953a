/// How jobs fail: what a person is told, and what the exit status depends on.
#pragma once

#include "script/job.hpp"
#include "script/value.hpp"

#include <exception>
#include <memory>
#include <string>
#include <vector>

namespace arun::jobs {

class Scope;

enum class Outcome : std::uint8_t { success, failure, cancelled, skipped };
/// "success", "failure", "cancelled", "skipped": what jobs.ID.outcome says.
std::string_view name_of(Outcome outcome) noexcept;

enum class Cause : std::uint8_t {
    failed,   ///< a job, an assertion or an expectation failed
    timeout,  ///< the root cause was a timeout: exit status 124
};

struct Failure;
using FailurePtr = std::shared_ptr<const Failure>;

/// One failure with its way out of the script.
struct Failure {
    /// One job that the failure went through.
    struct Step {
        const script::Job* job = nullptr;
        std::string label;
        bool named = false;  ///< the script gave the label
    };

    Cause cause = Cause::failed;
    std::string message;      ///< lower case, no full stop
    Span where;               ///< the expression to blame, if it is one
    std::vector<Step> chain;  ///< the job that failed, then the jobs around it
    script::Value result;     ///< what `capture` gets: an exec's, run's or http's result
    std::string output;       ///< the end of what a child printed, unless it was shown as it came
    int child_status = 0;     ///< of a child that failed: its exit status, or 128 + signal
    std::shared_ptr<const script::Script> script;  ///< keeps alive what is named here, in a stream
    std::vector<FailurePtr> others;                ///< failed siblings, in the order of their failures
};

/// A job has failed.
class JobFailure : public std::exception {
public:
    explicit JobFailure(FailurePtr failure) : failure_(std::move(failure)) {}
    const char* what() const noexcept override { return failure_->message.c_str(); }
    const FailurePtr& failure() const noexcept { return failure_; }

private:
    FailurePtr failure_;
};

/// The script that the job of `scope` stands in, where it has to be kept alive; see ScriptSource::owner().
std::shared_ptr<const script::Script> owner_of(const Scope& scope);

/// The failure of the job that `scope` is in.
FailurePtr make_failure(const Scope& scope, std::string message, Cause cause = Cause::failed);
[[noreturn]] void fail(const Scope& scope, std::string message, Cause cause = Cause::failed);

/// Call in a handler of std::exception: what was thrown, as a failure of the job that `scope` is in.
/// std::bad_alloc is thrown on.
FailurePtr current_failure(const Scope& scope);

/// What `capture` and jobs.ID get of a job that failed: an exec's, run's or http's own result, else null.
script::Value result_of(const Failure& failure, const Scope& scope);

/// The label of a job: its `name`, computed in `scope`, or a default made of its kind and argument.
Failure::Step step_of(const Scope& scope);

}  // namespace arun::jobs
