/// How jobs end, and what is known of a failure.
#pragma once

#include "base/duration.hpp"
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
    failed,   ///< of a job, an assertion or an expectation: exit status 1
    timeout,  ///< exit status 124
};

struct BackgroundRun;
struct Failure;
using FailurePtr = std::shared_ptr<const Failure>;

/// `allowed`: told, but as one that passes with continue_on_error. If it also fails a job that does not allow
/// it, observers are told again.
enum class Telling : std::uint8_t { untold, told, allowed };

/// One failure, with the jobs that it went through.
struct Failure {
    struct Step {
        const script::Job* job = nullptr;
        std::string label;
        bool named = false;  ///< the label is the job's `name`
        std::string items =
            {};  ///< of the rounds that it is in, such as "(mac, 3.11)", without those in its name
        std::uint64_t round = 0;  ///< Scope::round()
    };

    Cause cause = Cause::failed;
    Duration at{};                     ///< when it was first known, on the loop's clock
    Duration lag{};                    ///< how long after the end of its child the job told of it
    std::string message;               ///< lower case, no full stop
    Span where;                        ///< the expression that failed, if one did
    std::vector<Step> chain;           ///< the job that failed, then the jobs around it, outwards
    script::Value result;              ///< what `capture` gets: an exec's, run's or http's result
    std::string output;                ///< the end of a child's output, unless it was shown as it came
    std::vector<std::string> running;  ///< of a time limit on several jobs: those that ran when it was over
    int exit_status = 0;               ///< arun exits with it if this is the first failure; 0: as for any
    int child_status = 0;              ///< of a child that failed: exit status, or 128 + signal
    std::shared_ptr<const script::Script> script;  ///< keeps the jobs of `chain` alive, in a stream
    std::vector<FailurePtr> others;                ///< failed siblings, in the order of their failures
    /// What observers have been told of it. Shared by copies: a background job's failure goes on to each
    /// `wait`.
    std::shared_ptr<Telling> telling = std::make_shared<Telling>(Telling::untold);
    /// The background jobs whose failure a `wait` took over with it, see drop().
    std::vector<std::weak_ptr<BackgroundRun>> taken_over;

    /// The innermost background job that it failed, or null.
    const Step* background_job() const noexcept;
    /// Whether `job` has failed itself, or a job inside it has, instead of one that it waited for.
    bool is_of(const script::Job& job) const noexcept;
};

/// Thrown by a job that fails.
class JobFailure : public std::exception {
public:
    explicit JobFailure(FailurePtr failure) : failure_(std::move(failure)) {}
    const char* what() const noexcept override { return failure_->message.c_str(); }
    const FailurePtr& failure() const noexcept { return failure_; }

private:
    FailurePtr failure_;
};

/// The script of the job of `scope`, if it has to be kept alive; see ScriptSource::owner().
std::shared_ptr<const script::Script> owner_of(const Scope& scope);

/// A failure of the job of `scope`.
FailurePtr make_failure(const Scope& scope, std::string message, Cause cause = Cause::failed);
[[noreturn]] void fail(const Scope& scope, std::string message, Cause cause = Cause::failed);

/// The exception that is being handled, a std::exception, as a failure of the job of `scope`. Rethrows
/// std::bad_alloc and EventLoopError. Precondition: called in a catch handler.
FailurePtr current_failure(const Scope& scope);

/// What `capture` and jobs.ID get from a job that failed: the result of an exec, run or http, else null.
script::Value result_of(const Failure& failure, const Scope& scope);

/// The job of `scope` and its label: its `name`, computed in `scope`, or else its kind and argument.
Failure::Step step_of(const Scope& scope);
/// The label and the items: "test (mac, 3.11)".
std::string label_with_items(const Failure::Step& step);
/// On one line, such as "wait 'server'".
std::string title_of(const Failure::Step& step);
/// The same with the position: "wait 'server' (smoke.yaml:7:5)".
std::string describe(const Failure::Step& step);

}  // namespace arun::jobs
