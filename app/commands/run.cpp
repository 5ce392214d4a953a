#include "base/diagnostic.hpp"
#include "base/text.hpp"
#include "commands/commands.hpp"
#include "commands/run_parts.hpp"
#include "commands/run_reports.hpp"
#include "commands/scripts.hpp"
#include "commands/tape_header.hpp"
#include "jobs/session.hpp"
#include "reports/github.hpp"
#include "reports/report_file.hpp"
#include "rt/os.hpp"
#include "rt/process/process.hpp"
#include "rt/signals.hpp"
#include "tape/recording_world.hpp"

#include <sys/stat.h>
#include <algorithm>
#include <csignal>
#include <optional>
#include <string>
#include <vector>

namespace arun::app {
namespace {

/// Writes the tape during the run.
class Recording {
public:
    /// Throws UsageError.
    Recording(const Options& options, const Scripts& scripts, Terminal& terminal,
              const jobs::SessionOptions& session)
        : path_(*options.record),
          output_(terminal.output()),
          writer_(open_tape(options), path_, options.record_secrets ? tape::Mask() : mask()),
          world_(writer_) {
        write_header(writer_, options, scripts, output_, session);
        writer_.flush();
        output_.when_hidden = [this] { writer_.secrets_changed(); };
        output_.before_write = [this] { writer_.flush(); };
        output_.when_lost = [this](const OutputLoss& loss) { world_.lost_output(loss); };
    }
    Recording(const Recording&) = delete;
    Recording& operator=(const Recording&) = delete;
    ~Recording() {
        output_.when_hidden = nullptr;
        output_.before_write = nullptr;
        output_.when_lost = nullptr;
    }

    tape::RecordingWorld& world() noexcept { return world_; }
    /// No job runs any more.
    void finish() {
        output_.flush();
        output_.when_lost = nullptr;
        world_.finish();
    }
    void end(int status) {
        world_.ended(status);
        writer_.finish();
        writer_.hide_in_file(path_);
    }
    const std::string& path() const noexcept { return path_; }
    int error() const noexcept { return writer_.error(); }

private:
    /// A file with secrets is for its owner alone.
    static UniqueFd open_tape(const Options& options) {
        auto file = open_log("--record", *options.record);
        struct stat status{};
        if (options.record_secrets && ::fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode))
            ::fchmod(file.get(), status.st_mode & 0700U);
        return file;
    }

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
        try {
            session.world = &recording.emplace(options, scripts, terminal, session).world();
        } catch (const tape::CompressionError& error) {
            throw UsageError(std::string("--record: ") + error.what());
        }
    }
    // Until the reports are written: a signal after the last job must not lose them.
    SignalScope signals(terminating_signals());
    signals.set_second_action(&exit_on_second_signal);
    if (recording) signals.set_looked_at();
    signals.unblock();
    auto run_result = jobs::run_session(sources_of(scripts), scripts.compilation, session, terminal.output(),
                                        reports.observer());
    if (recording) recording->finish();
    const auto late = check_after_streams(scripts, options);
    if (!options.quiet || late.has_errors()) terminal.show(late);
    if (!run_result.internal.empty()) terminal.message("error: " + run_result.internal);
    // The session has no signal if it came when there was nothing left to cancel.
    if (run_result.signal == 0) run_result.signal = signals.first();
    auto status = terminal.output().broken() ? exit_internal : exit_status_of(run_result, options);
    if (late.has_errors() && status <= 1) status = exit_usage;
    if (!reports.finish(run_result, status)) status = exit_internal;
    // A filter whose reader has gone dies in finish().
    terminal.output().flush();
    if (terminal.output().broken()) status = exit_internal;
    if (recording) recording->end(status);
    status = terminal.finish(status);
    if (recording && !terminal.check_written(recording->path(), recording->error())) status = exit_internal;
    if (status != exit_internal && signals.first() != 0) die_by(signals.first());
    return status;
}

}  // namespace arun::app
