#include "jobs/session.hpp"

#include "jobs/background.hpp"
#include "jobs/blocked_jobs.hpp"
#include "jobs/engine.hpp"
#include "jobs/kind.hpp"
#include "jobs/limits.hpp"
#include "jobs/run.hpp"
#include "jobs/script_run.hpp"
#include "rt/errors.hpp"
#include "rt/runner.hpp"
#include "rt/signals.hpp"

#include <algorithm>
#include <deque>
#include <optional>

namespace arun::jobs {

using script::Value;

namespace {

class Session {
public:
    Session(const script::CompilationContext& compilation, const SessionOptions& options, Output& output,
            Observer& observer)
        : options_(options),
          output_(output),
          observer_(observer),
          engine_(compilation.symbols, output, observer),
          grace_(engine_, options.grace) {
        engine_.stdin_is_script = compilation.stdin_is_script;
        for (auto& [name, text] : options.variables) engine_.outside[compilation.symbols.find(name)] = text;
        if (!options.environment.empty()) {
            auto layer = std::make_shared<Environment>();
            for (auto& [name, value] : options.environment) layer->set[name] = value;
            engine_.environment = std::move(layer);
        }
        engine_.planning = options.planning;
        if (options.clock == ClockMode::virtual_) engine_.seed(1);
    }

    RunResult run(std::span<ScriptSource* const> feeds) {
        try {
            open_runner();
            observer_.run_started(engine_);
            for (auto* feed : feeds) {
                run_feed(*feed);
                if (is_over()) break;
            }
            close_runner();
        } catch (const std::bad_alloc&) {
            internal("out of memory");
        } catch (const std::exception& e) {
            internal(e.what());
        }
        output_.flush();
        run_result_.duration = engine_.elapsed();
        return std::move(run_result_);
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
        loop.before_block = [this] {
            output_.flush();
            observer_.waiting();
        };
        if (options_.longest_wait) loop.max_block = *options_.longest_wait;
        loop.set_exception_handler(
            [this](std::string_view message, std::exception_ptr) { observer_.notice(message); });
        runner_->on_signal = [this](int) { grace_.start(); };
        if (options_.max_steps != 0) loop.stop_after(options_.max_steps);
        engine_.loop = &loop;
        engine_.renew();
        grace_.renew();
        if (options_.timeout != Duration::zero() && !run_limit_)
            run_limit_ = {options_.timeout, options_.timeout, false};
    }

    /// What belongs to the script alone is set up anew for every Runner.
    void enter(const script::Body& body, Scope& scope, std::shared_ptr<const Environment>& environment) {
        runner_->context().run([&] {
            for (auto& [symbol, text] : engine_.outside) assign(scope, *symbol, Value::string(text));
            declare_variables(scope, body.variables);
            if (!body.environment.empty()) {
                environment = make_environment(scope, body.environment);
                scope.set_environment(environment);
            }
        });
    }

    bool is_over() const { return interrupted_ || (run_result_.failure && !options_.keep_going); }

    void run_feed(ScriptSource& feed) {
        while (!is_over()) {
            const auto next = feed.next_script();
            if (next == ScriptSource::Next::end) return;
            if (next == ScriptSource::Next::bad) return reject(feed);
            if (next == ScriptSource::Next::waiting) {
                wait_for(feed);
                continue;
            }
            adopt(feed);
            run_script(feed);
        }
    }

    /// What is to run next is there. It lives as long as a job of it, or a failure.
    void adopt(ScriptSource& feed) {
        if (observer_.keeps_jobs()) feed.retain();
        engine_.script = feed.owner();
        if (engine_.has_new_secrets()) runner_->context().run([this] { engine_.hide_secrets(); });
        if (!feed.diagnostics().empty()) observer_.diagnosed(feed.diagnostics());
    }

    /// What would be next has errors.
    void reject(const ScriptSource& feed) {
        observer_.diagnosed(feed.diagnostics());
        run_result_.rejected = interrupted_ = true;
    }

    /// Until more of a stream has arrived. Background jobs go on meanwhile.
    void wait_for(ScriptSource& feed) {
        drive(under(run_limit_, feed.more()), [] { throw; });
        if (run_limit_.passed && !interrupted_) {
            pass_limit(run_limit_, "the run");
            interrupted_ = true;
        }
    }

    /// For a script that goes on in a new Runner.
    void renew_runner(const script::Body& body, ScriptRun& run) {
        close_runner();
        open_runner();
        enter(body, run.scope, run.environment);
    }

