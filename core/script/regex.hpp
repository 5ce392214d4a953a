/// Regular expressions: Perl's, as PCRE2 has them.
#pragma once

#include "base/error.hpp"

#include <memory>
#include <string_view>

namespace arun::script {

/// Immutable. No pattern and no text can make it hang, or use more than a bounded stack and heap.
class Regex {
public:
    /// The error has an offset: "missing closing parenthesis".
    static Result<std::unique_ptr<const Regex>> compile(std::string_view pattern);
    Regex(const Regex&) = delete;
    Regex& operator=(const Regex&) = delete;
    ~Regex();

    /// Whether the pattern matches anywhere in the text, which need not be UTF-8: a byte that is not matches
    /// nothing. An error when it takes too long to find out.
    Result<bool> search(std::string_view text) const;

private:
    struct Code;
    explicit Regex(std::unique_ptr<Code> code) noexcept;
    std::unique_ptr<Code> code_;
};

}  // namespace arun::script
