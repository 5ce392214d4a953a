/// Which faults of the world would go unnoticed by a script.
#pragma once

#include "trials/probe.hpp"

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
    JobPlace job;                ///< of the last one
    std::string what;            ///< "run 'migrate' exits with 1"
    std::vector<JobPlace> jobs;  ///< of all of them
};

enum class FaultOutcome : std::uint8_t {
    noticed,         ///< the run fails
    handled,         ///< it makes no difference
    tolerated,       ///< the script says that it may happen
    unnoticed,       ///< the run is green
    endless,         ///< the run does not end within its limits
    clean_up,        ///< a `finally` did not do its work
    order,           ///< the result depends on what comes first
    limit,           ///< a time limit never comes into effect
    not_applicable,  ///< nothing could tell the difference: it does not count
};

struct Judgement {
    FaultOutcome verdict = FaultOutcome::noticed;
    std::string why;  ///< of a finding, a sentence; of what is tolerated, by what: "retry"
    JobPlace place;   ///< what the sentence is about

    bool is_finding() const noexcept {
        return verdict >= FaultOutcome::unnoticed && verdict != FaultOutcome::not_applicable;
    }
};

class Exploration {
public:
    /// Runs the scripts without a fault.
    explicit Exploration(Stage& stage);

    const Probe& baseline() const noexcept { return baseline_; }
    /// Every single fault at every point; of what a loop repeats, at the first, second and last time.
    std::vector<NamedFault> faults() const { return faults_of(baseline_, {}); }
    /// Every fault that can follow `first`, in the run with that.
    std::vector<NamedFault> faults_after(const NamedFault& first, const Probe& probe) const;
    /// `first`: others are to follow it.
    Probe run(const NamedFault& fault, bool first = false);
    /// `before`: the run without the last of its faults.
    Judgement judge(const NamedFault& fault, const Probe& probe, const Probe& before) const;

private:
    struct Start {
        std::size_t asked = 0;
        std::size_t jumps = 0;
    };
    std::vector<NamedFault> faults_of(const Probe& probe, const Start& from) const;
    std::optional<Judgement> judge_limits(const NamedFault& fault, const Probe& probe) const;

    Stage& stage_;
    ProbeLimits limits_;
    Probe baseline_;
};

}  // namespace arun::app
