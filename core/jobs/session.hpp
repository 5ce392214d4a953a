/// A whole run: scripts, one after the other, through one Runner.
#pragma once

#include "base/duration.hpp"
#include "jobs/failure.hpp"
#include "jobs/observer.hpp"
#include "jobs/output.hpp"
#include "jobs/script_source.hpp"
#include "rt/clock.hpp"
#include "script/compiler.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace arun {
class World;
}

namespace arun::jobs {

struct SessionOptions {
    ClockMode clock = ClockMode::real;
    std::optional<std::chrono::system_clock::time_point> start_time;
    bool keep_going = false;
    bool isolated = false;
    bool debug = false;
    bool owns_process = false;  ///< see LoopOptions
    bool planning = false;      ///< jobs with effects do not run
    Duration timeout{};         ///< of the whole run; 0: none
    Duration grace = std::chrono::seconds(5);
    std::optional<Duration> max_wait;  ///< longest time between two Observer::waiting()
    std::uint64_t max_steps = 0;  ///< for tests: tears the run down after so many steps of tasks; 0: never
    std::vector<script::GivenVariable> variables;                  ///< the last one of a name wins
    std::vector<std::pair<std::string, std::string>> environment;  ///< --env-file
    std::function<void(std::string_view)> debug_log;
    World* world = nullptr;  ///< null: the real one
};

/// How a run ended.
struct RunResult {
    std::string internal;   ///< why arun itself failed; empty if it did not
    int signal = 0;         ///< the signal that interrupted it
    FailurePtr failure;     ///< the first that was not allowed
    bool rejected = false;  ///< a part of a stream is not a valid script; nothing after it ran
    bool stopped = false;   ///< max_steps was reached
    Duration duration{};    ///< on the loop's clock

    /// 125, 128 + signal, 2, 124, 1 or 0: the first that applies.
    int exit_status() const noexcept;
};

/// Runs the scripts, which must be free of errors, and closes the Runner. `observer` receives everything
/// that happens; `output` gets everything that is printed, and is flushed at the end. The caller's
/// SignalScope decides which signals interrupt the run.
RunResult run_session(std::span<const std::unique_ptr<script::Script>> scripts,
                      const script::CompilationContext& compilation, const SessionOptions& options,
                      Output& output, Observer& observer);

/// The same for scripts that may still be arriving. What the observer keeps of them lives as long as the
/// sources.
RunResult run_session(std::span<ScriptSource* const> sources, const script::CompilationContext& compilation,
                      const SessionOptions& options, Output& output, Observer& observer);

}  // namespace arun::jobs
