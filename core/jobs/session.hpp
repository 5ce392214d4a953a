/// A whole run: scripts, one after the other, through one Runner.
#pragma once

#include "base/duration.hpp"
#include "jobs/observer.hpp"
#include "jobs/output.hpp"
#include "jobs/script_source.hpp"
#include "rt/clock.hpp"
#include "script/compiler.hpp"
#include "script/job.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace arun::jobs {

struct SessionOptions {
    ClockMode clock = ClockMode::real;
    std::optional<std::chrono::system_clock::time_point> start_time;
    bool keep_going = false;
    bool isolated = false;
    bool debug = false;
    bool planning = false;  ///< jobs with effects outside of arun are not run
    Duration timeout{};     ///< of the whole run; 0: none
    Duration grace = std::chrono::seconds(5);
    std::optional<Duration> longest_wait;  ///< Observer::waiting() comes at least this often
    std::uint64_t max_steps = 0;           ///< cuts the run short after so many steps of its tasks; 0: none
    std::vector<std::pair<std::string, std::string>> variables;    ///< --var, the last of one name wins
    std::vector<std::pair<std::string, std::string>> environment;  ///< --env-file
    std::function<void(std::string_view)> debug_log;
};

/// How a run ended, strongest first.
struct RunResult {
    std::string internal;   ///< not empty: arun itself failed (exit status 125), and why
    int signal = 0;         ///< the signal that cut it short, after the clean-up
    FailurePtr failure;     ///< the first that was not allowed
    bool rejected = false;  ///< a part of a stream was no script; nothing after it ran
    bool stopped = false;   ///< max_steps was reached
    Duration duration{};    ///< of the whole run, on the loop's clock

    /// 125, 128 + signal, 2, 124, 1 or 0.
    int exit_status() const noexcept;
};

/// Runs the scripts, which must be free of errors, and closes the Runner. Everything that happens is told to
/// `observer`, everything that is printed goes to `output`, which is flushed at the end. A SignalScope of the
/// caller decides which signals cut the run short.
RunResult run_session(std::span<const std::unique_ptr<script::Script>> scripts,
                      const script::CompilationContext& compilation, const SessionOptions& options,
                      Output& output, Observer& observer);

/// The same for scripts that may be on their way still. What the observer keeps of them lives as long as the
/// feeds.
RunResult run_session(std::span<ScriptSource* const> feeds, const script::CompilationContext& compilation,
                      const SessionOptions& options, Output& output, Observer& observer);

}  // namespace arun::jobs
