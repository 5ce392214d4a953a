#include "base/source.hpp"

#include "base/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace arun {

std::string to_text(const Position& position) {
    if (!position) return {};
    return position.file + ':' + std::to_string(position.line) + ':' + std::to_string(position.column);
}

Source::Source(std::string name, std::string text, std::uint32_t first_line)
    : name_(std::move(name)), text_(std::move(text)), first_line_(first_line) {}

const std::vector<std::uint32_t>& Source::line_starts() const {
    if (!line_starts_.empty()) return line_starts_;
    line_starts_.push_back(text_.starts_with(utf8_bom) ? utf8_bom.size() : 0);
    const char* const begin = text_.data();
    const char* const end = begin + text_.size();
    // A lone CR ends a line too, as in YAML and in editors.
    for (const char* p = begin; p != end; ++p) {
        if (*p != '\n' && *p != '\r') continue;
        if (*p == '\r' && p + 1 != end && p[1] == '\n') ++p;
        line_starts_.push_back(static_cast<std::uint32_t>(p + 1 - begin));
    }
    return line_starts_;
}

Position Source::position(std::uint32_t offset) const {
    const auto& starts = line_starts();
    offset = std::min(offset, static_cast<std::uint32_t>(text_.size()));
    offset = std::max(offset, starts.front());  // inside the BOM
    auto next = std::upper_bound(starts.begin(), starts.end(), offset);
    auto line = std::string_view(text_).substr(next[-1], offset - next[-1]);
    auto inside = std::count_if(line.begin(), line.end(), is_utf8_tail);
    // An offset inside a code point belongs to that code point.
    if (offset < text_.size() && is_utf8_tail(text_[offset]) && !line.empty()) ++inside;
    return {name_, static_cast<std::uint32_t>(next - starts.begin()) + first_line_ - 1,
            static_cast<std::uint32_t>(static_cast<std::ptrdiff_t>(line.size()) - inside + 1)};
}

std::string_view Source::line(std::uint32_t number) const {
    const auto& starts = line_starts();
    if (number < first_line_ || number - first_line_ >= starts.size()) return {};
    const auto index = number - first_line_;
    auto begin = starts[index];
    auto end = index + 1 < starts.size() ? starts[index + 1] : text_.size();
    auto text = std::string_view(text_).substr(begin, end - begin);
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
    return text;
}

}  // namespace arun
