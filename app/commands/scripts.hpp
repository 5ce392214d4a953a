/// The scripts of a command line: found, read, compiled and checked before anything runs. Scripts that arrive
/// on a stream are compiled while they run instead.
#pragma once

#include "base/diagnostic.hpp"
#include "cli/options.hpp"
#include "console/terminal.hpp"
#include "jobs/output.hpp"
#include "jobs/script_source.hpp"
#include "script/compiler.hpp"
#include "script/inputs.hpp"

#include <memory>
#include <vector>

namespace arun::app {

/// A file that a script was read from.
struct LoadedSource {
    std::string name;
    std::string format;  ///< of an operand: json or yaml; empty for a file that is included
    std::string text;
};

struct Scripts {
    Scripts();

    script::KindTable kinds;
    script::CompilationContext compilation;
    /// The scripts without errors. Commands other than `run` read streams to their end, into this list.
    std::vector<std::unique_ptr<script::Script>> list;
    std::vector<std::unique_ptr<script::Script>> broken;  ///< kept for the diagnostics that refer to them
    /// All scripts and streams in the order of the command line. Only for `run`.
    std::vector<std::unique_ptr<jobs::ScriptSource>> sources;
    bool streams = false;  ///< some of `sources` still arrive
    /// Those of the command line, after those of its files.
    std::vector<script::GivenVariable> variables;
    /// What was read, in that order.
    std::vector<LoadedSource> loaded;
    /// The scripts of which an input is wrong or missing.
    std::vector<const script::Script*> wrong_inputs;
    /// The scripts can run if this has no errors.
    Diagnostics diagnostics;
};

/// Shows how to give the inputs of the scripts for which they are wrong.
void show_usage(const Scripts& scripts, Terminal& terminal);

/// Reports the variables of the command line that no script declares or reads, if a stream has hidden until
/// the end of the run whether one does. Empty if there is no stream, or if it was not read to its end.
Diagnostics check_after_streams(const Scripts& scripts, const Options& options);

/// Reads the operands of `options`, or standard input if there are none. Tells `output` to hide the values of
/// secrets that are known before the run.
void load(Scripts& scripts, const Options& options, jobs::Output& output);

/// The same without the file system: the scripts are those of `sources`.
void load_sources(Scripts& scripts, const Options& options, const std::vector<LoadedSource>& sources,
                  jobs::Output& output);

}  // namespace arun::app
