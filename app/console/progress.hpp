/// What is running, in one line at the end of the terminal.
#pragma once

#include "cli/options.hpp"
#include "console/output.hpp"
#include "console/summary.hpp"
#include "jobs/observer.hpp"

#include <string>

namespace arun::app {

/// By default on a terminal, where nothing else tells, and where standard output is no pipe: what reads from
/// it may print on the same terminal.
bool wants_progress(const Options& options);

/// Shows the line whenever the loop has to wait, once a run has taken a second. What is printed takes its
/// place.
class Progress final : public jobs::Observer {
public:
    /// How long it may stay as it is.
    static constexpr Duration period = std::chrono::milliseconds(500);

    Progress(StandardOutput& output, const Summary& summary);

    void run_started(const jobs::Engine& engine) override { engine_ = &engine; }
    void waiting() override;

private:
    std::string text() const;

    StandardOutput& output_;
    const Summary& summary_;
    const jobs::Engine* engine_ = nullptr;
    Duration next_;  ///< in the time of CLOCK_MONOTONIC
};

/// As many of the jobs as there is room for in so many columns: "a, b and 3 more".
std::string fit_list(const std::vector<std::string>& items, std::size_t columns);

}  // namespace arun::app
