/// "Did you mean": the one of a few names that a misspelt word is nearest to.
#include "base/diagnostic.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

namespace arun {
namespace {

constexpr std::size_t longest = 64;  // names are short: a longer word is no slip of the keyboard

/// Letters to put in, leave out, change or swap with their neighbour (optimal string alignment).
std::size_t distance(std::string_view a, std::string_view b) {
    std::array<std::array<std::size_t, longest + 1>, 3>
        rows{};  // of the letter before last, the last, this one
    auto* before = &rows[0];
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

std::string_view closest(std::string_view word, const std::vector<std::string_view>& candidates) {
    std::string_view best;
    auto least = longest + 1;
    if (word.empty() || word.size() > longest) return best;
    for (auto candidate : candidates) {
        if (candidate.empty() || candidate.size() > longest) continue;
        const auto wrong = distance(word, candidate);
        if (wrong < least && wrong * 3 <= std::max(word.size(), candidate.size())) {
            best = candidate;
            least = wrong;
        }
    }
    return best;
}

}  // namespace arun
