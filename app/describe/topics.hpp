/// What `arun help TOPIC` prints.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace arun::app {

/// A topic, a kind of job or a command; empty if there is none of that name.
std::optional<std::string> help_on(std::string_view topic);

/// All that help_on() knows.
std::vector<std::string_view> help_topics();

/// A line for each topic that is neither a kind nor a command.
std::string list_topics();

}  // namespace arun::app
