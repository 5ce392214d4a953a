/// The keys of other tools: what arun calls them.
#pragma once

#include <string_view>
#include <vector>

namespace arun::script {

/// The one of `names` that does what the key of Ansible, GitHub Actions, GitLab or a shell does that is
/// called `word`, or empty.
std::string_view meant_by(std::string_view word, const std::vector<std::string_view>& names);

}  // namespace arun::script
