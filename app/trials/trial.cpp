#include "trials/trial.hpp"

#include "commands/run_parts.hpp"
#include "console/console_reporter.hpp"
#include "console/terminal.hpp"
#include "jobs/engine.hpp"
#include "reports/observers.hpp"
#include "reports/recorder.hpp"
#include "rt/signals.hpp"
#include "script/job.hpp"

#include <cstdint>
#include <utility>

namespace arun::app {
namespace {

/// A run with more steps counts as endless.
constexpr std::uint64_t max_steps = 2'000'000;

/// Records the order of jobs, and the variables at the end.
class TrialRecorder final : public jobs::Observer {
public:
    explicit TrialRecorder(Trial& trial) : trial_(trial) {}

    jobs::EventFilter event_filter() const noexcept override { return jobs::EventFilter::all; }
    void run_started(const jobs::Engine& engine) override { engine_ = &engine; }
    void job_started(const jobs::Scope& scope) override {
        const auto step = jobs::step_of(scope);
        std::vector<std::string> names{step.label, jobs::label_with_items(step)};
        const auto* modifiers = scope.job()->modifiers();
        if (modifiers != nullptr && modifiers->id != nullptr) names.push_back(modifiers->id->name);
        trial_.started.push_back(std::move(names));
    }
    void script_finished(const script::Body&, jobs::Outcome, Duration) override {
        for (const auto& symbol : engine_->symbols.all())
            if (const auto* value = symbol.variable.get_if()) trial_.variables[symbol.name] = *value;
    }

    Duration elapsed() const { return engine_ != nullptr ? engine_->elapsed() : Duration::zero(); }

private:
    Trial& trial_;
    const jobs::Engine* engine_ = nullptr;
};

}  // namespace

Trial run_trial(const Scripts& scripts, tape::AnsweringWorld& world, const Options& options,
                const Secrets& secrets, jobs::Observer* observer) {
    Trial trial;
    Terminal terminal(When::never, [&trial](jobs::Stream stream, std::string_view text) {
        (stream == jobs::Stream::out ? trial.out : trial.err) += text;
    });
    terminal.output().hide_all(secrets);
    auto session = options.session;
    session.max_steps = max_steps;
    session.clock = ClockMode::virtual_;
    session.world = &world;
    session.variables = scripts.variables;
    TrialRecorder names(trial);
    Duration end{};
    world.when_over = [&] {
        end = names.elapsed();
        terminal.output().flush();
        terminal.output().set_silent(true);
    };
    ConsoleReporter console(terminal, options);
    Recorder recorder(scripts.list);
    Observers observers;
    observers.add(console);
    observers.add(recorder);
    observers.add(names);
    if (observer != nullptr) observers.add(*observer);
    const SignalScope signals({});
    trial.result =
        jobs::run_session(scripts.list, scripts.compilation, session, terminal.output(), observers);
    if (trial.result.signal == 0) trial.result.signal = signals.first();
    trial.problem = world.problem();
    if (world.killed_by() != 0) {
        trial.result.signal = world.killed_by();
        trial.result.duration = end;
    }
    trial.out_of_steps = trial.problem.empty() && trial.result.stopped && world.killed_by() == 0;
    if (trial.out_of_steps) trial.problem = "the run does not end";
    if (!trial.problem.empty()) trial.result.internal = trial.problem;
    trial.status = exit_status_of(trial.result, options);
    terminal.output().set_silent(false);
    if (!trial.result.internal.empty()) terminal.message("error: " + trial.result.internal);
    terminal.output().flush();
    trial.record = recorder.take(trial.result, trial.status);
    trial.secrets = terminal.output().secrets();
    redact(trial.record, trial.secrets);
    return trial;
}

}  // namespace arun::app
