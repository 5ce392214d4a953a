#include "base/difference.hpp"

#include "base/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace arun {
namespace {

constexpr std::size_t max_compared = 300;  // lines: the table of the comparison is its square
constexpr std::size_t max_shown = 24;
constexpr std::size_t max_width = 160;
constexpr std::size_t context = 2;
constexpr std::string_view ellipsis = "\u2026";

using Lines = std::vector<std::string_view>;

Lines lines_of(std::string_view text) {
    Lines lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

struct Edit {
    char sign;
    std::string_view line;
};

void append_all(std::vector<Edit>& edits, char sign, std::span<const std::string_view> lines) {
    for (auto line : lines) edits.push_back({sign, line});
}

/// The shortest way from one to the other, by the table of longest common subsequences.
void append_edits(std::vector<Edit>& edits, std::span<const std::string_view> a,
                  std::span<const std::string_view> b) {
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

std::vector<Edit> edits_between(const Lines& expected, const Lines& got) {
    std::span<const std::string_view> a = expected;
    std::span<const std::string_view> b = got;
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
        // Too much to be compared line by line, and to be read: the beginnings have to do.
        append_all(edits, '-', old_lines.first(std::min(old_lines.size(), max_shown / 2)));
        append_all(edits, '+', new_lines);
    }
    append_all(edits, ' ', a.last(after));
    return edits;
}

}  // namespace

std::string one_line(std::string_view text) {
    auto line = printable(text);
    std::ranges::replace(line, '\n', ' ');
    return line;
}

std::string printable(std::string_view text) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const auto point = first_code_point(text);
        if (!point.valid) {
            out += "\uFFFD";
        } else if (point.value == '\r') {
            out += "\\r";
        } else if ((point.value < 0x20 && point.value != '\n' && point.value != '\t') ||
                   (point.value >= 0x7F && point.value < 0xA0)) {
            out += "\\x";
            out += digits[point.value >> 4];
            out += digits[point.value & 15];
        } else {
            out += text.substr(0, point.length);
        }
        text.remove_prefix(point.length);
    }
    return out;
}

std::string excerpt(std::string_view text, std::size_t most) {
    if (text.size() <= most) return printable(text);
    while (most > 0 && is_utf8_tail(text[most])) --most;
    return printable(text.substr(0, most)).append(ellipsis);
}

std::string difference(std::string_view expected, std::string_view got) {
    const auto edits = edits_between(lines_of(expected), lines_of(got));
    std::vector<bool> near(edits.size());
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
        out += excerpt(edits[i].line, max_width);
        out += '\n';
    }
    return out;
}

}  // namespace arun
