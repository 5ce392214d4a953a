/// The keys of Ansible, GitHub Actions, GitLab and shells: what arun calls them.
#pragma once

#include "base/suggestion.hpp"

#include <span>

namespace arun::script {

std::span<const Synonym> key_synonyms() noexcept;

}  // namespace arun::script
