#include "jobs/session.hpp"

#include "jobs/background.hpp"
#include "jobs/blocked_jobs.hpp"
#include "jobs/engine.hpp"
#include "jobs/kind.hpp"
#include "jobs/run_job.hpp"
#include "jobs/variables.hpp"
#include "rt/descriptor_limit.hpp"
#include "rt/errors.hpp"
#include "rt/runner.hpp"
#include "rt/shield.hpp"
#include "rt/signals.hpp"
#include "rt/timeout.hpp"
#include "world/world.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

namespace arun::jobs {

using script::Value;

int RunResult::exit_status() const noexcept {
    if (!internal.empty()) return 125;
    if (signal != 0) return 128 + signal;
    if (rejected) return 2;
    if (failure && failure->exit_status != 0) return failure->exit_status;
    if (failure) return failure->cause == Cause::timeout ? 124 : 1;
    return 0;
}

namespace {

/// How far a run is. ARCHITECTURE.md has the picture.
enum class RunState : std::uint8_t {
    running,      ///< jobs start
    interrupted,  ///< no job starts, what runs is cancelled, finally runs within the grace period
    stopped,      ///< nothing starts any more, not even finally
};

/// A time limit on several jobs: a script's `timeout`, or --timeout.
struct Limit {
    Duration length{};
    Duration end{};  ///< in Engine::elapsed()
    bool passed = false;
    std::vector<std::string> running = {};  ///< the jobs that ran at its end
    /// False: no limit.
    explicit operator bool() const noexcept { return length != Duration::zero(); }
};

/// The failure of a limit names at most this many of the jobs that ran.
constexpr std::size_t max_named = 10;

/// The time for clean-up. It begins with the first thing that cuts jobs short; when it is over, the jobs that
/// still run are named, and shields no longer hold.
class GracePeriod {
public:
    GracePeriod(Engine& engine, Duration length) noexcept : engine_(engine), length_(length) {}

    /// Idempotent.
    void start() {
        if (state_ != State::idle) return;
        state_ = State::running;
        timer_ = engine_.loop->call_later(length_, [this] { end(); });
    }
    /// The jobs that start from now on are not concerned.
    void reset() noexcept {
        if (state_ == State::running) timer_.cancel();
        if (state_ == State::over) engine_.loop->restore_shields();
        state_ = State::idle;
    }
    /// The same in a new Runner.
    void renew() noexcept {
        timer_ = {};
        state_ = State::idle;
    }
    bool is_over() const noexcept { return state_ == State::over; }
    Duration length() const noexcept { return length_; }

private:
    enum class State : std::uint8_t { idle, running, over };

    void end() {
        state_ = State::over;
        for (const auto& line : describe_blocked_jobs(*engine_.loop))
            engine_.observer.notice("still running after the grace period of " + format_duration(length_) +
                                    ": " + line);
        engine_.loop->break_shields();
    }

    Engine& engine_;
    Duration length_;
    State state_ = State::idle;
    TimerHandle timer_;
};

/// One script while it runs. After a deadlock its coroutines live until the Runner is closed, and so does
/// this.
struct ScriptRun {
    ScriptRun(Engine& engine, bool keep_going) : scope(engine), list(nullptr, keep_going) {}

    /// The scope of its finally, which sees how the jobs ended.
    Scope& open_finally(bool interrupted) {
        status.failed = list.first_failure() != nullptr;
        status.cancelled = interrupted;
        status.of_job = true;
        if (list.first_failure()) error = Value::string(list.first_failure()->message);
        binding = {scope.engine().symbols.find("error"), &error, nullptr};
        finally_scope.emplace(scope).bind(binding);
        return *finally_scope;
    }

    Scope scope;
    std::shared_ptr<const Environment> environment;
    ListRun list;
    Limit limit;
    // For its finally:
    ListStatus status;
    Value error;
    Binding binding;
    std::optional<Scope> finally_scope;
};

Coro<> run_top_job(const Scope& outer, const script::Job& job, const ListRun& list) {
    Scope scope(outer, job, list.status());
    CurrentJob current(scope);
    if (auto started = start_job(scope, list)) co_await *std::move(started);
}

/// `ended` tells whether all of it has run.
Coro<> run_finally(const Scope& scope, const script::JobList& list, const ListStatus& status, bool& ended) {
    ShieldScope shield;
    co_await run_list(scope, list, &status);
    ended = true;
}

class Session {
public:
    Session(const script::CompilationContext& compilation, const SessionOptions& options, Output& output,
            Observer& observer)
        : options_(options),
          output_(output),
          observer_(observer),
          engine_(compilation.symbols, options.world != nullptr ? *options.world : real_world_, output,
                  observer),
          grace_(engine_, options.grace),
          run_limit_{options.timeout, options.timeout} {
        engine_.stdin_is_script = compilation.stdin_is_script;
        engine_.planning = options.planning;
        for (const auto& variable : options.variables)
            engine_.outside[compilation.symbols.find(variable.name)] = &variable;
        if (!options.environment.empty()) {
            auto layer = std::make_shared<Environment>();
            for (const auto& [name, value] : options.environment) layer->set[name] = value;
            engine_.environment = std::move(layer);
        }
        const bool drawn = engine_.world.is_imaginary() && engine_.world.has_entropy();
        if (options.clock == ClockMode::virtual_ && !drawn) engine_.make_reproducible();
    }

