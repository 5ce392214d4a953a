/// A replay that stops at events and jobs, and answers questions about them.
#pragma once

#include "cli/options.hpp"
#include "console/terminal.hpp"
#include "jobs/engine.hpp"
#include "jobs/observer.hpp"
#include "tape/reader.hpp"

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace arun::app {

/// Shows where the run is on standard error, and reads commands from standard input, line by line.
class Stepper final : public jobs::Observer {
public:
    Stepper(const Options& options, Terminal& terminal)
        : terminal_(terminal), steps_(options.step), places_(options.breakpoints) {}

    /// It is about to happen. Returns false if the replay is to end.
    bool event(const tape::Event& event, Duration time);
    /// While off, it does not stop.
    void set_active(bool on) noexcept { active_ = on && !input_ended_; }
    /// The replay is to end.
    std::function<void()> when_quit;
    /// The places of --break where no job has begun, "FILE:LINE".
    std::vector<std::string> missed() const;

    jobs::EventFilter event_filter() const noexcept override { return jobs::EventFilter::all; }
    void run_started(const jobs::Engine& engine) override { engine_ = &engine; }
    void job_started(const jobs::Scope& scope) override;

private:
    /// Returns false if the replay is to end.
    bool ask();
    bool obey(std::string_view command);
    void show_variables();
    void show_waiting();
    void say(const std::string& text) { terminal_.output().say(text + '\n'); }

    Terminal& terminal_;
    const jobs::Engine* engine_ = nullptr;
    bool steps_;
    bool active_ = true;
    bool quit_ = false;
    bool input_ended_ = false;
    std::string input_;  ///< what was read beyond the last line
    std::vector<std::pair<std::string, std::uint32_t>> places_;
    std::set<std::pair<std::string, std::uint32_t>> met_;
    const jobs::Scope* at_ = nullptr;  ///< where it stops before a job
};

}  // namespace arun::app
