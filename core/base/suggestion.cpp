#include "base/suggestion.hpp"

#include "base/ascii.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace arun {
namespace {

constexpr std::size_t max_length = 64;  // a longer word is no typing error

/// How many letters to insert, delete, change or swap with their neighbour (optimal string alignment).
/// Precondition: neither is longer than `max_length`.
std::size_t distance(std::string_view a, std::string_view b) {
    using Row = std::array<std::size_t, max_length + 1>;
    std::array<Row, 3> rows{};
    auto* before = &rows[0];  // for the letter before the last
    auto* last = &rows[1];
    auto* row = &rows[2];
    for (std::size_t j = 0; j <= b.size(); ++j) (*row)[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::swap(before, last);
        std::swap(last, row);
        (*row)[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = lower(a[i - 1]) == lower(b[j - 1]);
            auto cost = std::min({(*last)[j] + 1, (*row)[j - 1] + 1, (*last)[j - 1] + (same ? 0 : 1)});
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]))
                cost = std::min(cost, (*before)[j - 2] + 1);
            (*row)[j] = cost;
        }
    }
    return (*row)[b.size()];
}

}  // namespace

std::string_view name_of(std::string_view word, std::span<const Synonym> synonyms) {
    const auto found = std::ranges::find(synonyms, word, &Synonym::word);
    return found != synonyms.end() ? found->name : std::string_view();
}

std::string_view closest(std::string_view word, const std::vector<std::string_view>& candidates,
                         std::span<const Synonym> synonyms) {
    for (const auto& synonym : synonyms) {
        if (synonym.word == word && std::ranges::find(candidates, synonym.name) != candidates.end())
            return synonym.name;
    }
    std::string_view best;
    auto min_distance = max_length + 1;
    if (word.empty() || word.size() > max_length) return best;
    for (auto candidate : candidates) {
        if (candidate.empty() || candidate.size() > max_length) continue;
        const auto found = distance(word, candidate);
        if (found < min_distance && found * 3 <= std::max(word.size(), candidate.size())) {
            best = candidate;
            min_distance = found;
        }
    }
    return best;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates,
                         std::string_view otherwise, std::span<const Synonym> synonyms) {
    const auto guess = closest(word, candidates, synonyms);
    return guess.empty() ? std::string(otherwise) : "did you mean " + quote_whole(guess) + "?";
}

}  // namespace arun
