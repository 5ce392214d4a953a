/// The first line of a tape: what ran, and how.
#pragma once

#include "cli/options.hpp"
#include "commands/scripts.hpp"
#include "console/output.hpp"
#include "tape/reader.hpp"
#include "tape/writer.hpp"

#include <string>
#include <vector>

namespace arun::app {

/// Precondition: `session` has a start time.
void write_header(tape::Writer& writer, const Options& options, const Scripts& scripts,
                  const StandardOutput& output, const jobs::SessionOptions& session);

/// Opens a tape, and reads its header. Throws TapeError.
tape::Reader open_tape_of_run(const std::string& path, Options& options, Scripts& scripts,
                              std::vector<LoadedSource>& sources, StandardOutput& output);

/// After that: other scripts run with its options. Their jobs are not those that were chosen, and their
/// folder is not that of the run.
void use_other_scripts(Options& options, Scripts& scripts, const std::vector<std::string>& paths);

/// Sets what decides a run in `options` and `scripts`, and the scripts themselves in `sources`. Throws
/// TapeError.
void read_header(const tape::Event& header, Options& options, Scripts& scripts,
                 std::vector<LoadedSource>& sources, StandardOutput& output);

}  // namespace arun::app
