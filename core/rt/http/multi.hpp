/// libcurl's many transfers on libuv's loop: who is to be told of which socket and when.
#pragma once

#include "rt/curl_library.hpp"
#include "rt/loop.hpp"

#include <cstddef>
#include <vector>

struct uv_poll_s;
struct uv_timer_s;

namespace arun::detail {

class HttpExchange;

class HttpMulti final : public LoopExtension {
public:
    /// Throws HttpError, std::runtime_error.
    explicit HttpMulti(Loop& loop);
    HttpMulti(const HttpMulti&) = delete;
    HttpMulti& operator=(const HttpMulti&) = delete;
    ~HttpMulti() override;

    Phase phase() const noexcept override { return Phase::io; }
    Coro<> shutdown() override;

    const CurlLibrary& curl() const noexcept { return curl_; }
    /// From then on until it is told of its end, or removed, libcurl works on it. Throws HttpError.
    void add(HttpExchange& exchange);
    void remove(HttpExchange& exchange) noexcept;

private:
    struct Socket;
    struct Timer;

    static int on_socket(CURL* easy, curl_socket_t socket, int what, void* self, void* watched) noexcept;
    static int on_timeout(CURLM* multi, long milliseconds, void* self) noexcept;
    static void on_poll(uv_poll_s* handle, int status, int events) noexcept;
    static void on_timer(uv_timer_s* handle) noexcept;

    void act(curl_socket_t socket, int events) noexcept;
    int watch(curl_socket_t socket, int what, Socket* watched) noexcept;

    const CurlLibrary& curl_;
    Loop& loop_;
    CURLM* multi_ = nullptr;
    Timer* timer_ = nullptr;
    std::vector<HttpExchange*> exchanges_;
};

}  // namespace arun::detail
