/// Completion scripts for shells, made from the option table and the kinds of jobs.
#pragma once

#include <string>
#include <string_view>

namespace arun::app {

/// The completion script of `shell`: bash, zsh or fish. Empty for any other.
std::string completion_script(std::string_view shell);

}  // namespace arun::app
