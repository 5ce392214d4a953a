/// The first scripts that `arun init` writes.
#pragma once

#include <string_view>

namespace arun::app {

/// The names of the templates, separated by '|'.
inline constexpr std::string_view template_names = "smoke|services|batch|demo";

/// The text of a script in YAML. Precondition: it is one of template_names.
std::string_view template_text(std::string_view name) noexcept;

}  // namespace arun::app
