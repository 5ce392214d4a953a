/// Masks secret values in text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace arun::app {

/// The values that scripts declare secret.
class Secrets {
public:
    /// Hides the value, each of its lines that has at least four characters, and how these are written in
    /// JSON and in YAML's single quotes. An empty value hides nothing. Idempotent.
    void add(std::string_view value);
    bool empty() const noexcept { return values_.empty(); }

    /// `text` with *** in place of each secret. Secrets that overlap become one ***. What is left of a secret
    /// that was cut, as in "to...", is hidden too.
    std::string mask(std::string_view text) const;

private:
    void add_form(std::string_view form);
    std::vector<bool> secret_bytes(std::string_view text) const;

    std::vector<std::string> values_;
};

}  // namespace arun::app
