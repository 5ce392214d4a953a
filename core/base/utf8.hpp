/// Code points out of UTF-8 text, one at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace arun {

/// What stands at the front of a text. `length` is in bytes and at least 1; of bad UTF-8, one byte is taken.
struct CodePoint {
    char32_t value = 0;
    std::uint8_t length = 1;
    bool valid = false;
};

/// Decodes the first code point of a text that is not empty. Overlong forms, surrogates and what lies past
/// U+10FFFF are bad (Unicode 15, table 3-7).
constexpr CodePoint first_code_point(std::string_view text) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const char32_t lead = byte(0);
    if (lead < 0x80) return {lead, 1, true};
    const std::uint8_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {};
    char32_t value = lead & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0U) != 0x80) return {};
        value = value << 6 | (byte(i) & 0x3FU);
    }
    constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < least[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return {};
    return {value, length, true};
}

/// True for a byte that is not the first of its code point.
constexpr bool is_utf8_tail(char c) noexcept {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80;
}

}  // namespace arun
