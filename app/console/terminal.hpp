/// The console of a command: job output, messages, results, and whether messages are coloured.
#pragma once

#include "base/diagnostic.hpp"
#include "cli/options.hpp"
#include "console/output.hpp"

#include <cstddef>
#include <string_view>

namespace arun::app {

/// Exit statuses of arun itself.
inline constexpr int exit_usage = 2;
inline constexpr int exit_internal = 125;

/// True if standard error is a terminal that understands control sequences.
bool stderr_is_terminal() noexcept;

/// 0 if the descriptor is not a terminal, or its width is not known.
std::size_t terminal_columns(int fd) noexcept;

class Terminal {
public:
    explicit Terminal(When color);
    /// See StandardOutput.
    Terminal(When color, StandardOutput::Sink sink);

    StandardOutput& output() noexcept { return output_; }
    /// Whether messages are coloured: by --color, else by NO_COLOR and CLICOLOR_FORCE, else if standard error
    /// is a terminal.
    bool color() const noexcept { return color_; }

    /// Prints "arun: TEXT" to standard error.
    void message(std::string_view text);
    /// Prints all diagnostics to standard error, and the number of errors beyond the limit.
    void show(const Diagnostics& diagnostics);
    /// Prints `text`, which contains no secrets, to standard output and flushes. Returns the exit status: 0,
    /// or that of a write error.
    int print(std::string_view text);
    /// Returns true if `error`, an errno, is 0, else prints that `path` cannot be written.
    bool check_written(const std::string& path, int error);
    /// Writes `text` to a file, or prints it if `file` is standard output. Returns the exit status. Throws
    /// UsageError, with the option's name, if the file cannot be created.
    int deliver(std::string_view option, const std::string& file, std::string_view text);
    /// Flushes. Returns `status`, or after a message the exit status of a write error. If the reader of
    /// standard output has gone, ends the process by SIGPIPE.
    int finish(int status);

private:
    StandardOutput output_;
    bool color_;
};

}  // namespace arun::app
