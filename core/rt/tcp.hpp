/// Connecting to TCP services.
#pragma once

#include "base/error.hpp"
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
    /// An IPv6 address has lost its brackets.
    const std::string& host() const noexcept { return host_; }
    const std::string& port() const noexcept { return port_; }
    /// Both, with a colon between them.
    std::string text() const { return host_ + ':' + port_; }

private:
    TcpAddress(std::string_view host, std::string_view port) : host_(host), port_(port) {}
    std::string host_;
    std::string port_;
};

/// Connects, trying all addresses of the host in turn, and closes the connection. Returns nothing on success,
/// or why it failed: "connection refused".
Coro<std::optional<std::string>> try_to_connect(Loop& loop, TcpAddress address);

}  // namespace arun
