#include "base/diagnostic.hpp"
#include "base/text.hpp"
#include "commands/commands.hpp"
#include "commands/run_reports.hpp"
#include "commands/scripts.hpp"
#include "commands/tape_header.hpp"
#include "jobs/session.hpp"
#include "reports/github.hpp"
#include "reports/report_file.hpp"
#include "rt/os.hpp"
#include "rt/process/process.hpp"
#include "rt/signals.hpp"
#include "tape/answering_world.hpp"
#include "tape/answers.hpp"
#include "tape/recording_world.hpp"
#include "tape/replaying_world.hpp"

#include <algorithm>
#include <csignal>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace arun::app {
namespace {

/// timeout(1) signals the process and then its group, and a key may bounce: such a second signal must not
/// skip the clean-up. Two signals that a person means are a tenth of a second apart, or more.
constexpr Duration duplicate_signal_window = std::chrono::milliseconds(95);

void exit_on_second_signal(int signo) noexcept {
    if (signo != SIGQUIT && SignalScope::since_first() < duplicate_signal_window) return;
    kill_all_processes();
    die_by(signo);
}

int exit_status_of(const jobs::RunResult& run_result, const Options& options) {
    const int status = run_result.exit_status();
    const bool from_child = options.exit_code && status == 1 && run_result.failure->child_status != 0;
    return from_child ? run_result.failure->child_status : status;
}

std::vector<jobs::ScriptSource*> sources_of(const Scripts& scripts) {
    std::vector<jobs::ScriptSource*> sources;
    for (const auto& source : scripts.sources) sources.push_back(source.get());
    return sources;
}

/// Reports the errors of the scripts; returns the exit status.
int refuse(const Scripts& scripts, const Options& options, Terminal& terminal) {
    terminal.show(scripts.diagnostics);
    show_usage(scripts, terminal);
    for (const auto& report : options.reports) {
        if (report.format != ReportFormat::github) continue;
        const auto text = github_report(scripts.diagnostics, terminal.output().secrets());
        if (terminal.deliver("--report", report.file, text) != 0) return exit_internal;
    }
    return exit_usage;
}

/// Writes the tape during the run.
class Recording {
public:
    /// Throws UsageError.
    Recording(const Options& options, const Scripts& scripts, Terminal& terminal,
              const jobs::SessionOptions& session)
        : path_(*options.record),
          output_(terminal.output()),
          writer_(open_log("--record", path_), options.record_secrets ? tape::Mask() : mask()),
          world_(writer_) {
        write_header(writer_, options, scripts, output_, session);
        writer_.flush();
        output_.when_hidden = [this] { writer_.secrets_changed(); };
        output_.before_write = [this] { writer_.flush(); };
    }
    Recording(const Recording&) = delete;
    Recording& operator=(const Recording&) = delete;
    ~Recording() {
        output_.when_hidden = nullptr;
        output_.before_write = nullptr;
    }

    tape::RecordingWorld& world() noexcept { return world_; }
    void end(int status) {
        world_.ended(status);
        writer_.hide_in_file(path_);
    }
    const std::string& path() const noexcept { return path_; }
    int error() const noexcept { return writer_.error(); }

private:
    tape::Mask mask() const {
        const auto& secrets = output_.secrets();
        return {[&secrets](std::string_view text) { return secrets.redact(text, tape::secret_mark); },
                [&secrets](std::string_view text) { return secrets.empty() ? 0 : secrets.begun(text); }};
    }

    std::string path_;
    StandardOutput& output_;
    tape::Writer writer_;
    tape::RecordingWorld world_;
};

}  // namespace

int run_command(const Options& options, Terminal& terminal) {
    Scripts scripts;
    load(scripts, options, terminal.output());
    if (scripts.diagnostics.has_errors()) return refuse(scripts, options, terminal);
    if (!options.quiet) terminal.show(scripts.diagnostics);

    auto session = options.session;
    session.variables = scripts.variables;
    session.owns_process = true;
    session.debug_log = [&](std::string_view line) {
        terminal.output().say("debug: " + printable(line) + '\n');
    };
    if (session.debug) {
        session.debug_log("the system's calls: " + std::string(os::name()));
        for (const auto& limitation : os::limitations()) session.debug_log(limitation);
    }
    RunReports reports(options, terminal, scripts.list);
    if (reports.shows_progress()) session.max_wait = Progress::period;
    std::optional<Recording> recording;
    if (options.record) {
        if (!session.start_time) session.start_time = std::chrono::system_clock::now();
        session.world = &recording.emplace(options, scripts, terminal, session).world();
    }
    // Until the reports are written: a signal after the last job must not lose them.
    SignalScope signals(terminating_signals());
    signals.set_second_action(&exit_on_second_signal);
    if (recording) signals.set_looked_at();
    signals.unblock();
    auto run_result = jobs::run_session(sources_of(scripts), scripts.compilation, session, terminal.output(),
                                        reports.observer());
    if (recording) recording->world().finish();
    const auto late = check_after_streams(scripts, options);
    if (!options.quiet || late.has_errors()) terminal.show(late);
    if (!run_result.internal.empty()) terminal.message("error: " + run_result.internal);
    // The session has no signal if it came when there was nothing left to cancel.
    if (run_result.signal == 0) run_result.signal = signals.first();
    auto status = terminal.output().broken() ? exit_internal : exit_status_of(run_result, options);
    if (late.has_errors() && status <= 1) status = exit_usage;
    if (!reports.finish(run_result, status)) status = exit_internal;
    status = terminal.finish(status);
    if (recording) {
        recording->end(status);
        if (!terminal.check_written(recording->path(), recording->error())) status = exit_internal;
    }
    if (status != exit_internal && signals.first() != 0) die_by(signals.first());
    return status;
}

