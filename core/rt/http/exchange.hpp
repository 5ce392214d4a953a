/// One request and its response as libcurl sees them.
#pragma once

#include "rt/http/client.hpp"
#include "rt/http/curl_library.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace arun::detail {

class HttpMulti;

class HttpExchange {
public:
    /// Does not begin yet. Throws HttpUnavailable, HttpError, std::bad_alloc.
    HttpExchange(Loop& loop, HttpRequest request);
    HttpExchange(const HttpExchange&) = delete;
    HttpExchange& operator=(const HttpExchange&) = delete;
    ~HttpExchange();

    /// Throws HttpError.
    void begin();
    /// Called by HttpMulti when libcurl has finished. `reason`: what is wrong, if libcurl itself is; static.
    void end(CURLcode code, const char* reason = nullptr) noexcept;

    CURL* easy() const noexcept { return easy_.get(); }
    bool ended() const noexcept { return ended_; }
    Loop& loop() const noexcept { return loop_; }
    WaitList& waiters() noexcept { return waiters_; }
    const HttpResponse& response() const noexcept { return response_; }
    std::string progress() const;
    HttpTimings timings() const;
    /// The URL that was requested last if there were redirects, else empty.
    std::string redirected_to() const;
    /// Throws HttpError if it has failed. Precondition: ended().
    void require_response() const;

    /// Called by end(), before who waits is woken.
    std::function<void()> on_end;

private:
    enum class Overflow : std::uint8_t { none, body, headers, memory, file };

    /// Throws HttpError.
    template <class T>
    void set(CURLoption option, T value);
    template <class T>
    T info(CURLINFO what) const;
    /// The response is that of the request before the last redirect.
    bool is_superseded() const { return info<long>(CURLINFO_REDIRECT_COUNT) != redirects_; }
    std::string url() const;
    void set_up();
    void set_method();
    void set_proxy();

    static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self) noexcept;
    static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self) noexcept;
    static curl_socket_t on_open(void*, curlsocktype purpose, curl_sockaddr* address) noexcept;
    void take_header(std::string_view line);
    std::size_t abort_with(Overflow why) noexcept;

    std::string stage() const;
    std::string error() const;
    bool has_certificates() const noexcept;
    std::string redirect_error(std::string_view why) const;
    std::string connection_error(const std::string& detail) const;

    Loop& loop_;
    HttpMulti& multi_;
    const CurlLibrary& curl_;
    HttpRequest request_;
    HttpResponse response_;
    using List = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;
    List list_of(const std::vector<std::string>& texts) const;
    std::size_t save(std::string_view bytes) noexcept;

    List headers_;
    List connect_to_;
    std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy_;
    std::array<char, CURL_ERROR_SIZE> detail_{};
    std::size_t header_bytes_ = 0;
    long redirects_ = 0;    ///< before the request that response_ is the response to
    std::string asked_;     ///< the URL of a response that is a redirect
    std::string location_;  ///< where a redirect leads that was not followed to a response
    WaitList waiters_;
    CURLcode code_ = CURLE_OK;
    const char* reason_ = nullptr;  ///< of end()
    int socket_error_ = 0;          ///< why there was no socket, as an errno
    int file_error_ = 0;            ///< why the body could not be saved, as an errno
    Overflow overflow_ = Overflow::none;
    bool in_headers_ = false;
    bool ended_ = false;
};

}  // namespace arun::detail
