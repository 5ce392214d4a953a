/// HTTP requests. libcurl is loaded for the first one, so that runs without any do not pay for it.
#pragma once

#include "rt/io_wait.hpp"
#include "rt/loop.hpp"

#include <coroutine>
#include <cstdint>
#include <functional>
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

}  // namespace detail

/// A request in progress. Destroying it aborts it.
class HttpTransfer {
public:
    class Wait final : public detail::IoWait {
    public:
        explicit Wait(HttpTransfer& transfer) noexcept : transfer_(transfer) {}
        bool await_ready() const noexcept { return transfer_.ended(); }
        void await_suspend(std::coroutine_handle<> frame) {
            suspend(frame, transfer_.waiters(), Loop::PendingIoGuard(transfer_.loop_));
        }
        void await_resume() const {
            check_cancelled();
            transfer_.require_response();
        }

    private:
        HttpTransfer& transfer_;
    };

    explicit HttpTransfer(Loop& loop) noexcept : loop_(loop) {}
    HttpTransfer(const HttpTransfer&) = delete;
    HttpTransfer& operator=(const HttpTransfer&) = delete;
    virtual ~HttpTransfer() = default;

    /// `co_await transfer.done()` returns when the whole response is there. Throws HttpError. Counts as
    /// pending I/O (Loop::PendingIoGuard).
    [[nodiscard]] Wait done() noexcept { return Wait(*this); }
    /// What has arrived so far.
    virtual const HttpResponse& response() const noexcept = 0;
    virtual HttpTimings timings() const = 0;
    /// How far it has got: "connected, no response yet".
    virtual std::string progress() const = 0;
    /// The URL that was requested last if there were redirects, else empty.
    virtual std::string redirected_to() const = 0;

protected:
    virtual bool ended() const noexcept = 0;
    virtual WaitList& waiters() noexcept = 0;
    /// Throws HttpError if it has failed. Precondition: ended().
    virtual void require_response() const = 0;

    Loop& loop_;
};

/// One that libcurl does.
class RealHttpTransfer : public HttpTransfer {
public:
    /// Sends the request. Throws HttpUnavailable, HttpError. `on_end` is called on the loop's thread when it
    /// has ended, before who waits for it is woken; may be empty.
    RealHttpTransfer(Loop& loop, HttpRequest request, std::function<void()> on_end = {});
    ~RealHttpTransfer() override;

    const HttpResponse& response() const noexcept override;
    HttpTimings timings() const override;
    std::string progress() const override;
    std::string redirected_to() const override;

protected:
    bool ended() const noexcept override;
    WaitList& waiters() noexcept override;
    void require_response() const override;

private:
    std::unique_ptr<detail::HttpExchange> exchange_;
};

/// "libcurl/7.88.1 OpenSSL/3.0.19 ..." Throws HttpUnavailable.
std::string http_library_version();

}  // namespace arun
