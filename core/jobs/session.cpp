#include "jobs/session.hpp"

#include "jobs/background.hpp"
#include "jobs/engine.hpp"
#include "jobs/run.hpp"
#include "jobs/waiting.hpp"
#include "rt/errors.hpp"
#include "rt/runner.hpp"
#include "rt/shield_scope.hpp"
#include "rt/timeout.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <random>

namespace arun::jobs {

using plan::Value;

namespace {

/// A limit that covers several jobs: a script's `timeout`, or --timeout.
struct Limit {
    Duration length{};
    Duration end{};  ///< by Session::elapsed()
    bool passed = false;
    explicit operator bool() const noexcept { return length != Duration::zero(); }
};

/// What the jobs of one script look at. Where a run is cut off (a deadlock) its coroutines live on until the
/// Runner is closed, and so must this.
struct ScriptRun {
    ScriptRun(Engine& engine, bool keep_going) : scope(engine), list(nullptr, keep_going) {}

    Scope scope;
    std::shared_ptr<const Environment> environment;
    ListRun list;
    Limit limit;
    // Of its finally:
    ListStatus state;
    Value error;
    Binding binding;
    std::optional<Scope> final_scope;
};

Coro<> run_top_job(const Scope& scope, const plan::Job& job, const ListRun& list) {
    bool ran = false;
    co_await run_step(scope, job, list, &ran);
}

Coro<> run_finally(const Scope& scope, const plan::JobList& list, const ListStatus& state) {
    ShieldScope shield;
    co_await run_list(scope, list, &state);
}

class Session {
public:
    Session(const plan::Universe& universe, const SessionOptions& options, Output& output, Observer& observer)
        : options_(options),
          output_(output),
          observer_(observer),
          engine_(universe.symbols, output, observer) {
        for (auto& [name, text] : options.variables) engine_.outside[universe.symbols.find(name)] = text;
        if (!options.environment.empty()) {
            auto layer = std::make_shared<Environment>();
            for (auto& [name, value] : options.environment) layer->set[name] = value;
            engine_.environment = std::move(layer);
        }
        engine_.seed(options.clock == ClockMode::virtual_ ? 1 : std::random_device{}());
    }

    Verdict run(std::span<const std::unique_ptr<plan::Script>> scripts) {
        try {
            open_runner();
            observer_.run_started(engine_);
            for (auto& script : scripts) {
                run_script(script->body);
                if (cut_ || (verdict_.failure && !options_.keep_going)) break;
            }
            close_runner();
        } catch (const std::bad_alloc&) {
            internal("out of memory");
        } catch (const std::exception& e) {
            internal(e.what());
        }
        output_.flush();
        verdict_.duration = elapsed();
        return std::move(verdict_);
    }

private:
    void open_runner() {
        RunnerOptions options;
        options.clock = options_.clock;
        // With --isolated the clocks start anew, but not the day.
        options.start_time = wall_time_ ? wall_time_ : options_.start_time;
        options.debug = options_.debug;
        runner_.emplace(options);
        auto& loop = runner_->get_loop();
        loop.debug_log = options_.debug_log;
        loop.before_block = [this] { output_.flush(); };
        loop.set_exception_handler(
            [this](std::string_view message, std::exception_ptr) { observer_.notice(message); });
        runner_->on_signal = [this](int) { start_grace(); };
        if (options_.max_steps != 0) loop.stop_after(options_.max_steps);
        engine_.loop = &loop;
        engine_.renew();
        grace_started_ = grace_over_ = false;
        if (options_.timeout != Duration::zero() && !run_limit_)
            run_limit_ = {options_.timeout, options_.timeout, false};
    }

    /// What belongs to the script alone is set up anew for every Runner.
    void enter(const plan::Body& body, Scope& scope, std::shared_ptr<const Environment>& environment) {
        runner_->context().run([&] {
            for (auto& [symbol, text] : engine_.outside) assign(scope, *symbol, Value::string(text));
            declare_variables(scope, body.variables);
            if (!body.environment.empty()) {
                environment = make_environment(scope, body.environment);
                scope.set_environment(environment);
            }
        });
    }