    void run_script(ScriptSource& feed) {
        auto& body = feed.script();
        observer_.script_started(body);
        const auto started = engine_.elapsed();
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
        run_jobs(feed, run);
        // What was stopped is not cleaned up: it may be the clean-up that has no end.
        if (body.finally && !run_result_.stopped) run_script_finally(body, run);
        note_steps();
        auto outcome = interrupted_ ? Outcome::cancelled : list.first() ? Outcome::failure : Outcome::success;
        if (run_result_.rejected && outcome == Outcome::cancelled) outcome = Outcome::failure;
        observer_.script_finished(body, outcome, engine_.elapsed() - started);
        // A stream may have any number of scripts.
        if (!interrupted_) script_runs_.pop_back();
    }

    void run_jobs(ScriptSource& feed, ScriptRun& run) {
        bool used = false;  // the Runner has run a job of this script
        while (!interrupted_ && !run.limit.passed) {
            const auto next = feed.next_job();
            if (next == ScriptSource::Next::end) return;
            if (next == ScriptSource::Next::bad) return reject(feed);
            // With --isolated, the time that a job waits for is not its Runner's.
            if (options_.isolated && std::exchange(used, true)) renew_runner(feed.script(), run);
            if (next == ScriptSource::Next::waiting) {
                wait_for(feed);
                continue;
            }
            adopt(feed);
            if (can_call(feed.job(), run)) {
                feed.advance(call_top(feed.ready_jobs(), run) - 1);
            } else {
                run_top(run.scope, feed.job(), run.list, run.limit);
            }
            if (run.list.first() && feed.ends_at_failure() && !options_.keep_going) return;
        }
    }

    /// Around everything that the Runner runs: what cuts it short while it runs.
    Coro<> main(Coro<> inner) {
        auto& task = current_task();
        output_.when_broken = [this, &task] {
            grace_.start();
            task.cancel();
        };
        struct Forget {
            Output& output;
            explicit Forget(Output& o) : output(o) {}
            ~Forget() { output.when_broken = nullptr; }
        } forget(output_);
        co_await std::move(inner);
    }

    Coro<> under(Limit& limit, Coro<> inner) { return limited(engine_, limit, grace_, std::move(inner)); }

    /// It may break when a job has ended: then its clean-up is what is cut short.
    bool lost_output() {
        if (!output_.broken()) return false;
        grace_.start();
        return interrupted_ = true;
    }

    /// One run() of the Runner. `failed` is called in the handler of what it throws, unless that cuts the
    /// run short.
    template <class F>
    void drive(Coro<> inner, F failed) {
        try {
            runner_->run(main(std::move(inner)));
        } catch (const KeyboardInterrupt& interrupt) {
            run_result_.signal = interrupt.signal;
            interrupted_ = true;
        } catch (const CancelledError&) {
            interrupted_ = true;
        } catch (const DeadlockError& e) {
            deadlock(e);
        } catch (const LoopStopped&) {
            // Seen below.
        } catch (const std::exception&) {
            failed();
        }
        lost_output();
        note_steps();
    }

    void run_top(const Scope& scope, const script::Job& job, ListRun& list, Limit& limit) {
        // The virtual clock may jump on forever without the loop ever blocking.
        if (kind_of(job).run_now == nullptr) output_.flush();
        if (lost_output()) return;
        drive(under(run_limit_, under(limit, run_top_job(scope, job, list))), [&] {
            Scope place(scope, job, list.status());
            auto failure = current_failure(place);
            list.failed(failure);
            fail(failure);
        });
        if (run_limit_.passed && !interrupted_) {
            list.failed(pass_limit(run_limit_, "the run"));
            interrupted_ = true;
        } else if (limit.passed) {
            list.failed(pass_limit(limit, "the script"));
        }
    }

    /// A job that never waits needs no coroutine, where nobody can tell the difference: nothing else runs,
    /// and nothing is about to cut it short.
    bool can_call(const script::Job& job, const ScriptRun& run) const {
        const auto* signals = SignalScope::current();
        return is_plain(job, engine_) && engine_.background.empty() && !run_limit_ && !run.limit &&
               !options_.debug && options_.max_steps == 0 && (signals == nullptr || !signals->pending());
    }

