/// One run of scripts in an imagined world, and what became of it.
#pragma once

#include "cli/options.hpp"
#include "commands/scripts.hpp"
#include "jobs/observer.hpp"
#include "jobs/session.hpp"
#include "reports/record.hpp"
#include "script/value.hpp"
#include "tape/answering_world.hpp"

#include <map>
#include <string>
#include <vector>

namespace arun::app {

struct Trial {
    int status = 0;
    jobs::RunResult result;
    std::string out, err;  ///< what the run printed, messages included
    RunRecord record;
    /// The jobs that started, in order, under each of their names.
    std::vector<std::vector<std::string>> started;
    std::map<std::string, script::Value> variables;  ///< of the Runner's context, at the end
    Secrets secrets;                                 ///< what was hidden
    bool out_of_steps = false;                       ///< it does not end
    std::string problem;                             ///< why the run was stopped; empty if it was not
};

/// Precondition: the scripts have no errors. They may run any number of times. `options` also say how the run
/// is reported; `secrets` are what the scripts have hidden before it; `observer` may be null.
Trial run_trial(const Scripts& scripts, tape::AnsweringWorld& world, const Options& options,
                const Secrets& secrets, jobs::Observer* observer);

}  // namespace arun::app
