/// The help text of the kinds, for a terminal and for the manual, generated from their declarations.
#pragma once

#include "script/kind.hpp"

#include <span>
#include <string>

namespace arun::app {

/// One line per kind.
std::string list_kinds(std::span<const script::KindSpec* const> kinds);

/// A kind in full: a table of its arguments, its result, notes and an example.
std::string describe_kind(const script::KindSpec& kind);

/// A table of the fields of a schema: their names, types and meanings.
std::string describe_fields(const script::ArgumentSchema& schema);

/// The manual's sections on kinds and modifiers, in mdoc(7).
std::string kinds_in_mdoc(std::span<const script::KindSpec* const> kinds);

}  // namespace arun::app
