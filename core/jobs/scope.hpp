/// Scope: the surroundings of a running job, as its expressions see them.
#pragma once

#include "jobs/failure.hpp"
#include "script/expression.hpp"
#include "script/job.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace arun::jobs {

class Engine;
class JobRecords;
struct BackgroundRun;

/// How a list of jobs stands so far, for success(), failure() and cancelled().
struct ListStatus {
    bool failed = false;
    bool cancelled = false;
    bool of_job = false;  ///< not a list: the job that a `finally` belongs to
    const ListStatus* outer = nullptr;

    /// Of the list itself, as in an implied success(); in a `finally`, of its job as well.
    bool success() const noexcept {
        return !failed && !cancelled && (outer == nullptr || outer->job_succeeded());
    }
    /// Of the list or of a list around it.
    bool failure() const noexcept { return failed || (outer != nullptr && outer->failure()); }
    bool is_cancelled() const noexcept { return cancelled || (outer != nullptr && outer->is_cancelled()); }
    bool job_succeeded() const noexcept {
        return of_job ? success() : outer == nullptr || outer->job_succeeded();
    }
};

/// Reports list the named jobs of each round of a loop with at most so many, as GitHub has it for a matrix.
inline constexpr std::uint64_t max_listed_rounds = 256;

/// A round of a loop.
struct Round {
    const script::Job* loop = nullptr;
    std::uint64_t index = 0;              ///< from 1
    const script::Value* item = nullptr;  ///< of a for_each, else null
    bool listed = false;                  ///< its named jobs are cases of reports: the loop has few rounds
    const Round* outer = nullptr;         ///< the round around it, or null
};

/// A name that hides the context's variable: the item of a for_each, `error` in a finally.
struct Binding {
    const script::Symbol* symbol = nullptr;
    const script::Value* value = nullptr;  ///< null: the context's, see ContextVariables
    const Binding* next = nullptr;
};

/// The environment variables that an `env` sets, on top of those around it.
struct Environment {
    std::shared_ptr<const Environment> outer;
    std::map<std::string, std::string, std::less<>> set;
    std::set<std::string, std::less<>> unset;
};

/// What a running job can see. Cheap: one for each job, in the frame of the coroutine that runs its list. It
/// points into the frames around it, which outlive it.
class Scope final : public script::EvalContext {
public:
    explicit Scope(Engine& engine) noexcept : engine_(&engine) {}
    /// The same job with more bound to it.
    Scope(const Scope&) = default;
    Scope& operator=(const Scope&) = delete;
    /// The scope of one job of a list.
    Scope(const Scope& outer, const script::Job& job, const ListStatus& list) noexcept : Scope(outer) {
        parent_ = &outer;
        job_ = &job;
        list_ = &list;
        run_ = 0;
    }

    Engine& engine() const noexcept { return *engine_; }
    const Scope* parent() const noexcept { return parent_; }
    /// Null at the top of a script.
    const script::Job* job() const noexcept { return job_; }
    /// Status of the enclosing list, or null.
    const ListStatus* list() const noexcept { return list_; }
    /// The background job that this runs in, or null.
    const std::shared_ptr<BackgroundRun>* background() const noexcept { return background_; }
    const std::shared_ptr<const Environment>* environment_layer() const noexcept { return environment_; }
    /// The runs of ids by the task that this is in; null: the scripts'.
    const std::shared_ptr<JobRecords>* records() const noexcept { return records_; }

    void bind(const Binding& binding) noexcept { bindings_ = &binding; }
    const Binding* bindings() const noexcept { return bindings_; }
    /// `round` must outlive the scope.
    void set_round(const Round& round) noexcept { round_ = &round; }
    /// Makes this the top of a task. `records` may be null.
    void set_records(const std::shared_ptr<JobRecords>& records) noexcept {
        if (records) records_ = &records;
    }
    void set_environment(const std::shared_ptr<const Environment>& layer) noexcept { environment_ = &layer; }
    /// The innermost round that the job is in, not one of its own if it is a loop; null outside of loops.
    const Round* rounds() const noexcept {
        return round_ != nullptr && round_->loop == job_ ? round_->outer : round_;
    }
    /// The number of that round, from 1; 0 outside of loops.
    std::uint64_t round() const noexcept { return rounds() != nullptr ? rounds()->index : 0; }
    /// Number of this run of the job, for observers; 0 if it is not observed. At the top of a background job,
    /// the number of the job that started it.
    std::uint64_t run() const noexcept { return run_; }
    void set_run(std::uint64_t number) noexcept { run_ = number; }
    /// Makes this the top of a background job, which may outlive the frames in which it was started.
    void detach(const std::shared_ptr<BackgroundRun>& run) noexcept;

    const script::Value* variable(const script::Symbol& symbol) const override;
    script::Value environment(std::string_view name) const override { return environment(name, nullptr); }
    /// The same; if `distance` is not null, adds to it the number of environments inside of the deciding one.
    script::Value environment(std::string_view name, std::size_t* distance) const;
    script::Value environment() const override;
    script::Value job(const script::JobId& id, script::JobProperty property) const override;
    script::Value loop_index() const override;
    bool status(script::Status which) const override;
    Duration now() const override;
    script::Value run_property(std::string_view name) const override;
    std::chrono::system_clock::time_point wall_time() const override;
    std::optional<double> random() const override;

private:
    Engine* engine_;
    const Scope* parent_ = nullptr;
    const script::Job* job_ = nullptr;
    const ListStatus* list_ = nullptr;
    const Binding* bindings_ = nullptr;
    const std::shared_ptr<BackgroundRun>* background_ = nullptr;
    const std::shared_ptr<const Environment>* environment_ = nullptr;
    const std::shared_ptr<JobRecords>* records_ = nullptr;
    const Round* round_ = nullptr;
    std::uint64_t run_ = 0;
};

}  // namespace arun::jobs
