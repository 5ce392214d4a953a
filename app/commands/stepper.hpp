/// A replay that stops at events and jobs, and answers questions about them.
#pragma once

#include "cli/options.hpp"
#include "console/terminal.hpp"
#include "jobs/engine.hpp"
#include "jobs/observer.hpp"
#include "rt/loop.hpp"
#include "tape/reader.hpp"

#include <cstdint>
#include <functional>
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
    bool event(const tape::Event& event, Duration time, Loop& loop);
    /// The replay is to end.
    std::function<void()> when_quit;

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
    bool quit_ = false;
    bool input_ended_ = false;
    std::string input_;  ///< what was read beyond the last line
    std::vector<std::pair<std::string, std::uint32_t>> places_;
};

}  // namespace arun::app