    RunResult run(std::span<ScriptSource* const> sources) {
        try {
            engine_.scripts_arrive = std::ranges::any_of(sources, [](auto* s) { return !s->exhausted(); });
            open_runner();
            if (engine_.world.journal() != nullptr || engine_.world.is_imaginary()) engine_.draw_numbers();
            observer_.run_started(engine_);
            for (auto* source : sources) run_source(*source);
            close_runner();
        } catch (const std::bad_alloc&) {
            set_internal_error("out of memory");
        } catch (const std::exception& e) {
            set_internal_error(e.what());
        }
        output_.flush();
        result_.duration = engine_.elapsed();
        return std::move(result_);
    }

private:
    void open_runner() {
        RunnerOptions options;
        options.owns_process = options_.owns_process;
        options.clock = options_.clock;
        // With --isolated each Runner has a clock that starts at 0, but the time of day goes on.
        options.start_time = wall_time_ ? wall_time_ : options_.start_time;
        options.debug = options_.debug;
        options.journal = engine_.world.journal();
        options.no_outside = engine_.world.is_imaginary();
        runner_.emplace(options);
        runner_->on_signal = [this](int signo) { interrupt_by_signal(signo); };
        runner_->on_deadlock = [this] { report_deadlock(); };
        auto& loop = runner_->get_loop();
        loop.debug_log = options_.debug_log;
        loop.before_block = [this] {
            engine_.world.waiting();
            output_.flush();
            observer_.waiting();
        };
        if (options_.max_wait) loop.max_block = *options_.max_wait;
        loop.set_exception_handler([this](std::string_view message, std::exception_ptr) {
            engine_.world.reported(message);
            observer_.notice(message);
        });
        engine_.world.opened(loop);
        if (options_.max_steps != 0) loop.stop_after(options_.max_steps);
        if (few_descriptors()) loop.uv();  // if it cannot be opened, nothing has run
        engine_.loop = &loop;
        engine_.reset();
        grace_.renew();
    }

    void close_runner() {
        settle();
        auto live = engine_.background.list(nullptr);
        std::erase_if(live, [](const auto& run) { return run->task.done(); });
        if (!live.empty()) {
            std::string names;
            for (const auto& run : live) names += (names.empty() ? "" : ", ") + label_of(*run);
            observer_.notice((live.size() == 1 ? "cancelling a background job that still runs: "
                                               : "cancelling background jobs that still run: ") +
                             names);
            if (state_ == RunState::running)
                for (const auto& run : live) run->stopped = true;
        }
        grace_.start();  // for what jobs have left behind too
        if (state_ == RunState::stopped)
            runner_->get_loop().stop_after(engine_.world.over() ? 1 : options_.max_steps);
        wall_time_ = runner_->get_loop().wall_time();
        try {
            runner_->close();
        } catch (const DeadlockError& e) {
            set_internal_error(e.what());
        } catch (const LoopStopped&) {
            // check_steps() has it.
        }
        engine_.world.look(*engine_.loop);  // what was reported meanwhile
        check_steps();
        if (!result_.failure) result_.failure = take_failure(engine_, runs_of(engine_, nullptr));
        engine_.before = engine_.elapsed();
        engine_.loop = nullptr;
        engine_.background.clear();
        engine_.taken_over.clear();
    }

    /// Background jobs run to the end of the instant at which the last script ends, so that no failure of
    /// that instant is missed.
    void settle() {
        if (engine_.background.empty() || state_ != RunState::running) return;
        try {
            runner_->settle();
        } catch (const LoopStopped&) {
            // check_steps() has it.
        }
        has_lost_output();
        check_steps();
    }

