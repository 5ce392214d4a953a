/// UTF-8, a code point at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace arun {

/// The byte order mark, which some editors put at the start of a file.
inline constexpr std::string_view utf8_bom = "\xEF\xBB\xBF";
/// U+FFFD, which stands for what cannot be shown.
inline constexpr std::string_view replacement_character = "\uFFFD";

struct CodePoint {
    char32_t value = 0;
    std::uint8_t length = 1;  ///< bytes; of invalid UTF-8, one byte is taken at a time
    bool valid = false;
};

/// Decodes the first code point. Overlong forms, surrogates and values past U+10FFFF are invalid (Unicode 15,
/// table 3-7). Precondition: `text` is not empty.
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
    constexpr char32_t min_value[] = {0, 0, 0x80, 0x800, 0x10000};  // by length
    if (value < min_value[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return {};
    return {value, length, true};
}

/// True for a byte that continues a code point.
constexpr bool is_utf8_tail(char c) noexcept {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80;
}

/// At most `max_size` bytes from the front, cut between code points.
constexpr std::string_view utf8_prefix(std::string_view text, std::size_t max_size) noexcept {
    if (text.size() <= max_size) return text;
    while (max_size > 0 && is_utf8_tail(text[max_size])) --max_size;
    return text.substr(0, max_size);
}

/// A control character of ASCII or Latin-1 (Unicode's category Cc).
constexpr bool is_control(char32_t c) noexcept {
    return c < 0x20 || (c >= 0x7F && c < 0xA0);
}

}  // namespace arun
