/// "Did you mean": the known name that a misspelt one is nearest to.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace arun {

/// A word of other tools, and what it is called here.
struct Synonym {
    std::string_view word;
    std::string_view name;
};

/// The name of the first synonym of `word`, or empty.
std::string_view name_of(std::string_view word, std::span<const Synonym> synonyms);

/// The candidate that is the first synonym of `word`, else the one that `word` was probably meant to be
/// (Damerau-Levenshtein distance, ignoring case, at most a third of the letters wrong), or empty.
std::string_view closest(std::string_view word, const std::vector<std::string_view>& candidates,
                         std::span<const Synonym> synonyms = {});

/// A hint that names closest(): "did you mean 'every'?", or `otherwise` if there is none.
std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates,
                         std::string_view otherwise = {}, std::span<const Synonym> synonyms = {});

}  // namespace arun
