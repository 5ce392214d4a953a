/// What a script says of itself: its description, and how to give its inputs.
#pragma once

#include "script/job.hpp"

#include <string>

namespace arun::app {

/// "usage: arun shop.yaml host=TEXT [port=NUMBER]\n", with what is required first.
std::string usage_of(const script::Script& script);

/// A line for each input: how it is given, what it is for, and its default.
std::string inputs_of(const script::Script& script);

/// Its name and description, its usage, inputs and variables.
std::string describe_script(const script::Script& script);

}  // namespace arun::app
