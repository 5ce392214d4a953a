/// --env-file: environment variables from a file, as docker's and compose's.
#pragma once

#include "base/error.hpp"

#include <string>
#include <utility>
#include <vector>

namespace arun::app {

using EnvEntries = std::vector<std::pair<std::string, std::string>>;

/// A line is NAME=VALUE, or empty, or a comment from '#'; `export ` in front is allowed. A value may stand in
/// quotes: in single ones it is literal, in double ones \n, \t, \" and \\ are known. The error has the file
/// and the line.
Result<EnvEntries> read_env_file(const std::string& path);

/// The same for a text; `name` is the file's, for messages.
Result<EnvEntries> parse_env(const std::string& name, std::string_view text);

}  // namespace arun::app
