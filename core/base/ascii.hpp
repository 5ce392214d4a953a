/// Letters of ASCII, whatever the locale is, and the system's words inside of our sentences.
#pragma once

#include <cstring>
#include <string>
#include <string_view>

namespace arun {

constexpr char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr char upper(char c) noexcept {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

inline std::string lower(std::string_view text) {
    std::string out(text);
    for (auto& c : out) c = lower(c);
    return out;
}
inline std::string upper(std::string_view text) {
    std::string out(text);
    for (auto& c : out) c = upper(c);
    return out;
}

constexpr bool begins_with_any_case(std::string_view text, std::string_view start) noexcept {
    if (text.size() < start.size()) return false;
    for (std::size_t i = 0; i < start.size(); ++i) {
        if (lower(text[i]) != lower(start[i])) return false;
    }
    return true;
}
constexpr bool same_in_any_case(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && begins_with_any_case(a, b);
}

/// A sentence of somebody else's as a part of ours: its first word begins small, unless it is an
/// abbreviation.
inline std::string inside_sentence(std::string text) {
    const bool word = text.size() < 2 || lower(text[1]) == text[1];
    if (!text.empty() && word) text[0] = lower(text[0]);
    return text;
}

/// What errno says: "no such file or directory".
inline std::string reason_of(int error) {
    return inside_sentence(std::strerror(error));
}

}  // namespace arun
