/// The kinds, described for people: on a terminal and in the manual. Made of what the kinds declare.
#pragma once

#include "script/kind.hpp"

#include <span>
#include <string>

namespace arun::script {

/// One line for each kind.
std::string list_kinds(std::span<const KindSpec* const> kinds);

/// Everything about a kind: its arguments as a table, its result, notes, an example.
std::string describe_kind(const KindSpec& kind);

/// The manual's section on kinds and modifiers, in mdoc(7).
std::string kinds_in_mdoc(std::span<const KindSpec* const> kinds);

}  // namespace arun::script