    /// Sets up what belongs to one script, anew for each Runner.
    void enter_script(const script::Body& body, ScriptRun& run) {
        runner_->context().run([&] {
            for (const auto& [symbol, given] : engine_.outside) assign(run.scope, *symbol, given->value);
            for (const auto& input : body.inputs) declare_input(run.scope, input);
            declare_variables(run.scope, body.variables);
            if (!body.environment.empty()) {
                run.environment = make_environment(run.scope, body.environment);
                run.scope.set_environment(run.environment);
            }
        });
    }

    // --- the state of the run ---

    /// A signal between two jobs is found here.
    bool is_interrupted() {
        engine_.world.look(*engine_.loop);
        auto* signals = SignalScope::current();
        if (signals != nullptr && signals->pending()) interrupt_by_signal(signals->take());
        return state_ != RunState::running;
    }

    bool is_over() { return is_interrupted() || (result_.failure && !options_.keep_going); }

    void interrupt() {
        if (state_ == RunState::running) state_ = RunState::interrupted;
        grace_.start();
    }

    void interrupt_by_signal(int signo) {
        if (result_.signal == 0) result_.signal = signo;
        interrupt();
    }

    /// Output may be lost while a job ends; then its clean-up is what is interrupted.
    bool has_lost_output() {
        if (output_.broken()) interrupt();
        return output_.broken();
    }

    void check_steps() {
        if (!engine_.loop->out_of_steps() && !engine_.world.over()) return;
        result_.stopped = true;
        state_ = RunState::stopped;
    }

    void report_deadlock() {
        set_internal_error(DeadlockError().what());
        for (const auto& line : describe_blocked_jobs(*engine_.loop)) observer_.notice("waiting: " + line);
        interrupt();
    }

    void set_internal_error(std::string message) {
        if (result_.internal.empty()) result_.internal = std::move(message);
    }

    void report_failure(const FailurePtr& failure) {
        if (reported_ == failure) return;
        reported_ = failure;
        engine_.report(*failure, result_.failure && !options_.keep_going ? FailureContext::secondary
                                                                         : FailureContext::fatal);
        if (!result_.failure) result_.failure = failure;
    }

    FailurePtr report_timeout(const Limit& limit, std::string_view what) {
        auto failure = std::make_shared<Failure>();
        failure->cause = Cause::timeout;
        failure->message = std::string(what) + " timed out after " + format_duration(limit.length);
        failure->running = limit.running;
        report_failure(failure);
        return failure;
    }

    bool is_past(const Limit& limit) const { return limit && engine_.elapsed() >= limit.end; }

    /// Reports, once, that the run has used up its time. Precondition: it has.
    void pass_run_limit(ListRun* list) {
        auto failure = report_timeout(run_limit_, "the run");
        if (list != nullptr) list->add_failure(std::move(failure));
        run_limit_ = {};
        interrupt();
    }

    // --- running coroutines ---

    /// Around all that the Runner runs: cancels it when output is lost, and when the run or the script has
    /// used up its time.
    Coro<> supervise(Limit* script_limit, bool cleanup, Coro<> body) {
        auto& task = current_task();
        const OutputWatch watch(output_, [this, &task] {
            interrupt();
            task.cancel();
        });
        // Once the run is interrupted, the grace period limits it.
        Limit* limit = run_limit_ && state_ == RunState::running ? &run_limit_ : nullptr;
        if (script_limit != nullptr && *script_limit && (limit == nullptr || script_limit->end < limit->end))
            limit = script_limit;
        if (limit == nullptr) {
            co_await std::move(body);
            co_return;
        }
        const auto deadline = limit->end - engine_.before;
        auto timer = engine_.loop->call_at(deadline, [this, limit] {
            limit->running = describe_blocked_jobs(*engine_.loop);
            if (limit->running.size() > max_named) {
                const auto more = limit->running.size() - max_named;
                limit->running.resize(max_named);
                limit->running.push_back("and " + std::to_string(more) + " more");
            }
            grace_.start();
        });
        Timeout timeout(deadline);
        timeout.enter();
        bool cancelled = false;
        try {
            co_await std::move(body);
        } catch (const CancelledError&) {
            cancelled = true;
        } catch (...) {
            limit->passed = timeout.expired();
            if (!limit->passed) timer.cancel();
            throw;
        }
        const bool is_first = timeout.leave_cancelled();
        // After the grace period the clean-up is cancelled once more, but it was the limit that ended the
        // job.
        limit->passed = timeout.expired() && (!cancelled || is_first || grace_.is_over());
        if (!limit->passed) timer.cancel();
        if (cancelled && (cleanup || !limit->passed)) throw CancelledError();
    }

