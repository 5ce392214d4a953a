/// A diagnostic as a person sees it: position, message, the line and a caret under it.
#include "base/diagnostic.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace arun {
namespace {

constexpr std::size_t widest = 100;       // columns of a source line that are shown
constexpr std::size_t before_caret = 50;  // code points that stay before the caret when the line is cut

struct Range {
    char32_t first, last;
};

template <std::size_t N>
constexpr bool is_in(const std::array<Range, N>& ranges, char32_t c) {
    return std::any_of(ranges.begin(), ranges.end(), [c](Range r) { return c >= r.first && c <= r.last; });
}

// Not all of Unicode's tables: enough that a caret stands right under the scripts and emoji that people
// write.
constexpr std::array<Range, 10> wide{{{0x1100, 0x115F},
                                      {0x2E80, 0x303E},
                                      {0x3041, 0xA4CF},
                                      {0xAC00, 0xD7A3},
                                      {0xF900, 0xFAFF},
                                      {0xFE30, 0xFE6F},
                                      {0xFF00, 0xFF60},
                                      {0xFFE0, 0xFFE6},
                                      {0x1F300, 0x1FAFF},
                                      {0x20000, 0x3FFFD}}};
constexpr std::array<Range, 5> without_width{
    {{0x0300, 0x036F}, {0x200B, 0x200D}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}}};
// Controls, and the marks that reverse the direction of text: a terminal must not act on what a script says.
constexpr std::array<Range, 5> unsafe{
    {{0x00, 0x1F}, {0x7F, 0x9F}, {0x2028, 0x202E}, {0x2066, 0x2069}, {0xFEFF, 0xFEFF}}};

/// Appends the first code point of `text` as it may be shown; how many bytes it had, how many columns it
/// takes.
std::pair<std::size_t, std::size_t> append_one(std::string& out, std::string_view text) {
    const auto c = first_code_point(text);
    if (c.valid && (c.value == '\t' || c.value == '\n')) {
        out += ' ';
    } else if (!c.valid || is_in(unsafe, c.value)) {
        out += "\uFFFD";
    } else {
        out += text.substr(0, c.length);
        return {c.length, is_in(wide, c.value) ? 2 : is_in(without_width, c.value) ? 0 : 1};
    }
    return {c.length, 1};
}

std::string clean(std::string_view text) {
    std::string out;
    while (!text.empty()) text.remove_prefix(append_one(out, text).first);
    return out;
}

/// A piece of text and how many columns it takes.
struct Shown {
    std::string text;
    std::size_t width = 0;
};

/// As many code points as fit into `room` columns; `text` keeps the rest.
Shown take(std::string_view& text, std::size_t room) {
    Shown shown;
    while (!text.empty()) {
        const auto size = shown.text.size();
        const auto [bytes, width] = append_one(shown.text, text);
        if (shown.width + width > room) {
            shown.text.resize(size);
            break;
        }
        shown.width += width;
        text.remove_prefix(bytes);
    }
    return shown;
}

struct Colours {
    std::string_view location, error, warning, message, caret, off;
};
constexpr Colours plain{};
constexpr Colours ansi{"\x1b[1m", "\x1b[1;31m", "\x1b[1;35m", "\x1b[1m", "\x1b[1;32m", "\x1b[0m"};

void append_line(std::string& out, const Span& span, const Position& at, const Colours& colours) {
    const auto line = span.source->line(at.line);
    const auto text = span.source->text();
    const auto line_begin = static_cast<std::size_t>(line.data() - text.data());
    const auto from =
        std::min<std::size_t>(std::max<std::size_t>(span.begin, line_begin) - line_begin, line.size());
    const auto to =
        std::clamp<std::size_t>(span.end, line_begin + from, line_begin + line.size()) - line_begin;

    auto start = from;
    auto probe = line;
    take(probe, widest);
    const bool fits = probe.empty();
    if (fits || at.column <= widest * 2 / 3) {
        start = 0;
    } else {
        for (std::size_t n = 0; n < before_caret; ++n) do
                --start;
            while (start > 0 && is_utf8_tail(line[start]));
    }
    auto before = line.substr(start, from - start);
    auto marked = line.substr(from, to - from);
    auto after = line.substr(to);
    auto room = fits ? std::string_view::npos : widest;
    auto shown = take(before, room);
    auto under = take(marked, room - shown.width);
    auto rest = marked.empty() ? take(after, room - shown.width - under.width) : Shown{};

    const auto number = std::to_string(at.line);
    const std::string_view cut = "...";
    const auto left = start > 0 ? cut : std::string_view();
    const auto right = marked.empty() && after.empty() ? std::string_view() : cut;
    out.append("  ").append(number).append(line.empty() ? " |" : " | ").append(left);
    out.append(shown.text).append(under.text).append(rest.text).append(right).append("\n");
    out.append(2 + number.size(), ' ').append(" | ").append(left.size() + shown.width, ' ');
    out.append(colours.caret).append("^");
    if (under.width > 1) out.append(under.width - 1, '~');
    out.append(colours.off).append("\n");
}

}  // namespace

std::string render(const Diagnostic& diagnostic, bool color) {
    const auto& colours = color ? ansi : plain;
    const auto* source = diagnostic.span.source;
    const auto position = source ? source->position(diagnostic.span.begin) : Position();
    std::string out(colours.location);
    if (source) {
        out += clean(source->name());
        out += ":" + std::to_string(position.line) + ":" + std::to_string(position.column) + ": ";
    } else {
        out += "arun: ";
    }
    out += colours.off;
    const bool error = diagnostic.severity == Severity::error;
    out.append(error ? colours.error : colours.warning)
        .append(error ? "error: " : "warning: ")
        .append(colours.off);
    out.append(colours.message).append(clean(diagnostic.message)).append(colours.off);
    if (!diagnostic.hint.empty()) out.append("; ").append(clean(diagnostic.hint));
    out += '\n';
    if (source) append_line(out, diagnostic.span, position, colours);
    return out;
}

}  // namespace arun
