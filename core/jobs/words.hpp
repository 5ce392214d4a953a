/// Words that something is waited for: a text, or a regular expression.
#pragma once

#include "script/arguments.hpp"
#include "script/expression.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace arun::script {
class Regex;
}

namespace arun::jobs {

/// A regular expression: compiled with the script if it is literal.
struct Pattern {
    script::Text text;
    const script::Regex* regex = nullptr;
};

/// `contains` or `matches`.
struct SoughtWords {
    std::optional<script::Text> contains;
    std::optional<Pattern> matches;
    bool given() const noexcept { return contains.has_value() || matches.has_value(); }
};

/// Searches a text that grows. `contains` may span lines; a pattern is searched in each line.
class WordSearch {
public:
    /// Evaluates the words. Throws EvalError.
    WordSearch(const SoughtWords& words, const script::EvalContext& context);
    ~WordSearch();
    WordSearch(const WordSearch&) = delete;
    WordSearch& operator=(const WordSearch&) = delete;

    /// Whether the words are in `text`, of which the first `known` bytes had been searched before without
    /// success. Throws EvalError if a search takes too long.
    bool find(std::string_view text, std::size_t known) const;

    /// "'text'" or "/pattern/", for messages.
    std::string description() const;

private:
    bool matches_line(std::string_view line) const;

    std::string contains_;
    std::string pattern_;
    const script::Regex* regex_ = nullptr;
    std::unique_ptr<const script::Regex> compiled_;
    Span where_;
};

}  // namespace arun::jobs

namespace arun::script {

template <>
struct TypeOf<jobs::Pattern> : PlainType {
    static constexpr TypeInfo info{"regular expression", R"({"$ref":"#/$defs/text"})"};
};
bool read(Compiler& compiler, syntax::Node node, std::string_view what, jobs::Pattern& out);

}  // namespace arun::script
