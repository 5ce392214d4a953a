/// The process: from its arguments to its exit status.
#include "cli/help.hpp"
#include "commands/commands.hpp"
#include "rt/backend.hpp"
#include "rt/http/client.hpp"
#include "script/regex.hpp"
#include "syntax/yaml_parser.hpp"

#include <unistd.h>
#include <exception>
#include <new>
#include <string>

namespace arun::app {
namespace {

int dispatch(const Options& options, Terminal& terminal) {
    switch (options.command) {
        case Command::run:
            return run_command(options, terminal);
        case Command::check:
            return check_command(options, terminal);
        case Command::plan:
            return plan_command(options, terminal);
        case Command::replay:
            return replay_command(options, terminal);
        case Command::test:
            return test_command(options, terminal);
        case Command::explore:
            return explore_command(options, terminal);
        case Command::list:
            return list_command(options, terminal);
        case Command::init:
            return init_command(options, terminal);
        case Command::help:
            return help_command(options, terminal);
        case Command::schema:
            return schema_command(options, terminal);
        case Command::kinds:
            return kinds_command(options, terminal);
        case Command::completions:
            return completions_command(options, terminal);
    }
    return exit_internal;
}

/// The second line matters for reports of bugs. libcurl is the system's unless the executable is static.
std::string version_text() {
    std::string text = "arun " ARUN_VERSION "\n";
    text.append("libuv ").append(event_library_version());
    text.append(", libfyaml ").append(syntax::yaml_library_version());
    text.append(", PCRE2 ").append(script::regex_library_version());
    try {
        text.append(", ").append(http_library_version());
    } catch (const HttpUnavailable&) {
        text.append(", no libcurl");
    }
    return text.append("\n");
}

int run(const Options& options, Terminal& terminal) {
    if (options.help)
        return terminal.print(options.command_given ? help_text(options.command) : overview_text());
    if (options.version) return terminal.print(version_text());
    const bool needs_script = reads_scripts(options.command) || options.command == Command::list;
    if (needs_script && options.operands.empty() && ::isatty(STDIN_FILENO) == 1) {
        terminal.output().say(usage_text());
        return exit_usage;
    }
    return dispatch(options, terminal);
}

int usage_error(Terminal& terminal, const UsageError& error) {
    terminal.message(error.what());
    terminal.output().say("Try 'arun --help'.\n");
    return exit_usage;
}

int run(int argc, const char* const* argv) {
    occupy_standard_descriptors();
    ignore_write_signals();
    Terminal plain(When::never);
    try {
        auto options = parse_options(argc, argv);
        options.program_version = ARUN_VERSION;
        Terminal terminal(options.color);
        try {
            return run(options, terminal);
        } catch (const UsageError& error) {
            return usage_error(terminal, error);
        }
    } catch (const UsageError& error) {
        return usage_error(plain, error);
    } catch (const std::bad_alloc&) {
        plain.message("out of memory");
    } catch (const std::exception& error) {
        plain.message(error.what());
    }
    return exit_internal;
}

/// Ends the process without the destructors of static objects, which would take a twentieth of a short run.
/// Everything is flushed and closed by now. Sanitizer builds run them, so that leaks are found.
int end_process(int status) {
#ifdef ARUN_SKIP_STATIC_DESTRUCTORS
    ::_exit(status);
#endif
    return status;
}

}  // namespace
}  // namespace arun::app

int main(int argc, char** argv) {
    return arun::app::end_process(arun::app::run(argc, argv));
}
