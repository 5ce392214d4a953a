/// Masking of secret values.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace arun::app {

/// The values of the scripts' `secrets`, and text without them.
class Secrets {
public:
    /// Adds the value, each of its lines that has at least four characters, and their forms inside JSON and
    /// YAML quotes. An empty value hides nothing.
    void add(std::string_view value);
    bool empty() const noexcept { return values_.empty(); }

    /// Replaces each secret in `text` with ***. Overlapping secrets become one ***. The remains of a
    /// truncated secret, as in "to...", are replaced too.
    std::string mask(std::string_view text) const;

private:
    void add_form(std::string_view form);
    std::vector<bool> covered(std::string_view text) const;

    std::vector<std::string> values_;
};

}  // namespace arun::app
