#include "base/suggestion.hpp"
#include "base/text.hpp"
#include "commands/commands.hpp"
#include "commands/run_parts.hpp"
#include "commands/run_reports.hpp"
#include "commands/scripts.hpp"
#include "commands/stepper.hpp"
#include "commands/tape_header.hpp"
#include "jobs/kind.hpp"
#include "jobs/run_job.hpp"
#include "jobs/session.hpp"
#include "reports/observers.hpp"
#include "rt/signals.hpp"
#include "tape/answering_world.hpp"
#include "tape/answers.hpp"
#include "tape/replaying_world.hpp"
#include "world/choosing_world.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace arun::app {

namespace {

/// What a replay needs beside the run itself.
class Replay {
public:
    Replay(const Options& options, Terminal& terminal) : options_(options), terminal_(terminal) {
        if (options_.from_time) terminal_.output().set_silent(true);
    }
    Replay(const Replay&) = delete;
    Replay& operator=(const Replay&) = delete;
    ~Replay() { terminal_.output().fails = nullptr; }

    /// Runs the scripts in the world of `session`, and returns the exit status. `finish` is called with that
    /// of the run when it has ended.
    template <class Finish>
    int run(const Scripts& scripts, jobs::SessionOptions session, const tape::TapeWorld& world,
            Finish finish) {
        if (scripts.diagnostics.has_errors()) return refuse(scripts, options_, terminal_);
        if (!options_.quiet) terminal_.show(scripts.diagnostics);
        session.variables = scripts.variables;
        RunReports reports(options_, terminal_, scripts.list);
        Observers observers;
        if (stepper_) observers.add(*stepper_);
        observers.add(reports.observer());
        // The signals of the run are on the tape; those that come now end the replay, but what it has
        // started is cleaned up first.
        SignalScope signals(options_.live.empty() ? std::vector<int>() : terminating_signals());
        if (!options_.live.empty()) signals.set_second_action(&exit_on_second_signal);
        signals.unblock();
        auto run_result = jobs::run_session(sources_of(scripts), scripts.compilation, session,
                                            terminal_.output(), observers);
        terminal_.output().flush();
        if (run_result.signal == 0) run_result.signal = signals.first();
        auto status = terminal_.output().broken() ? exit_internal : exit_status_of(run_result, options_);
        finish(status);
        // The reports include the error as well.
        terminal_.output().set_silent(false);
        // What follows when the reader of a replay has gone is not on the tape.
        const bool cut = reached_ || quit_ || (terminal_.output().broken() && !lost_as_recorded_);
        auto wrong = cut ? std::string() : world.problem();
        if (reached_) terminal_.message("stopped at " + format_duration(*options_.until) + " of the run");
        if (reached_ || quit_) status = 0;
        if (!is_shown() && !cut)
            terminal_.message("the run ended after " + format_duration(begun_ + before_) + ", before --from");
        if (stepper_ != nullptr)
            for (const auto& place : stepper_->missed())
                terminal_.message("--break " + place + ": no job began there");
        if (!wrong.empty()) {
            run_result.internal = std::move(wrong);
            status = exit_internal;
        }
        if (!run_result.internal.empty()) terminal_.message("error: " + run_result.internal);
        if (!reports.finish(run_result, status)) status = exit_internal;
        status = terminal_.finish(status);
        if (status != exit_internal && !reached_ && !quit_ && signals.first() != 0) die_by(signals.first());
        return status;
    }

