/// HTTP requests. libcurl is loaded for the first one, so that runs without any do not pay for it.
#pragma once

#include "rt/io_wait.hpp"
#include "rt/loop.hpp"

#include <coroutine>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace arun {

/// Why there is no response, for a person; names the host or URL.
class HttpError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// No request is possible at all: libcurl is missing or too old.
class HttpUnavailable : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// The body is larger than HttpRequest::max_body.
class HttpBodyTooLarge : public HttpError {
public:
    HttpBodyTooLarge() : HttpError("the body is too large") {}
};

struct HttpRequest {
    std::string method = "GET";
    std::string url;
    /// "Name: value"; "Name;" sends an empty value, "Name:" suppresses libcurl's own header.
    std::vector<std::string> headers;
    std::optional<std::string> body;
    bool follow = true;     ///< redirects, at most ten
    bool insecure = false;  ///< skip the verification of certificates
    std::optional<std::uint64_t> max_body = std::uint64_t{1} << 20;
    bool cookies = false;                 ///< uses those of the loop's jar, and keeps new ones there
    std::string certificate;              ///< of the client, a PEM file; empty: none
    std::string key;                      ///< its key, a PEM file
    std::string unix_socket;              ///< the path of a socket to connect to; empty: none
    std::vector<std::string> connect_to;  ///< "host:port:address:port": where to connect for a host
    int save_to = -1;          ///< a descriptor that gets the body; response() has only its beginning
    std::string proxy;         ///< a URL; empty: none. The environment is ignored
    std::string no_proxy;      ///< comma-separated hosts to reach without the proxy
    std::string certificates;  ///< a file of trusted ones; empty: the system's
};

/// Since the start of the request; empty for what did not happen, as on a reused connection.
struct HttpTimings {
    std::optional<Duration> dns;         ///< the name is resolved
    std::optional<Duration> connect;     ///< there is a connection
    std::optional<Duration> tls;         ///< the TLS handshake is done
    std::optional<Duration> first_byte;  ///< the response begins
};

struct HttpResponse {
    long status = 0;  ///< 0 until the status line has arrived
    /// In order of arrival, with names as received.
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;             ///< decoded
    std::uint64_t body_size = 0;  ///< more than there is in `body` if that is saved
};

namespace detail {

class HttpExchange;

class HttpWait final : public IoWait {
public:
    explicit HttpWait(HttpExchange& exchange) noexcept : exchange_(exchange) {}
    bool await_ready() const noexcept;
    void await_suspend(std::coroutine_handle<> frame);
    void await_resume() const;

private:
    HttpExchange& exchange_;
};

}  // namespace detail

/// A request in progress. Destroying it aborts it.
class HttpTransfer {
public:
    /// Sends the request. Throws HttpUnavailable, HttpError.
    HttpTransfer(Loop& loop, HttpRequest request);
    HttpTransfer(const HttpTransfer&) = delete;
    HttpTransfer& operator=(const HttpTransfer&) = delete;
    ~HttpTransfer();

    /// `co_await transfer.done()` returns when the whole response is there. Throws HttpError. Counts as
    /// pending I/O (Loop::PendingIoGuard).
    [[nodiscard]] detail::HttpWait done() noexcept { return detail::HttpWait(*exchange_); }
    /// What has arrived so far.
    const HttpResponse& response() const noexcept;
    HttpTimings timings() const;
    /// How far it has got: "connected, no response yet".
    std::string progress() const;
    /// The URL that was requested last if there were redirects, else empty.
    std::string redirected_to() const;

private:
    std::unique_ptr<detail::HttpExchange> exchange_;
};

/// "libcurl/7.88.1 OpenSSL/3.0.19 ..." Throws HttpUnavailable.
std::string http_library_version();

}  // namespace arun
