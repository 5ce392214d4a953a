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
    /// Hides the value and each of its lines that has at least four characters, as they are, and as they are
    /// written in JSON, in YAML's single quotes, in XML, in URLs, in base64 (wherever in the encoded text
    /// they begin), and with their control characters replaced as messages and reports do. An empty value
    /// hides nothing. Idempotent: returns false if it was known.
    bool add(std::string_view value);
    /// Hides what `other` hides.
    void add(const Secrets& other);
    bool empty() const noexcept { return values_.empty(); }

    /// `text` with `mark` in place of each secret. Secrets that overlap become one. What is left of a secret
    /// that was cut, as in "to...", is hidden too.
    std::string mask(std::string_view text, std::string_view mark = "***") const;
    /// For what arun itself says: mask(), and `mark` in place of the user and password of URLs, secret or
    /// not.
    std::string redact(std::string_view text, std::string_view mark = "***") const;
    /// False if redact() would certainly change nothing.
    bool may_concern(std::string_view text) const noexcept {
        return !empty() || text.find("://") != std::string_view::npos;
    }

    /// How many bytes at the end of `text` begin a secret that may go on.
    std::size_t begun(std::string_view text) const noexcept;
    /// The size of the longest secret that `text` begins with, or 0.
    std::size_t leading(std::string_view text) const noexcept;

private:
    void add_form(std::string_view form);
    std::vector<bool> secret_bytes(std::string_view text) const;

    std::vector<std::string> values_;
};

}  // namespace arun::app
