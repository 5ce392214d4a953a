#include "rt/tcp.hpp"

#include "base/ascii.hpp"
#include "rt/fd_watch.hpp"
#include "rt/file.hpp"
#include "rt/to_thread.hpp"

#include <cerrno>
#include <charconv>
#include <memory>
#include <system_error>

#include <fcntl.h>
#include <netdb.h>
#include <sys/socket.h>

namespace arun {

namespace {

struct FreeAddresses {
    void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};

/// What a name stands for, or why it stands for nothing.
class Addresses {
public:
    static Addresses find(const TcpAddress& address, int flags) {
        addrinfo wanted{};
        wanted.ai_family = AF_UNSPEC;
        wanted.ai_socktype = SOCK_STREAM;
        wanted.ai_flags = flags | AI_NUMERICSERV;
        addrinfo* list = nullptr;
        Addresses found;
        const int error = ::getaddrinfo(address.host().c_str(), address.port().c_str(), &wanted, &list);
        found.list_.reset(list);
        if (error == EAI_SYSTEM) {
            found.error_ = std::generic_category().message(errno);
        } else if (error != 0) {
            found.error_ = ::gai_strerror(error);
        }
        return found;
    }
    const addrinfo* first() const noexcept { return list_.get(); }
    const std::string& error() const noexcept { return error_; }

private:
    Addresses() = default;
    std::unique_ptr<addrinfo, FreeAddresses> list_;
    std::string error_;
};

UniqueFd open_socket(const addrinfo& address) {
    UniqueFd socket(::socket(address.ai_family, address.ai_socktype, address.ai_protocol));
    if (socket.get() < 0) return socket;
    ::fcntl(socket.get(), F_SETFD, FD_CLOEXEC);
    ::fcntl(socket.get(), F_SETFL, O_NONBLOCK);
    return socket;
}

/// 0, or the error.
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
    const auto colon = text.rfind(':');
    const auto wrong = [&] {
        return Error{"expected host:port, such as 127.0.0.1:8080, not '" + std::string(text) + "'"};
    };
    if (colon == text.npos) return wrong();
    auto host = text.substr(0, colon);
    const auto port = text.substr(colon + 1);
    unsigned number = 0;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (error != std::errc() || end != port.data() + port.size() || number == 0 || number > 65535)
        return wrong();
    if (host.empty() || host.find_first_of("/ \t\r\n@") != host.npos) return wrong();
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    } else if (host.find(':') != host.npos) {
        return Error{"an IPv6 address stands in brackets: [" + std::string(host) + "]:" + std::string(port)};
    }
    return TcpAddress(host, port);
}

Coro<std::optional<std::string>> try_to_connect(Loop& loop, TcpAddress address) {
    auto addresses = Addresses::find(address, AI_NUMERICHOST);
    if (addresses.first() == nullptr) {
        auto ask = [address] { return Addresses::find(address, 0); };
        addresses = co_await to_thread(std::move(ask));
    }
    if (addresses.first() == nullptr)
        co_return "cannot resolve the name: " + inside_sentence(addresses.error());
    int error = 0;
    for (const auto* each = addresses.first(); each != nullptr; each = each->ai_next) {
        const int outcome = co_await connect_to(loop, *each);
        if (outcome == 0) co_return std::nullopt;
        // A machine without IPv6 says so; what the other address said is of more interest.
        if (error == 0 || outcome != EADDRNOTAVAIL) error = outcome;
    }
    co_return reason_of(error);
}

}  // namespace arun
