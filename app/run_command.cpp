#include "commands.hpp"

#include "die.hpp"
#include "jobs/session.hpp"
#include "report/human.hpp"
#include "rt/signals.hpp"
#include "scripts.hpp"

#include <csignal>
#include <string>
#include <vector>

namespace arun::app {

int run_command(const Options& options, Terminal& terminal) {
    Scripts scripts;
    load(scripts, options);
    if (scripts.diagnostics.has_errors()) {
        terminal.show(scripts.diagnostics);
        return exit_usage;
    }
    if (!options.quiet) terminal.show(scripts.diagnostics);

    auto session = options.session;
    session.debug_log = [&](std::string_view line) {
        terminal.output().say("debug: " + std::string(line) + '\n');
    };
    std::vector<jobs::Feed*> feeds;
    for (const auto& feed : scripts.feeds) feeds.push_back(feed.get());
    Human human(terminal, options);
    int signo = 0;
    jobs::Verdict verdict;
    {
        SignalScope signals({SIGINT, SIGTERM, SIGHUP});
        verdict = jobs::run_session(feeds, scripts.universe, session, terminal.output(), human);
        // One that came when there was nothing left to cancel still ends us.
        signo = signals.first();
    }
    if (!verdict.internal.empty()) terminal.complain("error: " + verdict.internal);
    const int status = terminal.finish(verdict.exit_status());
    if (status != exit_internal && signo != 0) die_by(signo);
    return status;
}

}  // namespace arun::app
