/// One request as libcurl sees it.
#pragma once

#include "rt/curl_library.hpp"
#include "rt/http_client.hpp"

#include <array>
#include <string>

namespace arun::detail {

class HttpMulti;

class HttpExchange {
public:
    /// Does not begin yet. Throws HttpError.
    HttpExchange(Loop& loop, HttpRequest request);
    HttpExchange(const HttpExchange&) = delete;
    HttpExchange& operator=(const HttpExchange&) = delete;
    ~HttpExchange();

    void begin();
    /// libcurl is done with it.
    void end(CURLcode code) noexcept;

    CURL* easy() const noexcept { return easy_; }
    bool ended() const noexcept { return ended_; }
    Loop& loop() const noexcept { return loop_; }
    WaitList& waiters() noexcept { return waiters_; }
    const HttpResponse& response() const noexcept { return response_; }
    std::string progress() const;
    /// Throws HttpError if that is how it ended.
    void require_answer() const;

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
    std::size_t refuse(Overflow why) noexcept;

    std::string error() const;
    std::string peer() const;

    Loop& loop_;
    HttpMulti& multi_;
    const CurlLibrary& curl_;
    HttpRequest request_;
    HttpResponse response_;
    CURL* easy_ = nullptr;
    curl_slist* headers_ = nullptr;
    std::array<char, CURL_ERROR_SIZE> detail_{};
    std::size_t header_bytes_ = 0;
    WaitList waiters_;
    CURLcode code_ = CURLE_OK;
    Overflow overflow_ = Overflow::none;
    bool ended_ = false;
};

}  // namespace arun::detail