    /// Calls the first of `jobs`, and those after it until one has to wait, or something has happened. Gives
    /// how many that were.
    std::size_t call_top(std::span<const script::Job> jobs, ScriptRun& run) {
        std::size_t called = 0;
        runner_->context().run([&] {
            do {
                call_in_context(run.scope, jobs[called++], run.list);
            } while (!lost_output() && called < jobs.size() && !run.list.first() && !options_.isolated &&
                     can_call(jobs[called], run));
        });
        return called;
    }

    void call_in_context(const Scope& scope, const script::Job& job, ListRun& list) {
        Scope place(scope, job, list.status());
        if (!list.wants(place)) return skip(place);
        try {
            call_plain(place);
        } catch (const JobFailure& e) {
            list.failed(e.failure());
            fail(e.failure());
        }
    }

    FailurePtr pass_limit(const Limit& limit, std::string_view what) {
        auto failure = std::make_shared<Failure>();
        failure->cause = Cause::timeout;
        failure->message = std::string(what) + " timed out after " + format_duration(limit.length);
        fail(failure);
        return failure;
    }

    void run_script_finally(const script::Body& body, ScriptRun& run) {
        auto& list = run.list;
        auto& inner = run.scope_of_finally(interrupted_);
        try {
            runner_->run(main(run_finally(inner, *body.finally, run.state)));
        } catch (const KeyboardInterrupt& interrupt) {
            run_result_.signal = interrupt.signal;
            interrupted_ = true;
        } catch (const CancelledError&) {
            observer_.notice("the script's finally was interrupted: the grace period of " +
                             format_duration(grace_.length()) + " is over");
        } catch (const DeadlockError& e) {
            deadlock(e);
        } catch (const LoopStopped&) {
            run_result_.stopped = interrupted_ = true;
        } catch (const std::exception&) {
            auto failure = current_failure(inner);
            if (list.first() || interrupted_) {
                observer_.failed(*failure, FailureContext::cleanup);
            } else {
                list.failed(failure);
                fail(failure);
            }
        }
    }

    void note_steps() {
        if (engine_.loop->out_of_steps()) run_result_.stopped = interrupted_ = true;
    }

    void fail(const FailurePtr& failure) {
        if (reported_ == failure) return;
        reported_ = failure;
        observer_.failed(*failure, run_result_.failure && !options_.keep_going ? FailureContext::secondary
                                                                               : FailureContext::fatal);
        if (!run_result_.failure) run_result_.failure = failure;
    }

    void deadlock(const DeadlockError& e) {
        internal(e.what());
        interrupted_ = true;
        for (auto& line : waiting_jobs(*engine_.loop)) observer_.notice("waiting: " + line);
    }

    void internal(std::string message) {
        if (run_result_.internal.empty()) run_result_.internal = std::move(message);
    }

    void close_runner() {
        BackgroundRuns live;
        for (auto& run : engine_.background) {
            if (!run->task.done()) live.push_back(run);
            if (run->failure && !run->joined && !run_result_.failure) run_result_.failure = run->failure;
        }
        if (!live.empty()) {
            std::string names;
            for (auto& run : live) names += (names.empty() ? "" : ", ") + label_of(*run);
            observer_.notice((live.size() == 1 ? "cancelling a background job that still runs: "
                                               : "cancelling background jobs that still run: ") +
                             names);
            grace_.start();
        }
        if (run_result_.stopped) runner_->get_loop().stop_after(options_.max_steps);
        wall_time_ = runner_->get_loop().wall_time();
        try {
            runner_->close();
        } catch (const DeadlockError& e) {
            internal(e.what());
        } catch (const LoopStopped&) {
            // Noted below.
        }
        note_steps();
        engine_.before = engine_.elapsed();
        engine_.loop = nullptr;
        engine_.background.clear();
    }

    const SessionOptions& options_;
    Output& output_;
    Observer& observer_;
    Engine engine_;
    Grace grace_;
    std::deque<ScriptRun> script_runs_;
    std::optional<Runner> runner_;
    std::optional<Clock::WallTime> wall_time_;  ///< when the last Runner was closed
    RunResult run_result_;
    FailurePtr reported_;
    Limit run_limit_;
    bool interrupted_ = false;
};

}  // namespace

RunResult run_session(std::span<ScriptSource* const> feeds, const script::CompilationContext& compilation,
                      const SessionOptions& options, Output& output, Observer& observer) {
    return Session(compilation, options, output, observer).run(feeds);
}

}  // namespace arun::jobs