    /// Runs `body` to its end in the Runner. Whatever ends it is sorted out here: what interrupts the run
    /// changes its state, and a failure of the job of `scope` is returned. `cleanup`: signals do not cancel
    /// it.
    FailurePtr drive(const Scope& scope, Limit* script_limit, Coro<> body, bool cleanup = false) {
        FailurePtr failure;
        try {
            auto supervised = supervise(script_limit, cleanup, std::move(body));
            if (cleanup) {
                runner_->run_uninterrupted(std::move(supervised));
            } else {
                runner_->run(std::move(supervised));
            }
        } catch (const KeyboardInterrupt&) {
            // on_signal has interrupted the run.
        } catch (const CancelledError&) {
            // What ended the script's finally, a script's own limit maybe, has changed the state if it had
            // to.
            if (cleanup && !finally_ended_) {
                observer_.notice("the script's finally was interrupted" +
                                 (grace_.is_over() ? ": the grace period of " +
                                                         format_duration(grace_.length()) + " is over"
                                                   : std::string()));
            } else if (!cleanup) {
                interrupt();
            }
        } catch (const DeadlockError&) {
            // on_deadlock has reported it.
        } catch (const LoopStopped&) {
            // check_steps() has it.
        } catch (const std::exception&) {
            failure = current_failure(scope);
        }
        has_lost_output();
        check_steps();
        return failure;
    }

    /// Waits until more of a stream has arrived. Background jobs go on meanwhile.
    void wait_for_more(ScriptSource& source) {
        const Scope top(engine_);
        if (auto failure = drive(top, nullptr, source.wait_for_more())) {
            set_internal_error(failure->message);
            interrupt();
        }
        if (run_limit_.passed) pass_run_limit(nullptr);
    }

    // --- scripts ---

    void run_source(ScriptSource& source) {
        while (!is_over()) {
            switch (source.next_script()) {
                case ScriptSource::Next::end:
                    return;
                case ScriptSource::Next::invalid:
                    return reject(source);
                case ScriptSource::Next::waiting:
                    wait_for_more(source);
                    break;
                case ScriptSource::Next::ready:
                    // A signal while it was read: a script that has not begun has nothing to clean up.
                    if (is_over()) return;
                    adopt(source);
                    run_script(source);
            }
        }
    }

    /// Called for each script or job of a source that comes next.
    void adopt(ScriptSource& source) {
        if (observer_.keeps_jobs()) source.retain();
        engine_.script = source.owner();
        if (engine_.has_new_secrets()) runner_->context().run([this] { engine_.hide_secrets(); });
        if (!source.diagnostics().empty()) observer_.diagnosed(source.diagnostics());
    }

    /// The next script or job has errors.
    void reject(const ScriptSource& source) {
        observer_.diagnosed(source.diagnostics());
        result_.rejected = true;
        interrupt();
    }

    void run_script(ScriptSource& source) {
        const auto& body = source.script();
        observer_.script_started(body);
        const auto started = engine_.elapsed();
        auto& run = script_runs_.emplace_back(engine_, options_.keep_going);
        try {
            enter_script(body, run);
            if (body.timeout)
                runner_->context().run([&] { run.limit.length = body.timeout->get(run.scope); });
            run.limit.end = started + std::min(run.limit.length, Duration::max() - started);
        } catch (const std::exception&) {
            run.list.add_failure(current_failure(run.scope));
            report_failure(run.list.first_failure());
        }
        run_jobs(source, run);
        if (body.finally && state_ != RunState::stopped) run_script_finally(body, run);
        auto outcome = run.list.first_failure() || result_.rejected ? Outcome::failure : Outcome::success;
        if (state_ != RunState::running && !result_.rejected) outcome = Outcome::cancelled;
        runner_->context().run(
            [&] { observer_.script_finished(body, outcome, engine_.elapsed() - started); });
        if (state_ != RunState::running) return;
        // The time that this script had for its clean-up is not the next one's.
        if (run.limit.passed && options_.keep_going) grace_.reset();
        // A stream may have any number of scripts.
        script_runs_.pop_back();
    }

    void run_jobs(ScriptSource& source, ScriptRun& run) {
        bool used = false;  // the Runner has run a job of this script
        while (!is_interrupted() && !run.limit.passed) {
            const auto next = source.next_job();
            if (next == ScriptSource::Next::end) return;
            if (next == ScriptSource::Next::invalid) return reject(source);
            // With --isolated, the wait for a job belongs to the job's own Runner.
            if (options_.isolated && std::exchange(used, true)) {
                close_runner();
                open_runner();
                enter_script(source.script(), run);
            }
            if (next == ScriptSource::Next::waiting) {
                wait_for_more(source);
                continue;
            }
            adopt(source);
            if (may_run_inline(source.job(), run)) {
                source.advance(run_inline(source.ready_jobs(), run) - 1);
            } else {
                run_top(source.job(), run);
            }
            if (run.list.first_failure() && source.ends_at_failure() && !options_.keep_going) return;
        }
    }

