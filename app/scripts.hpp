/// The scripts of a command line: found, read, compiled and checked, all of them before anything runs.
#pragma once

#include "base/diagnostic.hpp"
#include "jobs/output.hpp"
#include "options.hpp"
#include "plan/compiler.hpp"

#include <memory>
#include <vector>

namespace arun::app {

struct Scripts {
    Scripts();

    plan::KindTable kinds;
    plan::Universe universe;
    std::vector<std::unique_ptr<plan::Script>> list;
    /// Complete only if there is no error in here.
    Diagnostics diagnostics;
};

/// Reads what `options` names; standard input where it names nothing. The values of secrets that are known
/// before anything runs are hidden from then on.
void load(Scripts& scripts, const Options& options, jobs::Output& output);

}  // namespace arun::app
