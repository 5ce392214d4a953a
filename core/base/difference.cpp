#include "base/difference.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace arun {
namespace {

using Lines = std::span<const std::string_view>;

constexpr std::size_t max_compared = 300;    // lines; the table of the comparison has the square of it
constexpr std::size_t max_shown = 24;        // lines
constexpr std::size_t max_line_width = 160;  // bytes of a line
constexpr std::size_t context = 2;           // unchanged lines around a change

struct Edit {
    char sign;
    std::string_view line;
};

void append_all(std::vector<Edit>& edits, char sign, Lines lines) {
    for (auto line : lines) edits.push_back({sign, line});
}

/// The shortest edit script, by the table of longest common subsequences.
void append_edits(std::vector<Edit>& edits, Lines a, Lines b) {
    const auto width = b.size() + 1;
    std::vector<std::uint16_t> common((a.size() + 1) * width);
    for (auto i = a.size(); i-- > 0;) {
        for (auto j = b.size(); j-- > 0;) {
            auto* here = &common[i * width + j];
            *here = a[i] == b[j] ? static_cast<std::uint16_t>(here[width + 1] + 1)
                                 : std::max(here[width], here[1]);
        }
    }
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.size() && j < b.size()) {
        const auto* here = &common[i * width + j];
        if (a[i] == b[j]) {
            edits.push_back({' ', a[i++]});
            ++j;
        } else if (here[width] >= here[1]) {
            edits.push_back({'-', a[i++]});
        } else {
            edits.push_back({'+', b[j++]});
        }
    }
    append_all(edits, '-', a.subspan(i));
    append_all(edits, '+', b.subspan(j));
}

std::vector<Edit> edits_between(Lines a, Lines b) {
    const auto same = std::min(a.size(), b.size());
    std::size_t before = 0;
    while (before < same && a[before] == b[before]) ++before;
    std::size_t after = 0;
    while (after < same - before && a[a.size() - 1 - after] == b[b.size() - 1 - after]) ++after;

    std::vector<Edit> edits;
    append_all(edits, ' ', a.first(before));
    const auto old_lines = a.subspan(before, a.size() - before - after);
    const auto new_lines = b.subspan(before, b.size() - before - after);
    if (old_lines.size() <= max_compared && new_lines.size() <= max_compared) {
        append_edits(edits, old_lines, new_lines);
    } else {
        // Too much to compare, and to read: show how both begin.
        append_all(edits, '-', old_lines.first(std::min(old_lines.size(), max_shown / 2)));
        append_all(edits, '+', new_lines);
    }
    append_all(edits, ' ', a.last(after));
    return edits;
}

}  // namespace

std::string difference(std::string_view expected, std::string_view got) {
    const auto edits = edits_between(lines_of(expected), lines_of(got));
    std::vector<bool> near(edits.size());  // to a change
    for (std::size_t i = 0; i < edits.size(); ++i) {
        if (edits[i].sign == ' ') continue;
        const auto first = i < context ? 0 : i - context;
        const auto last = std::min(i + context, edits.size() - 1);
        for (auto k = first; k <= last; ++k) near[k] = true;
    }
    std::string out;
    std::size_t shown = 0;
    bool gap = false;
    for (std::size_t i = 0; i < edits.size(); ++i) {
        if (!near[i] || shown == max_shown) {
            if (!gap) out += "  ...\n";
            gap = true;
            continue;
        }
        gap = false;
        ++shown;
        out += edits[i].sign;
        out += ' ';
        out += excerpt(edits[i].line, max_line_width);
        out += '\n';
    }
    return out;
}

}  // namespace arun
