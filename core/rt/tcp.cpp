#include "rt/tcp.hpp"

#include "base/host_port.hpp"
#include "base/text.hpp"
#include "rt/fd_watch.hpp"
#include "rt/file.hpp"
#include "rt/name_service.hpp"
#include "rt/to_thread.hpp"

#include <cerrno>
#include <memory>

#include <fcntl.h>
#include <netdb.h>
#include <sys/socket.h>

namespace arun {

namespace {

struct FreeAddresses {
    void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

/// Blocks, unless `flags` has AI_NUMERICHOST.
Result<Addresses> resolve(const TcpAddress& address, int flags) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags | AI_NUMERICSERV;
    addrinfo* list = nullptr;
    use_builtin_name_service();
    const int error = ::getaddrinfo(address.host().c_str(), address.port().c_str(), &hints, &list);
    if (error == 0) return Addresses(list);
    auto reason = error == EAI_SYSTEM ? reason_of(errno) : uncapitalized(::gai_strerror(error));
    if (const int shortage = flags == 0 ? descriptor_shortage() : 0)
        return Error{"cannot look up the name: " + reason_of(shortage)};
    return Error{"cannot resolve the name: " + reason};
}

UniqueFd open_socket(const addrinfo& address) {
    UniqueFd socket(::socket(address.ai_family, address.ai_socktype, address.ai_protocol));
    if (socket.get() < 0) return socket;
    ::fcntl(socket.get(), F_SETFD, FD_CLOEXEC);
    ::fcntl(socket.get(), F_SETFL, O_NONBLOCK);
    return socket;
}

/// Returns 0 or errno.
Coro<int> connect_to(Loop& loop, const addrinfo& address) {
    auto socket = open_socket(address);
    if (socket.get() < 0) co_return errno;
    if (::connect(socket.get(), address.ai_addr, address.ai_addrlen) == 0) co_return 0;
    if (errno != EINPROGRESS) co_return errno;
    FdWatch watch(loop, socket.get());
    co_await watch.writable();
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) co_return errno;
    co_return error;
}

}  // namespace

Result<TcpAddress> TcpAddress::parse(std::string_view text) {
    auto [host, port] = split_host_port(text);
    if (!port || parse_port(*port).value_or(0) == 0 || host.empty() ||
        host.find_first_of("/ \t\r\n@") != host.npos)
        return Error{"expected host:port, such as 127.0.0.1:8080, not " + quote_whole(text)};
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    } else if (host.find(':') != host.npos) {
        return Error{"an IPv6 address needs brackets: [" + std::string(host) + "]:" + std::string(*port)};
    }
    return TcpAddress(host, *port);
}

Coro<std::optional<std::string>> try_to_connect(Loop& loop, TcpAddress address) {
    auto addresses = resolve(address, AI_NUMERICHOST);
    if (!addresses) {
        auto look_up = [address] { return resolve(address, 0); };
        addresses = co_await to_thread(std::move(look_up));
    }
    if (!addresses) co_return addresses.error().message;
    int error = 0;
    for (const auto* each = addresses->get(); each != nullptr; each = each->ai_next) {
        const int outcome = co_await connect_to(loop, *each);
        if (outcome == 0) co_return std::nullopt;
        // Without IPv6, its addresses are not available: the error of the others says more.
        if (error == 0 || outcome != EADDRNOTAVAIL) error = outcome;
    }
    co_return reason_of(error);
}

}  // namespace arun
