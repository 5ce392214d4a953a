/// Values that nobody is to see.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace arun::app {

/// The values of what scripts call secret, and texts without them.
class Secrets {
public:
    /// The value as it is, each line of it that has at least four characters, and the forms that it has in
    /// quotes of JSON and YAML. An empty value hides nothing.
    void add(std::string_view value);
    bool empty() const noexcept { return values_.empty(); }

    /// `text` with *** for each secret in it. Where secrets overlap, they are hidden together. Of one that
    /// was cut, as in "to...", what is left of it is hidden too.
    std::string mask(std::string_view text) const;

private:
    void add_form(std::string_view form);
    std::vector<bool> covered(std::string_view text) const;

    std::vector<std::string> values_;
};

}  // namespace arun::app
