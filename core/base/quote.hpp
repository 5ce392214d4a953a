/// Pieces of scripts inside of messages.
#pragma once

#include "base/utf8.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace arun {

/// 'text' for a message: in single quotes, and cut when it is long.
inline std::string quote(std::string_view text) {
    constexpr std::size_t most = 40;
    if (text.size() <= most) return "'" + std::string(text) + "'";
    auto cut = most - 3;
    while (cut > 0 && is_utf8_tail(text[cut])) --cut;
    return "'" + std::string(text.substr(0, cut)) + "...'";
}

/// The same, but never cut: names and paths.
inline std::string quote_whole(std::string_view text) {
    return "'" + std::string(text) + "'";
}

}  // namespace arun
