#include "base/diagnostic.hpp"

#include "base/utf8.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace arun {

void Diagnostics::error(Span span, std::string message, std::string hint) {
    add({Severity::error, span, std::move(message), std::move(hint)});
}

void Diagnostics::error_without_line(Span span, std::string message, std::string hint) {
    add({Severity::error, span, std::move(message), std::move(hint), true});
}

void Diagnostics::warning(Span span, std::string message, std::string hint) {
    add({strict_ ? Severity::error : Severity::warning, span, std::move(message), std::move(hint)});
}

void Diagnostics::add(Diagnostic d) {
    const auto is_same = [&](const Diagnostic& other) {
        return d.span == other.span && d.message == other.message;
    };
    if (std::ranges::any_of(list_, is_same)) return;
    auto& count = d.severity == Severity::error ? errors_ : warnings_;
    ++count;
    if (count <= limit_) {
        list_.push_back(std::move(d));
    } else if (d.severity == Severity::error) {
        ++dropped_;
    }
}

void Diagnostics::keep(std::shared_ptr<const Source> source) {
    if (source && std::find(sources_.begin(), sources_.end(), source) == sources_.end())
        sources_.push_back(std::move(source));
}

void Diagnostics::advise(std::string hint) {
    const auto first =
        std::ranges::find_if(list_, [](const Diagnostic& d) { return d.severity == Severity::error; });
    if (first != list_.end() && first->hint.empty()) first->hint = std::move(hint);
}

void Diagnostics::add(Diagnostics other) {
    for (auto& source : other.sources_) keep(std::move(source));
    for (auto& d : other.list_) add(std::move(d));
    errors_ += other.dropped_;
    dropped_ += other.dropped_;
}

std::vector<Diagnostic> Diagnostics::sorted() const {
    std::vector<const Source*> files;
    std::vector<std::pair<std::size_t, const Diagnostic*>> order;
    for (const auto& d : list_) {
        auto file = std::find(files.begin(), files.end(), d.span.source);
        order.emplace_back(file - files.begin(), &d);
        if (file == files.end()) files.push_back(d.span.source);
    }
    std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
        return std::pair(a.first, a.second->span.begin) < std::pair(b.first, b.second->span.begin);
    });
    std::vector<Diagnostic> list;
    list.reserve(order.size());
    for (const auto& [file, d] : order) list.push_back(*d);
    return list;
}

namespace {

constexpr std::size_t max_width = 100;    // columns of a source line
constexpr std::size_t before_caret = 50;  // code points shown before the caret of a line that is cut

struct Range {
    char32_t first, last;
};

template <std::size_t N>
constexpr bool is_in(const std::array<Range, N>& ranges, char32_t c) {
    return std::any_of(ranges.begin(), ranges.end(), [c](Range r) { return c >= r.first && c <= r.last; });
}

// A subset of Unicode's tables: enough to place the caret under the scripts and emoji that people write.
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
constexpr std::array<Range, 5> zero_width{
    {{0x0300, 0x036F}, {0x200B, 0x200D}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}}};
// Separators, marks that change the direction of text, the byte order mark: a script must not control the
// terminal that its errors are shown on.
constexpr std::array<Range, 3> unsafe{{{0x2028, 0x202E}, {0x2066, 0x2069}, {0xFEFF, 0xFEFF}}};

/// Appends the first code point of `text` in a form that is safe to show. Returns how many bytes it has and
/// how many columns it takes.
std::pair<std::size_t, std::size_t> append_one(std::string& out, std::string_view text) {
    const auto c = first_code_point(text);
    if (c.valid && (c.value == '\t' || c.value == '\n')) {
        out += ' ';
    } else if (!c.valid || is_control(c.value) || is_in(unsafe, c.value)) {
        out += replacement_character;
    } else {
        out += text.substr(0, c.length);
        return {c.length, is_in(wide, c.value) ? 2 : is_in(zero_width, c.value) ? 0 : 1};
    }
    return {c.length, 1};
}

std::string clean(std::string_view text) {
    std::string out;
    while (!text.empty()) text.remove_prefix(append_one(out, text).first);
    return out;
}

/// Text that is safe to show, and how many columns it takes.
struct Shown {
    std::string text;
    std::size_t width = 0;
};

/// Takes as many code points from the front of `text` as fit into `room` columns.
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

/// The offset `count` code points before `at`. Precondition: there are as many.
std::size_t step_back(std::string_view line, std::size_t at, std::size_t count) {
    for (; count > 0; --count) {
        do {
            --at;
        } while (at > 0 && is_utf8_tail(line[at]));
    }
    return at;
}

struct Colors {
    std::string_view location, error, warning, message, caret, off;
};
constexpr Colors plain{};
constexpr Colors ansi{"\x1b[1m", "\x1b[1;31m", "\x1b[1;35m", "\x1b[1m", "\x1b[1;32m", "\x1b[0m"};

void append_line(std::string& out, const Span& span, const Position& at, const Colors& colors) {
    const auto line = span.source->line(at.line);
    const auto text = span.source->text();
    const auto line_begin = static_cast<std::size_t>(line.data() - text.data());
    const auto from =
        std::min<std::size_t>(std::max<std::size_t>(span.begin, line_begin) - line_begin, line.size());
    const auto to =
        std::clamp<std::size_t>(span.end, line_begin + from, line_begin + line.size()) - line_begin;

    auto rest_of_line = line;
    take(rest_of_line, max_width);
    const bool fits = rest_of_line.empty();
    const bool cut_left = !fits && at.column > max_width * 2 / 3;
    const auto start = cut_left ? step_back(line, from, before_caret) : 0;
    auto before = line.substr(start, from - start);
    auto marked = line.substr(from, to - from);
    auto after = line.substr(to);
    auto room = fits ? std::string_view::npos : max_width;
    auto shown = take(before, room);
    auto under = take(marked, room - shown.width);
    auto rest = marked.empty() ? take(after, room - shown.width - under.width) : Shown{};

    const auto number = std::to_string(at.line);
    const std::string_view ellipsis = "...";
    const auto left = cut_left ? ellipsis : std::string_view();
    const auto right = marked.empty() && after.empty() ? std::string_view() : ellipsis;
    out.append("  ").append(number).append(line.empty() ? " |" : " | ").append(left);
    out.append(shown.text).append(under.text).append(rest.text).append(right).append("\n");
    out.append(2 + number.size(), ' ').append(" | ").append(left.size() + shown.width, ' ');
    out.append(colors.caret).append("^");
    if (under.width > 1) out.append(under.width - 1, '~');
    out.append(colors.off).append("\n");
}

}  // namespace

std::string displayed(std::string_view text) {
    return clean(text);
}

std::string render(const Diagnostic& diagnostic, bool color) {
    const auto& colors = color ? ansi : plain;
    const auto position = diagnostic.span.position();
    std::string out(colors.location);
    out += position ? clean(to_text(position)) : "arun";
    out.append(": ").append(colors.off);
    const bool error = diagnostic.severity == Severity::error;
    out.append(error ? colors.error : colors.warning)
        .append(error ? "error: " : "warning: ")
        .append(colors.off);
    out.append(colors.message).append(clean(diagnostic.message)).append(colors.off);
    if (!diagnostic.hint.empty()) out.append("; ").append(clean(diagnostic.hint));
    out += '\n';
    if (position && !diagnostic.line_is_hidden) append_line(out, diagnostic.span, position, colors);
    return out;
}

}  // namespace arun