    void run_script(const plan::Body& body) {
        observer_.script_started(body);
        const auto started = elapsed();
        auto& run = script_runs_.emplace_back(engine_, options_.keep_going);
        auto& scope = run.scope;
        auto& list = run.list;
        auto& limit = run.limit;
        try {
            enter(body, scope, run.environment);
            if (body.timeout) limit.length = body.timeout->get(scope);
            limit.end = started + limit.length;
        } catch (const std::exception&) {
            list.failed(current_failure(scope));
            fail(list.first());
        }
        bool first = true;
        for (auto& job : body.jobs.jobs) {
            if (cut_ || limit.passed) break;
            if (options_.isolated && !first) {
                close_runner();
                open_runner();
                enter(body, scope, run.environment);
            }
            first = false;
            run_top(scope, job, list, limit);
        }
        // What was stopped is not cleaned up: it may be the clean-up that has no end.
        if (body.finally && !verdict_.stopped) run_script_finally(body, run);
        note_steps();
        auto outcome = cut_ ? Outcome::cancelled : list.first() ? Outcome::failure : Outcome::success;
        observer_.script_finished(body, outcome, elapsed() - started);
    }

    /// Around everything that the Runner runs: what cuts it short while it runs.
    Coro<> main(Coro<> inner) {
        auto& task = current_task();
        output_.when_broken = [this, &task] {
            start_grace();
            task.cancel();
        };
        struct Forget {
            Output& output;
            explicit Forget(Output& o) : output(o) {}
            ~Forget() { output.when_broken = nullptr; }
        } forget(output_);
        co_await std::move(inner);
    }

    /// When the limit has passed, the clean-up begins, and with it the grace period.
    Coro<> limited(Limit& limit, Coro<> inner) {
        if (!limit) {
            co_await std::move(inner);
            co_return;
        }
        const auto deadline = limit.end - engine_.before;
        auto grace = engine_.loop->call_at(deadline, [this] { start_grace(); });
        Timeout scope(deadline);
        scope.enter();
        bool cancelled = false;
        try {
            co_await std::move(inner);
        } catch (const CancelledError&) {
            cancelled = true;
            // A clean-up that outlasts the grace period is cancelled once more, but what began it was the
            // limit.
            limit.passed = scope.leave_cancelled() || (scope.expired() && grace_over_);
        } catch (...) {
            grace.cancel();
            throw;
        }
        if (limit.passed) co_return;
        grace.cancel();
        if (cancelled) throw CancelledError();
    }

    void run_top(const Scope& scope, const plan::Job& job, ListRun& list, Limit& limit) {
        try {
            runner_->run(main(limited(run_limit_, limited(limit, run_top_job(scope, job, list)))));
        } catch (const KeyboardInterrupt& interrupt) {
            verdict_.signal = interrupt.signal;
            cut_ = true;
        } catch (const CancelledError&) {
            cut_ = true;
        } catch (const DeadlockError& e) {
            deadlock(e);
        } catch (const LoopStopped&) {
            // Seen below.
        } catch (const std::exception&) {
            Scope place(scope, job, list.status());
            auto failure = current_failure(place);
            list.failed(failure);
            fail(failure);
        }
        if (output_.broken()) {
            // It may have broken when the job had ended: then its clean-up is what is cut short.
            start_grace();
            cut_ = true;
        }
        note_steps();
        if (run_limit_.passed && !cut_) {
            pass_limit(run_limit_, "the run", list);
            cut_ = true;
        } else if (limit.passed) {
            pass_limit(limit, "the script", list);
        }
    }

    void pass_limit(const Limit& limit, std::string_view what, ListRun& list) {
        auto failure = std::make_shared<Failure>();
        failure->cause = Cause::timeout;
        failure->message = std::string(what) + " timed out after " + format_duration(limit.length);
        list.failed(failure);
        fail(failure);
    }