    /// Observes all jobs; may be null.
    void set_stepper(Stepper* stepper) noexcept { stepper_ = stepper; }
    /// Nothing is shown any more: what the run would do from here on did not happen.
    void be_silent() {
        terminal_.output().flush();
        terminal_.output().set_silent(true);
    }
    bool is_shown() const noexcept { return !options_.from_time || begun_showing_; }
    /// Ends the replay before its end, with success.
    void quit(tape::TapeWorld& world) {
        quit_ = true;
        world.stop("the replay stops here");
    }
    /// Loses the output that was lost in the run.
    void lose_output(tape::ReplayingWorld& world) {
        terminal_.output().fails = [this, &world](jobs::Stream stream, std::uint64_t size) {
            const auto loss = world.lost_output(stream, size);
            lost_as_recorded_ = lost_as_recorded_ || loss;
            return loss;
        };
        world.when_lost = [this](const OutputLoss& loss) {
            lost_as_recorded_ = true;
            terminal_.output().lose(loss.stream, loss.error);
        };
    }
    void new_runner() noexcept { begun_ += std::exchange(before_, Duration()); }
    /// Something happens at a time of the present Runner. Returns false if that is too late.
    bool pass_time(Duration time) {
        before_ = time;
        if (options_.from_time && !begun_showing_ && begun_ + time >= *options_.from_time) {
            begun_showing_ = true;
            // No time passes before it.
            start_ = std::chrono::steady_clock::now();
            terminal_.output().set_silent(false);
        }
        if (options_.until && begun_ + time > *options_.until) {
            reached_ = true;
            return false;
        }
        if (!options_.speed || (options_.from_time && !begun_showing_)) return true;
        constexpr double a_year = 365.0 * 86400;
        const std::chrono::duration<double> passed(std::min(
            to_seconds(begun_ + time - options_.from_time.value_or(Duration())) / *options_.speed, a_year));
        std::this_thread::sleep_until(start_ + std::chrono::duration_cast<Duration>(passed));
        return true;
    }

private:
    const Options& options_;
    Terminal& terminal_;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    Duration begun_{};   ///< when the present Runner did, since the start of the run
    Duration before_{};  ///< the time of the last event, on its clock
    bool reached_ = false;
    bool quit_ = false;
    bool begun_showing_ = false;
    bool lost_as_recorded_ = false;
    Stepper* stepper_ = nullptr;
};

/// The run of the tape. `sources`: its scripts.
int replay_same(const Options& options, Scripts& scripts, const std::vector<LoadedSource>& sources,
                tape::Reader& reader, Terminal& terminal) {
    load_sources(scripts, options, sources, terminal.output());
    Replay replay(options, terminal);
    tape::ReplayingWorld world(reader);
    world.when_over = [&] { replay.be_silent(); };
    world.when_opened = [&] { replay.new_runner(); };
    std::optional<Stepper> stepper;
    if (options.step || !options.breakpoints.empty()) replay.set_stepper(&stepper.emplace(options, terminal));
    if (stepper) stepper->set_active(!options.from_time);
    world.before_event = [&](const tape::Event& event, Duration time) {
        if (!replay.pass_time(time)) return world.stop("the replay stops here");
        if (!stepper) return;
        stepper->set_active(replay.is_shown());
        if (!stepper->event(event, time)) replay.quit(world);
    };
    if (stepper) stepper->when_quit = [&] { replay.quit(world); };
    auto session = options.session;
    session.world = &world;
    replay.lose_output(world);
    return replay.run(scripts, session, world, [&](int status) {
        world.finish();
        world.check_end(status);
    });
}

/// Another version of the scripts, with the answers that the tape has.
int replay_changed(const Options& options, Scripts& scripts, tape::Reader& reader, Terminal& terminal) {
    load(scripts, options, terminal.output());
    Replay replay(options, terminal);
    tape::Answers answers(reader);
    tape::AnsweringWorld world(answers);
    world.when_over = [&] { replay.be_silent(); };
    world.hide = [&terminal](std::string_view text) {
        return terminal.output().secrets().redact(text, tape::secret_mark);
    };
    auto session = options.session;
    session.clock = ClockMode::virtual_;
    session.world = &world;
    ChoosingWorld partly(world, [&] {
        const auto* scope = jobs::current_scope();
        return scope != nullptr &&
               std::ranges::find(options.live, scope->job()->kind()->name()) != options.live.end();
    });
    if (!options.live.empty()) {
        session.world = &partly;
        session.owns_process = true;
    }
    return replay.run(scripts, session, world, [](int) {});
}

/// A number or a URL that is a secret cannot be replayed.
void explain_secrets(const tape::Reader& reader, Terminal& terminal) {
    if (reader.contains(tape::secret_mark))
        terminal.message(
            "the values of secrets are not on this tape: each is the text '***' here; "
            "'--record --record-secrets' keeps them");
}

void check_live(const Options& options, bool is_changed) {
    if (!is_changed) throw UsageError("replay: --live is for other scripts than those of the tape");
    std::vector<std::string_view> names{"for_each"};
    for (const auto* kind : jobs::all_kinds())
        if (kind->effects) names.push_back(kind->name());
    for (const auto& kind : options.live) {
        if (std::ranges::find(names, kind) != names.end()) continue;
        throw UsageError("--live: no kind called " + quote(kind) + " asks the world; " +
                         did_you_mean(kind, names, "there are " + join(names, ", ")));
    }
}

}  // namespace

int replay_command(const Options& given, Terminal& terminal) {
    if (given.operands.empty()) throw UsageError("replay: expected a tape");
    const bool is_changed = given.operands.size() > 1;
    const bool is_watched =
        given.speed || given.from_time || given.until || given.step || !given.breakpoints.empty();
    if (is_changed && is_watched)
        throw UsageError(
            "replay: --speed, --from, --until, --step and --break are for the scripts of the tape");
    if (!given.live.empty()) check_live(given, is_changed);
    auto options = given;
    options.progress = When::never;
    Scripts scripts;
    try {
        std::vector<LoadedSource> sources;
        auto reader = open_tape_of_run(given.operands.front(), options, scripts, sources, terminal.output());
        if (is_changed)
            use_other_scripts(options, scripts, {given.operands.begin() + 1, given.operands.end()});
        const int status = is_changed ? replay_changed(options, scripts, reader, terminal)
                                      : replay_same(options, scripts, sources, reader, terminal);
        const bool ended_as_recorded = !is_changed && status != 2 && status != exit_internal;
        if (!ended_as_recorded && status != 0) explain_secrets(reader, terminal);
        return status;
    } catch (const tape::TapeError& error) {
        throw UsageError(error.what());
    }
}

}  // namespace arun::app
