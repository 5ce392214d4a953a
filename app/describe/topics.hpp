/// What `arun help TOPIC` prints.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace arun::app {

/// A topic, a kind of job, a command, or else a key or a function of scripts; empty if there is none of that
/// name.
std::optional<std::string> help_on(std::string_view topic);

/// Topics, kinds and commands.
std::vector<std::string_view> help_topics();
/// All that help_on() knows. Some are there twice.
std::vector<std::string_view> help_words();

/// A line for each topic that is neither a kind nor a command.
std::string list_topics();

}  // namespace arun::app
