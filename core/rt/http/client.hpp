/// HTTP requests. libcurl is opened when the first one is made, so that nobody else pays for it.
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

/// Why there is no answer, in words for a person; what it was about is in there.
class HttpError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// No request can be made at all: libcurl is missing.
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
    /// "Name: value"; "Name;" for one without a value, "Name:" for one that is not to be sent.
    std::vector<std::string> headers;
    std::optional<std::string> body;
    bool follow = true;     ///< redirects, ten at most
    bool insecure = false;  ///< certificates are not verified
    std::uint64_t max_body = std::uint64_t{1} << 20;
    std::string proxy;         ///< a URL; empty: none. The environment is not asked
    std::string no_proxy;      ///< hosts that are reached without it, with commas between them
    std::string certificates;  ///< a file of those to trust; empty: the system's
};

struct HttpResponse {
    long status = 0;  ///< 0 until there is one
    /// In the order in which they came; names as they came.
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;  ///< decoded
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

/// One request on its way. Destroying it gives it up, whatever has become of it.
class HttpTransfer {
public:
    /// Begins. Throws HttpUnavailable, HttpError.
    HttpTransfer(Loop& loop, HttpRequest request);
    HttpTransfer(const HttpTransfer&) = delete;
    HttpTransfer& operator=(const HttpTransfer&) = delete;
    ~HttpTransfer();

    /// `co_await transfer.done()`: the whole answer is there. Throws HttpError. Real I/O is pending
    /// meanwhile, see Loop::PendingIoGuard.
    [[nodiscard]] detail::HttpWait done() noexcept { return detail::HttpWait(*exchange_); }
    /// What has come so far.
    const HttpResponse& response() const noexcept;
    /// What it is waiting for: "connected, no answer yet".
    std::string progress() const;

private:
    std::unique_ptr<detail::HttpExchange> exchange_;
};

}  // namespace arun
