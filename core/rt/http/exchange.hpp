/// One request and its response as libcurl sees them.
#pragma once

#include "rt/http/client.hpp"
#include "rt/http/curl_library.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace arun::detail {

class HttpMulti;

class HttpExchange {
public:
    /// Does not begin yet. Throws HttpUnavailable, std::bad_alloc.
    HttpExchange(Loop& loop, HttpRequest request);
    HttpExchange(const HttpExchange&) = delete;
    HttpExchange& operator=(const HttpExchange&) = delete;
    ~HttpExchange();

    /// Throws HttpError.
    void begin();
    /// Called by HttpMulti when libcurl has finished.
    void end(CURLcode code) noexcept;

    CURL* easy() const noexcept { return easy_.get(); }
    bool ended() const noexcept { return ended_; }
    Loop& loop() const noexcept { return loop_; }
    WaitList& waiters() noexcept { return waiters_; }
    const HttpResponse& response() const noexcept { return response_; }
    std::string progress() const;
    /// Throws HttpError, std::bad_alloc if it has failed. Precondition: ended().
    void require_response() const;

private:
    enum class Overflow : std::uint8_t { none, body, headers, memory };

    template <class T>
    void set(CURLoption option, T value);
    template <class T>
    T info(CURLINFO what) const;
    void set_up();
    void set_method();
    void set_proxy();

    static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self) noexcept;
    static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self) noexcept;
    static curl_socket_t on_open(void*, curlsocktype purpose, curl_sockaddr* address) noexcept;
    void take_header(std::string_view line);
    std::size_t abort_with(Overflow why) noexcept;

    std::string error() const;

    Loop& loop_;
    HttpMulti& multi_;
    const CurlLibrary& curl_;
    HttpRequest request_;
    HttpResponse response_;
    std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers_;
    std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy_;
    std::array<char, CURL_ERROR_SIZE> detail_{};
    std::size_t header_bytes_ = 0;
    WaitList waiters_;
    CURLcode code_ = CURLE_OK;
    Overflow overflow_ = Overflow::none;
    int socket_error_ = 0;  ///< an errno, if no socket could be opened
    bool ended_ = false;
};

}  // namespace arun::detail
