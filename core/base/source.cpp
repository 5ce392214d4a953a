#include "base/source.hpp"

#include "base/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace arun {
namespace {

/// Units: bytes.
constexpr std::size_t block_size = 256;

std::uint32_t count_tails(std::string_view text) noexcept {
    return static_cast<std::uint32_t>(std::ranges::count_if(text, is_utf8_tail));
}

}  // namespace

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
    std::uint32_t tails = 0;
    std::vector<std::uint32_t> blocks;
    blocks.reserve(text_.size() / block_size + 1);
    for (std::size_t at = 0; at <= text_.size(); at += block_size) {
        blocks.push_back(tails);
        tails += count_tails(std::string_view(text_).substr(at, block_size));
    }
    if (tails != 0) block_tails_ = std::move(blocks);
    return line_starts_;
}

/// How many bytes before `offset` continue a code point. Precondition: line_starts() was called.
std::uint32_t Source::tails_before(std::uint32_t offset) const {
    if (block_tails_.empty()) return 0;
    const auto block = offset / block_size;
    const auto begin = block * block_size;
    return block_tails_[block] + count_tails(std::string_view(text_).substr(begin, offset - begin));
}

Position Source::position(std::uint32_t offset) const {
    const auto& starts = line_starts();
    offset = std::min(offset, static_cast<std::uint32_t>(text_.size()));
    offset = std::max(offset, starts.front());  // inside the BOM
    auto next = std::upper_bound(starts.begin(), starts.end(), offset);
    const auto begin = next[-1];
    auto tails = tails_before(offset) - tails_before(begin);
    // An offset inside a code point belongs to that code point.
    if (offset < text_.size() && is_utf8_tail(text_[offset]) && offset > begin) ++tails;
    return {name_, static_cast<std::uint32_t>(next - starts.begin()) + first_line_ - 1,
            offset - begin - tails + 1};
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
