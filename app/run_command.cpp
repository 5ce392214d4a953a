#include "commands.hpp"

#include "jobs/session.hpp"
#include "report/formats.hpp"
#include "rt/process/process.hpp"
#include "rt/signals.hpp"
#include "run_reports.hpp"
#include "scripts.hpp"
#include "sigpipe.hpp"

#include <csignal>
#include <string>
#include <vector>

namespace arun::app {

namespace {

/// timeout(1) sends its signal twice, to the process and to its group: the second must not cost the clean-up.
constexpr Duration together = std::chrono::milliseconds(50);

void end_at_once(int signo) noexcept {
    if (SignalScope::since_first() < together) return;
    kill_all_processes();
    die_by(signo);
}

int status_of(const jobs::RunResult& run_result, const Options& options) {
    const int status = run_result.exit_status();
    const bool of_child = options.exit_code && status == 1 && run_result.failure->child_status != 0;
    return of_child ? run_result.failure->child_status : status;
}

}  // namespace

int run_command(const Options& options, Terminal& terminal) {
    Scripts scripts;
    load(scripts, options, terminal.output());
    if (scripts.diagnostics.has_errors()) {
        terminal.show(scripts.diagnostics);
        for (const auto& report : options.reports) {
            if (report.format != ReportFormat::github) continue;
            const auto text = github_report(scripts.diagnostics, terminal.output().secrets());
            if (terminal.deliver("--report", report.file, text) != 0) return exit_internal;
        }
        return exit_usage;
    }
    if (!options.quiet) terminal.show(scripts.diagnostics);

    auto session = options.session;
    session.debug_log = [&](std::string_view line) {
        terminal.output().say("debug: " + std::string(line) + '\n');
    };
    std::vector<jobs::ScriptSource*> feeds;
    for (const auto& feed : scripts.feeds) feeds.push_back(feed.get());
    RunReports reports(options, terminal, scripts.list);
    if (reports.shows_progress()) session.longest_wait = Progress::period;
    int signo = 0;
    jobs::RunResult run_result;
    {
        SignalScope signals({SIGINT, SIGTERM, SIGHUP});
        signals.set_second_action(&end_at_once);
        run_result =
            jobs::run_session(feeds, scripts.compilation, session, terminal.output(), reports.observer());
        // One that came when there was nothing left to cancel still ends us.
        signo = signals.first();
    }
    if (!run_result.internal.empty()) terminal.complain("error: " + run_result.internal);
    if (run_result.signal == 0) run_result.signal = signo;
    auto status = terminal.output().broken() ? exit_internal : status_of(run_result, options);
    if (!reports.finish(run_result, status)) status = exit_internal;
    status = terminal.finish(status);
    if (status != exit_internal && signo != 0) die_by(signo);
    return status;
}

}  // namespace arun::app