    void run_script_finally(const plan::Body& body, ScriptRun& run) {
        auto& list = run.list;
        run.state.failed = list.first() != nullptr;
        run.state.cancelled = cut_;
        if (list.first()) run.error = Value::string(list.first()->message);
        run.binding = {engine_.symbols.find("error"), &run.error, nullptr};
        auto& inner = run.final_scope.emplace(run.scope);
        inner.bind(run.binding);
        try {
            runner_->run(main(run_finally(inner, *body.finally, run.state)));
        } catch (const KeyboardInterrupt& interrupt) {
            verdict_.signal = interrupt.signal;
            cut_ = true;
        } catch (const CancelledError&) {
            observer_.notice("the script's finally was interrupted: the grace period of " +
                             format_duration(options_.grace) + " is over");
        } catch (const DeadlockError& e) {
            deadlock(e);
        } catch (const LoopStopped&) {
            verdict_.stopped = cut_ = true;
        } catch (const std::exception&) {
            auto failure = current_failure(inner);
            if (list.first() || cut_) {
                observer_.failed(*failure, Fate::cleanup);
            } else {
                list.failed(failure);
                fail(failure);
            }
        }
    }

    void note_steps() {
        if (engine_.loop->out_of_steps()) verdict_.stopped = cut_ = true;
    }

    void fail(const FailurePtr& failure) {
        if (reported_ == failure) return;
        reported_ = failure;
        observer_.failed(*failure, verdict_.failure && !options_.keep_going ? Fate::secondary : Fate::fatal);
        if (!verdict_.failure) verdict_.failure = failure;
    }

    void deadlock(const DeadlockError& e) {
        internal(e.what());
        cut_ = true;
        for (auto& line : waiting_jobs(*engine_.loop)) observer_.notice("waiting: " + line);
    }

    void internal(std::string message) {
        if (verdict_.internal.empty()) verdict_.internal = std::move(message);
    }

    /// Starts with the first thing that cuts the run short.
    void start_grace() {
        if (grace_started_) return;
        grace_started_ = true;
        auto& loop = runner_->get_loop();
        loop.call_later(options_.grace, [this, &loop] {
            grace_over_ = true;
            for (auto& line : waiting_jobs(loop))
                observer_.notice("still running after the grace period of " +
                                 format_duration(options_.grace) + ": " + line);
            loop.break_shields();
        });
    }

    /// Of all Runners together.
    Duration elapsed() const { return engine_.elapsed(); }

    void close_runner() {
        BackgroundRuns live;
        for (auto& run : engine_.background) {
            if (!run->task.done()) live.push_back(run);
            if (run->failure && !run->joined && !verdict_.failure) verdict_.failure = run->failure;
        }
        if (!live.empty()) {
            std::string names;
            for (auto& run : live) names += (names.empty() ? "" : ", ") + label_of(*run);
            observer_.notice((live.size() == 1 ? "cancelling a background job that still runs: "
                                               : "cancelling background jobs that still run: ") +
                             names);
            start_grace();
        }
        if (verdict_.stopped) runner_->get_loop().stop_after(options_.max_steps);
        wall_time_ = runner_->get_loop().wall_time();
        try {
            runner_->close();
        } catch (const DeadlockError& e) {
            internal(e.what());
        } catch (const LoopStopped&) {
            // Noted below.
        }
        note_steps();
        engine_.before = elapsed();
        engine_.loop = nullptr;
        engine_.background.clear();
    }

    const SessionOptions& options_;
    Output& output_;
    Observer& observer_;
    Engine engine_;
    std::deque<ScriptRun> script_runs_;
    std::optional<Runner> runner_;
    std::optional<Clock::WallTime> wall_time_;  ///< when the last Runner was closed
    Verdict verdict_;
    FailurePtr reported_;
    Limit run_limit_;
    bool cut_ = false;
    bool grace_started_ = false;
    bool grace_over_ = false;
};

}  // namespace

int Verdict::exit_status() const noexcept {
    if (!internal.empty()) return 125;
    if (signal != 0) return 128 + signal;
    if (failure) return failure->cause == Cause::timeout ? 124 : 1;
    return 0;
}

Verdict run_session(std::span<const std::unique_ptr<plan::Script>> scripts, const plan::Universe& universe,
                    const SessionOptions& options, Output& output, Observer& observer) {
    return Session(universe, options, output, observer).run(scripts);
}

}  // namespace arun::jobs
