/// Connecting to TCP services.
#pragma once

#include "base/result.hpp"
#include "rt/coro.hpp"
#include "rt/loop.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace arun {

/// "host:port", "1.2.3.4:port" or "[v6 address]:port".
class TcpAddress {
public:
    static Result<TcpAddress> parse(std::string_view text);
    const std::string& host() const noexcept { return host_; }
    const std::string& port() const noexcept { return port_; }

private:
    TcpAddress(std::string_view host, std::string_view port) : host_(host), port_(port) {}
    std::string host_;
    std::string port_;
};

/// Connects, and closes the connection at once. Nothing if that was possible, or else why not: "connection
/// refused". All addresses that a name has are tried, one after the other.
Coro<std::optional<std::string>> try_to_connect(Loop& loop, TcpAddress address);

}  // namespace arun
