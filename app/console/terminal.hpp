/// Where the command line talks to a person: two streams, and whether they show colours.
#pragma once

#include "base/diagnostic.hpp"
#include "cli/options.hpp"
#include "console/output.hpp"

#include <string_view>

namespace arun::app {

/// Exit statuses that are not a job's.
inline constexpr int exit_failed = 1;
inline constexpr int exit_usage = 2;
inline constexpr int exit_internal = 125;

/// Standard error is a terminal on which more can be done than printing.
bool stderr_is_terminal() noexcept;

class Terminal {
public:
    explicit Terminal(When color);

    StandardOutput& output() noexcept { return output_; }
    /// Whether messages are to be coloured: --color, or NO_COLOR, CLICOLOR_FORCE and TERM, or what standard
    /// error is.
    bool color() const noexcept { return color_; }

    /// "arun: MESSAGE" on standard error.
    void complain(std::string_view message);
    /// All of them on standard error, and how many errors there were beyond the limit.
    void show(const Diagnostics& diagnostics);
    /// Prints `text`, which is free of secrets, on standard output and flushes it: exit status 0, or the one
    /// of a write error.
    int print(std::string_view text);
    /// Writes `text` into a file, or prints it where that is standard output. Throws UsageError, with the
    /// option's name, if there can be no such file.
    int deliver(std::string_view option, const std::string& file, std::string_view text);
    /// The exit status that takes the place of `status` when output could not be written; says why.
    int finish(int status);

private:
    StandardOutput output_;
    bool color_;
};

}  // namespace arun::app
