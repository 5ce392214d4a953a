/// What other tools call the options and commands of arun, for "did you mean".
#pragma once

#include "base/suggestion.hpp"

#include <span>

namespace arun::app {

/// The names are options with what they need, or whole commands: `--color never`, `arun plan`.
std::span<const Synonym> option_synonyms() noexcept;
/// The names are what follows `arun`.
std::span<const Synonym> command_synonyms() noexcept;

}  // namespace arun::app
