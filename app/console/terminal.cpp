#include "console/terminal.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "console/declared_secrets.hpp"
#include "reports/report_file.hpp"
#include "rt/signals.hpp"

#include <sys/ioctl.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string>

namespace arun::app {
namespace {

bool is_set(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0';
}

bool is_terminal(int fd) noexcept {
    const char* term = std::getenv("TERM");
    return term != nullptr && std::string_view(term) != "dumb" && ::isatty(fd) == 1;
}

/// NO_COLOR (no-color.org) overrides CLICOLOR_FORCE (bixense.com/clicolors), which overrides the terminal.
bool wants_color(When when, int fd) {
    if (when != When::automatic) return when == When::always;
    if (is_set("NO_COLOR")) return false;
    if (is_set("CLICOLOR_FORCE")) return std::string_view(std::getenv("CLICOLOR_FORCE")) != "0";
    return is_terminal(fd);
}

}  // namespace

bool stderr_is_terminal() noexcept {
    return is_terminal(STDERR_FILENO);
}

std::size_t terminal_columns(int fd) noexcept {
    winsize size{};
    return ::ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

Terminal::Terminal(When color) : Terminal(color, {}) {}

Terminal::Terminal(When color, StandardOutput::Sink sink)
    : output_(std::move(sink)), color_(wants_color(color, STDERR_FILENO)) {
    output_.set_coloured(wants_color(color, STDOUT_FILENO), color_);
}

void Terminal::message(std::string_view text) {
    output_.say("arun: " + printable(text) + '\n');
}

void Terminal::show(const Diagnostics& diagnostics) {
    std::string text;
    if (diagnostics.has_errors()) hide_declared_secrets(diagnostics, output_);
    for (const auto& diagnostic : diagnostics.sorted()) text += render(diagnostic, color_);
    if (diagnostics.dropped() > 0)
        text += "arun: " + std::to_string(diagnostics.dropped()) +
                (diagnostics.dropped() == 1 ? " more error\n" : " more errors\n");
    output_.say(text);
}

int Terminal::print(std::string_view text) {
    output_.write_verbatim(jobs::Stream::out, text);
    return finish(0);
}

bool Terminal::check_written(const std::string& path, int error) {
    if (error != 0) message("cannot write " + quote(path) + ": " + reason_of(error));
    return error == 0;
}

int Terminal::deliver(std::string_view option, const std::string& file, std::string_view text) {
    if (is_stdout(file)) return print(text);
    return check_written(file, ReportFile(option, file).write(text)) ? 0 : exit_internal;
}

int Terminal::finish(int status) {
    output_.flush();
    output_.clear_status();
    if (!output_.broken()) return status;
    // A filter whose reader has gone dies silently, unless its parent ignores the signal.
    const bool out = output_.broken_descriptor() == STDOUT_FILENO;
    if (output_.error() == EPIPE && out && !sigpipe_was_ignored()) die_by(SIGPIPE);
    message(std::string("cannot write to standard ") + (out ? "output: " : "error: ") +
            reason_of(output_.error()));
    return exit_internal;
}

}  // namespace arun::app
