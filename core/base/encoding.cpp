#include "base/encoding.hpp"

#include "base/ascii.hpp"
#include "base/text.hpp"

#include <cstddef>
#include <cstdint>

namespace arun {

namespace {

constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string base64(std::string_view bytes) {
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const auto group = bytes.substr(i, 3);
        std::uint32_t bits = 0;
        for (std::size_t j = 0; j < 3; ++j)
            bits = bits << 8U | (j < group.size() ? static_cast<unsigned char>(group[j]) : 0U);
        for (std::size_t j = 0; j < 4; ++j)
            out += j <= group.size() ? digits[bits >> (18 - 6 * j) & 63U] : '=';
    }
    return out;
}

Result<std::string> base64_decode(std::string_view text) {
    const Error error{quote(text) + " is not Base64"};
    std::string out;
    std::uint32_t bits = 0;
    std::size_t count = 0;    // of digits
    std::size_t padding = 0;  // of '=' after them
    for (const char c : text) {
        if (is_space(c)) continue;
        if (c == '=') {
            ++padding;
            continue;
        }
        const auto digit = digits.find(c == '-' ? '+' : c == '_' ? '/' : c);
        if (digit == digits.npos || padding != 0) return error;
        bits = bits << 6U | static_cast<std::uint32_t>(digit);
        if (++count % 4 != 1) out += static_cast<char>(bits >> (6 - 2 * ((count - 1) % 4)) & 255U);
    }
    const auto rest = count % 4;
    if (rest == 1 || (padding != 0 && (rest == 0 || rest + padding != 4))) return error;
    return out;
}

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~') {
            out += c;
        } else {
            out += '%';
            out += hex[byte >> 4U];
            out += hex[byte & 15U];
        }
    }
    return out;
}

std::uint64_t fnv1a(std::string_view text, std::uint64_t basis) noexcept {
    for (const char c : text) basis = (basis ^ static_cast<unsigned char>(c)) * 1099511628211U;
    return basis;
}

std::string make_boundary(unsigned number) {
    std::string out = "arun-";
    auto hash = fnv1a(std::to_string(number));
    for (int i = 0; i < 24; ++i) {
        hash = fnv1a("boundary", hash);
        out += "0123456789abcdef"[hash >> 60U];
    }
    return out;
}

}  // namespace arun
