/// What all jobs of a run share.
#pragma once

#include "jobs/observer.hpp"
#include "jobs/output.hpp"
#include "jobs/scope.hpp"
#include "rt/line_reader.hpp"
#include "rt/loop.hpp"
#include "rt/task.hpp"
#include "script/names.hpp"

#include <chrono>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace arun::jobs {

struct BackgroundRun;

/// What jobs.ID tells of the last run of an id that was started.
struct JobRecord {
    std::uint64_t run = 0;  ///< which run that is; 0: none
    script::Value result;
    std::optional<Outcome> outcome;
    FailurePtr failure;
    bool allowed = false;  ///< continue_on_error let the failure pass
    std::shared_ptr<const BackgroundRun>
        background;  ///< of a background job: it may be cancelled before it starts
};

/// One run of a background job. What its job may look at must outlive the coroutine that started it, so it is
/// here.
struct BackgroundRun {
    std::shared_ptr<const script::Script> script;  ///< that the job stands in, see ScriptSource::owner()
    const script::Job* job = nullptr;
    const script::JobId* id = nullptr;
    std::shared_ptr<const BackgroundRun> outer;  ///< the background job that started it
    std::vector<Failure::Step> chain;            ///< the jobs around it when it was started
    std::vector<std::pair<const script::Symbol*, script::Value>> bound;
    std::vector<Binding> bindings;
    std::shared_ptr<const Environment> environment;
    std::uint64_t round = 0;
    std::uint64_t started_by = 0;  ///< Scope::run() of the job around it
    ListStatus status;             ///< of the list that it was started in, as it was then

    AnyTask task;
    Outcome outcome = Outcome::cancelled;  ///< what it is until it ends otherwise
    script::Value result;
    FailurePtr failure;
    bool joined = false;  ///< a `wait` has answered for the failure
};

class Engine {
public:
    Engine(const script::Symbols& symbols, Output& output, Observer& observer)
        : symbols(symbols), output(output), observer(observer) {}

    const script::Symbols& symbols;
    Output& output;
    Observer& observer;
    /// Kinds with effects outside are not run, see Value::unknown().
    bool planning = false;
    /// The loop of the Runner that is at work.
    Loop* loop = nullptr;
    /// That passed in Runners that were closed.
    Duration before{};
    /// The time since the run began, in all its Runners.
    Duration elapsed() const { return before + (loop != nullptr ? loop->time() : Duration::zero()); }
    /// What is at work, where it has to be kept alive; see ScriptSource::owner().
    std::shared_ptr<const script::Script> script;

    JobRecord& record(const script::JobId& id);
    /// The same for a run of the id that begins: nothing is known of it yet.
    JobRecord& new_record(const script::JobId& id, std::uint64_t run);
    /// The context that a job's `context` asks for: a named one, or a copy of the running one. Its variables
    /// are not set yet.
    Context context_for(const Scope& scope, const script::ContextSpec& spec);
    std::uint64_t next_run() noexcept { return ++runs_; }

    /// In the order in which they were started; those that ended are kept only if their failure still counts.
    std::list<std::shared_ptr<BackgroundRun>> background;
    /// Variables from outside of all scripts; no script's `vars` gets past them. Their type is the declared
    /// one.
    std::map<const script::Symbol*, std::string> outside;
    /// The environment from outside of all scripts: the process's and --env-file's.
    std::shared_ptr<const Environment> environment;

    /// Lines of standard input, for all jobs that read some.
    LineReader& standard_input();
    /// It is taken by a script.
    bool stdin_is_script = false;

    /// A number in [0, 1): reproducible on the virtual clock.
    double random();
    /// Without it the numbers are different in each run.
    void seed(std::uint64_t seed) { random_.emplace(seed); }

    /// What a job that is cut off has to say, for the failure of the timeout that cut it.
    struct Remains {
        std::string words;     ///< what it was waiting for: " (connected, no answer yet)"
        script::Value result;  ///< as far as it had come
        std::string output;    ///< the end of what it printed, if that was not shown
    };
    /// Called by the job, while it is being cancelled. The last one counts.
    void set_partial_result(const Scope& scope, Remains partial);
    void set_partial_words(const Scope& scope, std::string words) {
        set_partial_result(scope, {std::move(words), {}, {}});
    }
    /// What the job of `scope` has left, once; of a job inside of it only the output.
    Remains take_partial_result(const Scope& scope);

    /// Some names have become secrets since the last hide_secrets().
    bool has_new_secrets() const noexcept { return symbols.secrets().size() != secrets_; }
    /// Hides the values that the secrets have now, in the running context and in the environment.
    void hide_secrets();

    /// Forgets what belongs to one Runner: ids, named contexts, background jobs.
    void renew();

private:
    std::vector<JobRecord> records_;
    std::map<std::string, Context, std::less<>> contexts_;
    std::uint64_t runs_ = 0;
    std::vector<const script::Job*>
        partial_result_owners_;  ///< the job that has left something, and those around it
    Remains partial_result_;
    std::size_t secrets_ = 0;
    std::shared_ptr<LineReader> standard_input_;
    std::optional<std::mt19937_64> random_;  ///< made when somebody wants a number
};

}  // namespace arun::jobs