    /// A job that never waits can be called outside of the Runner if that makes no difference: nothing else
    /// runs, nothing is about to interrupt it, and no observer asks the running loop for the time.
    bool may_run_inline(const script::Job& job, const ScriptRun& run) const {
        const auto* signals = SignalScope::current();
        return runs_inline(job, engine_) && engine_.event_filter != EventFilter::all &&
               engine_.background.empty() && !run_limit_ && !run.limit && !options_.debug &&
               options_.max_steps == 0 && (signals == nullptr || !signals->pending());
    }

    /// Runs the first of `jobs` and those after it that may run inline; returns how many.
    std::size_t run_inline(std::span<const script::Job> jobs, ScriptRun& run) {
        std::size_t count = 0;
        auto* const journal = engine_.world.journal();
        runner_->context().run([&] {
            do {
                if (journal != nullptr) journal->step();
                Scope scope(run.scope, jobs[count++], run.list.status());
                try {
                    start_job(scope, run.list);
                } catch (const std::exception&) {
                    auto failure = current_failure(scope);
                    run.list.add_failure(failure);
                    report_failure(failure);
                }
            } while (!has_lost_output() && count < jobs.size() && !run.list.first_failure() &&
                     !options_.isolated && may_run_inline(jobs[count], run));
        });
        return count;
    }

    void run_top(const script::Job& job, ScriptRun& run) {
        // On the virtual clock the loop may go on forever without blocking.
        if (!kind_of(job).is_synchronous()) output_.flush();
        if (has_lost_output()) return;
        if (is_past(run_limit_)) return pass_run_limit(&run.list);
        if (is_past(run.limit)) {
            run.limit.passed = true;
            grace_.start();
        } else {
            const Scope scope(run.scope, job, run.list.status());
            if (auto failure = drive(scope, &run.limit, run_top_job(run.scope, job, run.list))) {
                run.list.add_failure(failure);
                report_failure(failure);
            }
        }
        if (run_limit_.passed) return pass_run_limit(&run.list);
        if (run.limit.passed) run.list.add_failure(report_timeout(run.limit, "the script"));
    }

    void run_script_finally(const script::Body& body, ScriptRun& run) {
        auto& scope = run.open_finally(is_interrupted());
        finally_ended_ = false;
        auto failure =
            drive(scope, nullptr, run_finally(scope, *body.finally, run.status, finally_ended_), true);
        if (failure && (run.list.first_failure() || state_ != RunState::running)) {
            engine_.report(*failure, FailureContext::cleanup);
        } else if (failure) {
            run.list.add_failure(failure);
            report_failure(failure);
        }
        if (run_limit_.passed) pass_run_limit(&run.list);
    }

    /// Calls a function when output is lost.
    class OutputWatch {
    public:
        OutputWatch(Output& output, std::function<void()> when_broken) : output_(output) {
            output_.when_broken = std::move(when_broken);
        }
        OutputWatch(const OutputWatch&) = delete;
        OutputWatch& operator=(const OutputWatch&) = delete;
        ~OutputWatch() { output_.when_broken = nullptr; }

    private:
        Output& output_;
    };

    const SessionOptions& options_;
    RealWorld real_world_;
    Output& output_;
    Observer& observer_;
    Engine engine_;
    GracePeriod grace_;
    Limit run_limit_;
    RunState state_ = RunState::running;
    bool finally_ended_ = false;  ///< all of a script's `finally` has run
    RunResult result_;
    FailurePtr reported_;
    std::deque<ScriptRun> script_runs_;
    std::optional<Runner> runner_;
    std::optional<Clock::WallTime> wall_time_;  ///< when the last Runner was closed
};

}  // namespace

RunResult run_session(std::span<ScriptSource* const> sources, const script::CompilationContext& compilation,
                      const SessionOptions& options, Output& output, Observer& observer) {
    return Session(compilation, options, output, observer).run(sources);
}

RunResult run_session(std::span<const std::unique_ptr<script::Script>> scripts,
                      const script::CompilationContext& compilation, const SessionOptions& options,
                      Output& output, Observer& observer) {
    CompiledScriptSource source(scripts);
    ScriptSource* const sources[] = {&source};
    return run_session(sources, compilation, options, output, observer);
}

}  // namespace arun::jobs
