/// Which faults of the world would go unnoticed by a script.
#pragma once

#include "trials/observed_run.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace arun::app {

/// One fault, or two, with names.
struct NamedFault {
    std::vector<Fault> faults;
    std::string id;              ///< "exit@migrate"; with "#2" the second time
    std::string what;            ///< "run 'migrate' exits with 1"
    std::vector<JobPlace> jobs;  ///< one for each
    std::string once;            ///< of a fault that comes again and again: the id of the one that does not

    /// That of the last one.
    const JobPlace& job() const noexcept { return jobs.back(); }
};

enum class FaultOutcome : std::uint8_t {
    not_applicable,  ///< nothing could show the difference: it does not count
    noticed,         ///< the run fails
    handled,         ///< it makes no difference
    tolerated,       ///< the script allows for it
    // Findings:
    unnoticed,  ///< the run succeeds
    endless,    ///< the run does not end within its limits
    clean_up,   ///< a `finally` did not do its work
    order,      ///< the result depends on what comes first
    limit,      ///< a time limit never takes effect
};

struct Assessment {
    FaultOutcome outcome = FaultOutcome::noticed;
    std::string why;  ///< of a finding, a sentence; of what is tolerated, by what: "retry"
    JobPlace place;   ///< the job that the sentence is about; has none if nothing is found

    bool is_finding() const noexcept { return outcome >= FaultOutcome::unnoticed; }
};

class Exploration {
public:
    /// Runs the scripts without a fault.
    explicit Exploration(Stage& stage);

    const ObservedRun& baseline() const noexcept { return baseline_; }
    /// Every single fault at every point, and of what is repeated until it succeeds, every time; of what a
    /// loop repeats, at the first, second and last time.
    std::vector<NamedFault> faults() const { return faults_of(baseline_, {}); }
    /// Every fault that can follow `first`, in the run with that.
    std::vector<NamedFault> faults_after(const NamedFault& first, const ObservedRun& run) const;
    /// `first`: others are to follow it.
    ObservedRun run(const NamedFault& fault, bool first = false) const;
    /// `before`: the run without the last of its faults.
    Assessment assess(const NamedFault& fault, const ObservedRun& run, const ObservedRun& before) const;

private:
    struct Start {
        std::size_t asked = 0;
        std::size_t jumps = 0;
    };
    std::vector<NamedFault> faults_of(const ObservedRun& run, const Start& from) const;
    std::optional<Assessment> assess_limits(const NamedFault& fault, const ObservedRun& run) const;

    Stage& stage_;
    RunLimits limits_;
    ObservedRun baseline_;
};

}  // namespace arun::app