namespace {

/// What a replay needs beside the run itself.
class Replay {
public:
    Replay(const Options& options, Terminal& terminal) : options_(options), terminal_(terminal) {}
    Replay(const Replay&) = delete;
    Replay& operator=(const Replay&) = delete;

    /// Runs the scripts in the world of `session`, and returns the exit status. `finish` is called with that
    /// of the run when it has ended.
    template <class Finish>
    int run(const Scripts& scripts, jobs::SessionOptions session, const tape::TapeWorld& world,
            Finish finish) {
        if (scripts.diagnostics.has_errors()) return refuse(scripts, options_, terminal_);
        if (!options_.quiet) terminal_.show(scripts.diagnostics);
        session.variables = scripts.variables;
        RunReports reports(options_, terminal_, scripts.list);
        // The signals of the run are on the tape; those that come now end the replay.
        SignalScope signals({});
        auto run_result = jobs::run_session(sources_of(scripts), scripts.compilation, session,
                                            terminal_.output(), reports.observer());
        if (run_result.signal == 0) run_result.signal = signals.first();
        auto status = exit_status_of(run_result, options_);
        finish(status);
        // The reports include the error as well.
        terminal_.output().set_silent(false);
        auto wrong = reached_ ? std::string() : world.problem();
        if (reached_) terminal_.message("stopped at " + format_duration(*options_.until) + " of the run");
        if (reached_) status = 0;
        if (!wrong.empty()) {
            run_result.internal = std::move(wrong);
            status = exit_internal;
        }
        if (!run_result.internal.empty()) terminal_.message("error: " + run_result.internal);
        if (!reports.finish(run_result, status)) status = exit_internal;
        status = terminal_.finish(status);
        if (status != exit_internal && !reached_ && signals.first() != 0) die_by(signals.first());
        return status;
    }

    /// Nothing is shown any more: what the run would do from here on did not happen.
    void be_silent() {
        terminal_.output().flush();
        terminal_.output().set_silent(true);
    }
    void new_runner() noexcept { begun_ += std::exchange(before_, Duration()); }
    /// Something happens at a time of the present Runner. Returns false if that is too late.
    bool pass_time(Duration time) {
        before_ = time;
        if (options_.until && begun_ + time > *options_.until) {
            reached_ = true;
            return false;
        }
        if (!options_.speed) return true;
        constexpr double a_year = 365.0 * 86400;
        const std::chrono::duration<double> passed(
            std::min(to_seconds(begun_ + time) / *options_.speed, a_year));
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
};

/// The run of the tape. `sources`: its scripts.
int replay_same(const Options& options, Scripts& scripts, const std::vector<LoadedSource>& sources,
                tape::Reader& reader, Terminal& terminal) {
    load_sources(scripts, options, sources, terminal.output());
    Replay replay(options, terminal);
    tape::ReplayingWorld world(reader);
    world.when_over = [&] { replay.be_silent(); };
    world.when_opened = [&] { replay.new_runner(); };
    world.before_event = [&](Duration time) {
        if (!replay.pass_time(time)) world.stop("it was to stop here");
    };
    auto session = options.session;
    session.world = &world;
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
    return replay.run(scripts, session, world, [](int) {});
}

}  // namespace

int replay_command(const Options& given, Terminal& terminal) {
    if (given.operands.empty()) throw UsageError("replay: expected a tape");
    const bool is_changed = given.operands.size() > 1;
    if (is_changed && (given.speed || given.until))
        throw UsageError("replay: --speed and --until are for the scripts of the tape");
    auto options = given;
    options.progress = When::never;
    Scripts scripts;
    try {
        auto reader = tape::Reader::open(given.operands.front());
        if (reader.contains(tape::secret_mark)) terminal.output().hide(tape::secret_mark);
        std::vector<LoadedSource> sources;
        read_header(reader.header(), options, scripts, sources, terminal.output());
        if (!is_changed) return replay_same(options, scripts, sources, reader, terminal);
        // Its jobs are not those that were chosen, and its folder is not that of the run.
        options.operands.assign(given.operands.begin() + 1, given.operands.end());
        options.only.clear();
        options.skip.clear();
        options.from.reset();
        scripts.compilation.directory.clear();
        return replay_changed(options, scripts, reader, terminal);
    } catch (const tape::TapeError& error) {
        throw UsageError(error.what());
    }
}

}  // namespace arun::app
