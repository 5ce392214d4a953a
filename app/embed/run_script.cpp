#include "embed/run_script.hpp"

#include "commands/scripts.hpp"
#include "console/console_reporter.hpp"
#include "console/terminal.hpp"
#include "embed/run_script.h"
#include "jobs/session.hpp"
#include "rt/loop.hpp"
#include "rt/signals.hpp"

#include <signal.h>
#include <time.h>
#include <exception>
#include <new>
#include <stdexcept>

namespace arun {
namespace {

/// TLS connections and pipes without a reader must not end the program by SIGPIPE.
class NoPipeSignal {
public:
    NoPipeSignal() noexcept : was_pending_(pending()) {}
    NoPipeSignal(const NoPipeSignal&) = delete;
    NoPipeSignal& operator=(const NoPipeSignal&) = delete;
    ~NoPipeSignal() {
        if (was_pending_ || !pending()) return;
        sigset_t only;
        sigemptyset(&only);
        sigaddset(&only, SIGPIPE);
        int taken = 0;
        ::sigwait(&only, &taken);
    }

private:
    static bool pending() noexcept {
        sigset_t signals;
        return ::sigpending(&signals) == 0 && sigismember(&signals, SIGPIPE) == 1;
    }

    const SignalBlock block_{SIGPIPE};
    const bool was_pending_;
};

app::StandardOutput::Sink sink_of(const ScriptOptions& options) {
    if (!options.on_output) return {};
    return [&options](jobs::Stream stream, std::string_view text) {
        using Stream = ScriptOptions::Stream;
        options.on_output(stream == jobs::Stream::out ? Stream::out : Stream::err, text);
    };
}

app::Options command_line(const std::string& path, const ScriptOptions& options) {
    app::Options out;
    out.operands = {path};
    out.session.clock = options.clock;
    out.session.start_time = options.start_time;
    out.session.keep_going = options.keep_going;
    out.session.timeout = options.timeout;
    out.session.grace = options.grace;
    for (const auto& text : options.variables) out.session.variables.push_back(app::read_variable(text));
    return out;
}

int run(const app::Options& options, app::Terminal& terminal) {
    app::Scripts scripts;
    app::load(scripts, options, terminal.output());
    terminal.show(scripts.diagnostics);
    if (scripts.diagnostics.has_errors()) return app::exit_usage;
    std::vector<jobs::ScriptSource*> sources;
    for (const auto& source : scripts.sources) sources.push_back(source.get());
    app::ConsoleReporter reporter(terminal, options);
    auto session = options.session;
    session.variables = scripts.variables;
    const auto result = jobs::run_session(sources, scripts.compilation, session, terminal.output(), reporter);
    if (!result.internal.empty()) terminal.message("error: " + result.internal);
    terminal.output().flush();
    return terminal.output().broken() ? app::exit_internal : result.exit_status();
}

}  // namespace

int run_script(const std::string& path, const ScriptOptions& options) {
    if (Loop::running() != nullptr)
        throw std::runtime_error("run_script() cannot be called from a running event loop");
    const NoPipeSignal no_signal;
    app::Terminal terminal(options.on_output ? app::When::never : app::When::automatic, sink_of(options));
    try {
        return run(command_line(path, options), terminal);
    } catch (const app::UsageError& error) {
        terminal.message(error.what());
        return app::exit_usage;
    } catch (const std::bad_alloc&) {
        terminal.message("out of memory");
    } catch (const std::exception& error) {
        terminal.message(error.what());
    }
    return app::exit_internal;
}

}  // namespace arun

extern "C" int arun_run_script(const char* path, const char* const* variables, arun_output output,
                               void* data) {
    try {
        arun::ScriptOptions options;
        for (; variables != nullptr && *variables != nullptr; ++variables)
            options.variables.emplace_back(*variables);
        if (output != nullptr) {
            options.on_output = [=](arun::ScriptOptions::Stream stream, std::string_view text) {
                output(data, stream == arun::ScriptOptions::Stream::out ? 1 : 2, text.data(), text.size());
            };
        }
        return arun::run_script(path, options);
    } catch (const std::exception&) {
        return arun::app::exit_internal;
    }
}
