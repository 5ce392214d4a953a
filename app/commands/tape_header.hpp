/// The first line of a tape: what ran, and how.
#pragma once

#include "cli/options.hpp"
#include "commands/scripts.hpp"
#include "console/output.hpp"
#include "tape/reader.hpp"
#include "tape/writer.hpp"

#include <vector>

namespace arun::app {

/// Precondition: `session` has a start time.
void write_header(tape::Writer& writer, const Options& options, const Scripts& scripts,
                  const StandardOutput& output, const jobs::SessionOptions& session);

/// Sets what decides a run in `options` and `scripts`, and the scripts themselves in `sources`. Throws
/// TapeError.
void read_header(const tape::Event& header, Options& options, Scripts& scripts,
                 std::vector<LoadedSource>& sources, StandardOutput& output);

}  // namespace arun::app
