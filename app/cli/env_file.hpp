/// --env-file: environment variables from a file, in the format of Docker and Compose.
#pragma once

#include "base/error.hpp"

#include <string>
#include <utility>
#include <vector>

namespace arun::app {

using EnvEntries = std::vector<std::pair<std::string, std::string>>;

/// Each line is NAME=VALUE, with an optional `export ` in front, or empty, or a comment from '#'. A value in
/// single quotes is literal; in double quotes \n, \t, \", \\ and \$ are escapes. The error names the file and
/// the line.
Result<EnvEntries> read_env_file(const std::string& path);

/// Parses the text of a file; `name` is the file's name, for messages.
Result<EnvEntries> parse_env(const std::string& name, std::string_view text);

}  // namespace arun::app
