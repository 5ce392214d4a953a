/// The scripts of a command line: found, read, compiled and checked before anything runs, but for those that
/// arrive while they run.
#pragma once

#include "base/diagnostic.hpp"
#include "cli/options.hpp"
#include "jobs/output.hpp"
#include "jobs/script_source.hpp"
#include "script/compiler.hpp"

#include <memory>
#include <vector>

namespace arun::app {

struct Scripts {
    Scripts();

    script::KindTable kinds;
    script::CompilationContext compilation;
    /// Those that were compiled.
    std::vector<std::unique_ptr<script::Script>> list;
    std::vector<std::unique_ptr<script::Script>> broken;  ///< only their errors are of use
    /// All of them in the order of the command line, for a session. Made for the command `run` only; the
    /// others read streams to their end, into `list`.
    std::vector<std::unique_ptr<jobs::ScriptSource>> feeds;
    /// Complete only if there is no error in here.
    Diagnostics diagnostics;
};

/// Reads what `options` names; standard input where it names nothing. The values of secrets that are known
/// before anything runs are hidden from then on.
void load(Scripts& scripts, const Options& options, jobs::Output& output);

}  // namespace arun::app
