/// What all jobs of a run share.
#pragma once

#include "jobs/background_table.hpp"
#include "jobs/job_records.hpp"
#include "jobs/observer.hpp"
#include "jobs/output.hpp"
#include "jobs/scope.hpp"
#include "rt/line_reader.hpp"
#include "rt/loop.hpp"
#include "script/names.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace arun {
class World;
}

namespace arun::jobs {

/// What a job that is interrupted leaves for the failure of the timeout that interrupts it.
struct PartialResult {
    std::string words;     ///< what it waited for, such as " (connected, no answer yet)"
    script::Value result;  ///< its result so far
    std::string output;    ///< the end of its output, unless that was shown
};

class Engine {
public:
    Engine(const script::Symbols& symbols, World& world, Output& output, Observer& observer);

    const script::Symbols& symbols;
    World& world;
    Output& output;
    Observer& observer;
    const EventFilter event_filter;  ///< the observer's
    const DetailLevel detail_level;  ///< the observer's
    bool planning = false;           ///< jobs with effects do not run, see Value::unknown()
    bool stdin_is_script = false;    ///< no job can read standard input
    bool scripts_arrive = false;     ///< not all jobs are known when the first one starts
    Loop* loop = nullptr;            ///< the current Runner's; null between Runners
    Duration before{};               ///< time elapsed in previous Runners
    /// Time since the run began, in all its Runners.
    Duration elapsed() const { return before + (loop != nullptr ? loop->time() : Duration::zero()); }

    /// The script that is running, if it has to be kept alive; see ScriptSource::owner().
    std::shared_ptr<const script::Script> script;
    /// Variables from outside. A script that declares one decides its type.
    std::map<const script::Symbol*, const script::GivenVariable*> outside;
    /// The environment below that of all scripts: the process's with --env-file's entries; null if it has
    /// none.
    std::shared_ptr<const Environment> environment;
    /// One that has ended stays only while its failure is not reported by a `wait`.
    BackgroundTable background;
    /// Those whose failure a `wait` has taken over, see drop().
    std::vector<std::shared_ptr<BackgroundRun>> taken_over;

    /// Starts the record of a run of `id` by the job of `scope`.
    std::shared_ptr<JobRecord> start_record(const Scope& scope, const script::JobId& id);
    /// The run of `id` that belongs to `scope`, see JobRecords::find().
    const JobRecord* find_record(const Scope& scope, const script::JobId& id) const noexcept;
    /// Records for a new task inside `scope`; null if no script has ids.
    std::shared_ptr<JobRecords> task_records(const Scope& scope) const;
    std::uint64_t next_run() noexcept { return ++runs_; }
    /// The context that a job's `context` asks for, without its variables: a named one, or a copy of the
    /// running one.
    Context context_for(const Scope& scope, const script::ContextSpec& spec);

    /// Lines of standard input, shared by all jobs that read them.
    LineReader& standard_input();

    /// A number in [0, 1).
    double random();
    /// Seeds random() and run_id() now, so that their values do not depend on which is called first.
    void draw_numbers();
    /// Makes random() and run_id() the same in every run.
    void make_reproducible() {
        random_.emplace(std::uint64_t{1});
        reproducible_ = true;
    }

    /// A text that no other run has: 16 hexadecimal digits, always the same on the virtual clock.
    script::Value run_id();

    /// A number for a label, the same each time: 0, 1, 2 in the order of their first use, as far as they can
    /// be told apart anyway.
    std::size_t number_of_label(const std::string& label) {
        constexpr std::size_t max_labels = 1000;
        if (labels_.size() >= max_labels && !labels_.contains(label)) return label.size();
        return labels_.try_emplace(label, labels_.size()).first->second;
    }

    /// Called by a job while it is being cancelled; replaces what another job left before.
    void set_partial_result(const Scope& scope, PartialResult partial);
    void set_partial_words(const Scope& scope, std::string words);
    /// Takes what the job of `scope` left. Of a job inside it, only the output counts.
    PartialResult take_partial_result(const Scope& scope);

    /// Names have become secrets since the last hide_secrets().
    bool has_new_secrets() const noexcept { return symbols.secrets().size() != hidden_secrets_; }
    /// Hides the present values of all secrets, in the running context and in the environment.
    void hide_secrets();

    /// Tells observers of a failure. One that they know, with all its siblings, is reported again
    /// only when it turns out to be allowed.
    void report(const Failure& failure, FailureContext context);

    /// Numbers background jobs in the order of their starts.
    std::uint64_t next_background() noexcept { return ++backgrounds_; }

    /// Drops what belongs to one Runner: records of ids, named contexts, background jobs.
    void reset();

private:
    void set_run_id(std::uint64_t number);

    std::shared_ptr<JobRecords> records_ = std::make_shared<JobRecords>();  ///< of the scripts
    std::map<std::string, Context, std::less<>> contexts_;
    std::uint64_t runs_ = 0;
    std::uint64_t backgrounds_ = 0;
    PartialResult partial_result_;
    std::vector<const script::Job*> partial_result_owners_;  ///< the job that left it, then those around it
    std::size_t hidden_secrets_ = 0;
    std::shared_ptr<LineReader> standard_input_;
    std::optional<std::mt19937_64> random_;
    std::map<std::string, std::size_t> labels_;
    script::Value run_id_;
    bool reproducible_ = false;
};

}  // namespace arun::jobs
