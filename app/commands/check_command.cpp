#include "commands/commands.hpp"
#include "commands/scripts.hpp"
#include "reports/check_report.hpp"
#include "reports/formats.hpp"

#include <algorithm>

namespace arun::app {

int check_command(const Options& options, Terminal& terminal) {
    Scripts scripts;
    load(scripts, options, terminal.output());
    const auto& secrets = terminal.output().secrets();
    const bool failed = scripts.diagnostics.has_errors();
    int status = 0;
    for (const auto& report : options.reports) {
        const bool github = report.format == ReportFormat::github;
        const auto text =
            github ? github_report(scripts.diagnostics, secrets) : json_of(scripts.diagnostics, secrets);
        status = std::max(status, terminal.deliver("--report", report.file, text));
    }
    if (options.takes_stdout()) return status != 0 ? status : failed ? exit_usage : 0;
    if (failed || !options.quiet) terminal.show(scripts.diagnostics);
    return status != 0 ? status : failed ? exit_usage : 0;
}

}  // namespace arun::app
