#include "check_report.hpp"
#include "commands.hpp"
#include "scripts.hpp"

namespace arun::app {

int check_command(const Options& options, Terminal& terminal) {
    Scripts scripts;
    load(scripts, options);
    const bool failed = scripts.diagnostics.has_errors();
    if (options.json_report) {
        const int status = terminal.print(json_of(scripts.diagnostics));
        return status != 0 ? status : failed ? exit_usage : 0;
    }
    if (failed || !options.quiet) terminal.show(scripts.diagnostics);
    return failed ? exit_usage : 0;
}

}  // namespace arun::app
