/// libcurl's multi interface on libuv's loop: watches the sockets and the timer that libcurl asks for.
#pragma once

#include "rt/http/curl_library.hpp"
#include "rt/loop.hpp"

#include <cstddef>
#include <vector>

struct uv_loop_s;
struct uv_poll_s;
struct uv_timer_s;

namespace arun::detail {

class HttpExchange;

class HttpMulti final : public LoopExtension {
public:
    /// Throws HttpUnavailable, HttpError, std::system_error, std::bad_alloc.
    explicit HttpMulti(Loop& loop);
    HttpMulti(const HttpMulti&) = delete;
    HttpMulti& operator=(const HttpMulti&) = delete;
    ~HttpMulti() override;

    Phase phase() const noexcept override { return Phase::io; }
    Coro<> shutdown() override;

    const CurlLibrary& curl() const noexcept { return curl_; }
    /// The cookies of this loop, made on first use. Throws HttpError.
    CURLSH* jar();
    /// libcurl works on it until it calls HttpExchange::end(), or until remove(). Throws HttpError.
    void add(HttpExchange& exchange);
    /// Idempotent.
    void remove(HttpExchange& exchange) noexcept;

private:
    struct Socket;
    struct Timer;

    static int on_socket(CURL* easy, curl_socket_t socket, int events, void* self, void* watched) noexcept;
    static int on_timeout(CURLM* multi, long milliseconds, void* self) noexcept;
    static void on_poll(uv_poll_s* handle, int status, int events) noexcept;
    static void on_timer(uv_timer_s* handle) noexcept;

    void act(curl_socket_t socket, int events) noexcept;
    int watch(curl_socket_t socket, int events, Socket* watched) noexcept;

    const CurlLibrary& curl_;
    uv_loop_s* uv_;  ///< not through the Loop, which libcurl's callbacks may find closed
    CURLM* multi_ = nullptr;
    CURLSH* jar_ = nullptr;
    Timer* timer_ = nullptr;
    std::vector<HttpExchange*> exchanges_;
    bool closing_ = false;
};

}  // namespace arun::detail
