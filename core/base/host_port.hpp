/// Hosts and ports, as URLs and addresses of services write them.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

namespace arun {

struct HostPort {
    std::string_view host;                 ///< an IPv6 address keeps its brackets
    std::optional<std::string_view> port;  ///< what follows the colon, if there is one
};

/// Splits "host:port" at its last colon that is not inside of brackets.
constexpr HostPort split_host_port(std::string_view text) noexcept {
    const auto bracket = text.rfind(']');
    const auto colon = text.rfind(':');
    if (colon == text.npos || (bracket != text.npos && bracket > colon)) return {text, std::nullopt};
    return {text.substr(0, colon), text.substr(colon + 1)};
}

/// The number of a port, from 0 to 65535, or nothing.
inline std::optional<std::uint16_t> parse_port(std::string_view text) noexcept {
    std::uint16_t number = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    return error == std::errc() && stop == end ? std::optional(number) : std::nullopt;
}

/// The "host:port" of a URL: without scheme, user, password and what follows.
constexpr std::string_view host_port_of_url(std::string_view url) noexcept {
    if (const auto scheme = url.find("://"); scheme != url.npos) url.remove_prefix(scheme + 3);
    url = url.substr(0, url.find_first_of("/?#"));
    if (const auto user = url.rfind('@'); user != url.npos) url.remove_prefix(user + 1);
    return url;
}

}  // namespace arun
