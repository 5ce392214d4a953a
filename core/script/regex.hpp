/// Regular expressions in Perl's syntax, by PCRE2.
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace arun::script {

/// Immutable. Time, stack and heap are bounded for every pattern and text.
class Regex {
public:
    /// The error has an offset: "missing closing parenthesis".
    static Result<std::unique_ptr<const Regex>> compile(std::string_view pattern);
    Regex(const Regex&) = delete;
    Regex& operator=(const Regex&) = delete;
    ~Regex();

    /// Whether the pattern matches anywhere in the text. Bytes that are not UTF-8 match nothing. Fails if
    /// matching takes longer than two seconds.
    Result<bool> search(std::string_view text) const;
    /// The first match and its groups, which point into the text; empty where a group takes no part. No items
    /// if nothing matches. Fails as search() does.
    Result<std::vector<std::optional<std::string_view>>> match(std::string_view text) const;

private:
    struct Code;
    struct Match;
    Result<Match> find(std::string_view text, std::uint32_t groups) const;
    explicit Regex(std::unique_ptr<Code> code) noexcept;
    std::unique_ptr<Code> code_;
};

/// "10.42 2022-12-11"
std::string regex_library_version();

}  // namespace arun::script
