/// --vars-file: variables from a file of YAML or JSON.
#pragma once

#include "base/diagnostic.hpp"
#include "script/inputs.hpp"

#include <string>
#include <vector>

namespace arun::app {

/// Appends the entries of the mapping in the file. Errors have their place in the file.
void read_vars_file(const std::string& path, std::vector<script::GivenVariable>& variables,
                    Diagnostics& diagnostics);

}  // namespace arun::app
