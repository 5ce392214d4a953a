/// A script of arun as a call, for programs that embed it. run_script.h has it for C.
#pragma once

#include "base/duration.hpp"
#include "rt/clock.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace arun {

struct ScriptOptions {
    std::vector<std::string> variables;        ///< "NAME=VALUE", as --var; the last one of a name wins
    bool keep_going = false;                   ///< as --keep-going
    Duration timeout{};                        ///< of the run; 0: none
    Duration grace = std::chrono::seconds(5);  ///< for the clean-up after the timeout or a signal
    ClockMode clock = ClockMode::real;
    std::optional<Clock::WallTime> start_time;  ///< of the virtual clock

    enum class Stream : std::uint8_t { out, err };
    /// Takes what the jobs and their children print, as it comes, and on `err` the messages that the command
    /// shows there. If it is empty, all of that goes to the standard output and standard error of the
    /// process. Called on the calling thread. An exception ends the program.
    std::function<void(Stream stream, std::string_view text)> on_output;
};

/// Runs the script, or the scripts, in a file, and returns the exit status that arun(1) has for that: 0 if
/// all jobs succeed or may fail; 2 if the script cannot be read or has errors, after messages and without
/// running anything.
///
/// The script is a guest in this process (LoopOptions::owns_process): it ends its own children and no others.
/// The first SIGINT cancels it, with status 130, if this is the main thread and SIGINT has its default
/// action. Throws std::runtime_error inside a running loop.
int run_script(const std::string& path, const ScriptOptions& options = {});

}  // namespace arun
