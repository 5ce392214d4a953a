#include "rt/http_exchange.hpp"

#include "base/ascii.hpp"
#include "rt/http_multi.hpp"

#include <algorithm>
#include <charconv>
#include <new>
#include <string_view>

#include <fcntl.h>
#include <strings.h>
#include <sys/socket.h>

namespace arun::detail {

namespace {

constexpr long max_redirects = 10;
constexpr std::size_t max_headers = 1 << 20;
constexpr long a_day = 24 * 3600;

// Options by their numbers: the names are deprecated in new headers or missing in old ones.
constexpr auto protocols = static_cast<CURLoption>(CURLOPTTYPE_LONG + 181);
constexpr auto redirect_protocols = static_cast<CURLoption>(CURLOPTTYPE_LONG + 182);
/// A transfer that is given up must not wait for the thread that still asks for the name (7.87 and later).
constexpr auto quick_exit = static_cast<CURLoption>(CURLOPTTYPE_LONG + 322);

}  // namespace

template <class T>
void HttpExchange::set(CURLoption option, T value) {
    curl_.easy_setopt(easy_, option, value);
}

template <class T>
T HttpExchange::info(CURLINFO what) const {
    T value{};
    curl_.easy_getinfo(easy_, what, &value);
    return value;
}

HttpExchange::HttpExchange(Loop& loop, HttpRequest request)
    : loop_(loop), multi_(loop.extension<HttpMulti>()), curl_(multi_.curl()), request_(std::move(request)) {
    easy_ = curl_.easy_init();
    if (easy_ == nullptr) throw std::bad_alloc();
    for (const auto& header : request_.headers) {
        auto* longer = curl_.slist_append(headers_, header.c_str());
        if (longer == nullptr) break;
        headers_ = longer;
    }
    set_up();
}

HttpExchange::~HttpExchange() {
    multi_.remove(*this);
    curl_.easy_cleanup(easy_);
    curl_.slist_free_all(headers_);
}

void HttpExchange::set_up() {
    set(CURLOPT_ERRORBUFFER, detail_.data());
    set(CURLOPT_NOSIGNAL, 1L);
    set(quick_exit, 1L);
    set(CURLOPT_URL, request_.url.c_str());
    set(protocols, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
    set(redirect_protocols, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
    set(CURLOPT_FOLLOWLOCATION, request_.follow ? 1L : 0L);
    set(CURLOPT_MAXREDIRS, max_redirects);
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
    set(CURLOPT_ACCEPT_ENCODING, "");  // all that it can decode
    set(CURLOPT_USERAGENT, "arun");
    set(CURLOPT_CONNECTTIMEOUT, a_day);  // the caller's limit counts
    set(CURLOPT_HTTPHEADER, headers_);
    set(CURLOPT_HEADERFUNCTION, &HttpExchange::on_header);
    set(CURLOPT_HEADERDATA, static_cast<void*>(this));
    set(CURLOPT_WRITEFUNCTION, &HttpExchange::on_body);
    set(CURLOPT_WRITEDATA, static_cast<void*>(this));
    set(CURLOPT_OPENSOCKETFUNCTION, &HttpExchange::on_open);
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    if (request_.insecure) {
        set(CURLOPT_SSL_VERIFYPEER, 0L);
        set(CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (!request_.certificates.empty()) set(CURLOPT_CAINFO, request_.certificates.c_str());
    set_method();
    set_proxy();
}

void HttpExchange::set_method() {
    const bool post = request_.method == "POST";
    if (request_.body || post) {
        const auto& body = request_.body ? *request_.body : request_.body.emplace();
        set(CURLOPT_POST, 1L);
        set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
        set(CURLOPT_POSTFIELDS, body.c_str());
    } else if (request_.method == "HEAD") {
        set(CURLOPT_NOBODY, 1L);
    }
    // What libcurl chooses itself it may also change for a redirect, as browsers do.
    const bool chosen = post || (!request_.body && (request_.method == "GET" || request_.method == "HEAD"));
    if (!chosen) set(CURLOPT_CUSTOMREQUEST, request_.method.c_str());
}

void HttpExchange::set_proxy() {
    // An empty proxy is none, and no proxy at all would be the one of arun's own environment.
    set(CURLOPT_PROXY, request_.proxy.c_str());
    set(CURLOPT_NOPROXY, request_.no_proxy.c_str());
}

void HttpExchange::begin() {
    multi_.add(*this);
}

void HttpExchange::end(CURLcode code) noexcept {
    code_ = code;
    ended_ = true;
    waiters_.notify_all();
}

curl_socket_t HttpExchange::on_open(void*, curlsocktype, curl_sockaddr* address) noexcept {
    // Children must not have it.
    const int fd = ::socket(address->family, address->socktype, address->protocol);
    if (fd >= 0) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    return fd >= 0 ? fd : CURL_SOCKET_BAD;
}

std::size_t HttpExchange::refuse(Overflow why) noexcept {
    overflow_ = why;
    return 0;
}

std::size_t HttpExchange::on_body(char* data, std::size_t size, std::size_t count, void* self) noexcept {
    auto& exchange = *static_cast<HttpExchange*>(self);
    const auto bytes = size * count;
    auto& body = exchange.response_.body;
    if (body.size() + bytes > exchange.request_.max_body) return exchange.refuse(Overflow::body);
    try {
        body.append(data, bytes);
    } catch (const std::bad_alloc&) {
        return exchange.refuse(Overflow::memory);
    }
    return bytes;
}

std::size_t HttpExchange::on_header(char* data, std::size_t size, std::size_t count, void* self) noexcept {
    auto& exchange = *static_cast<HttpExchange*>(self);
    const auto bytes = size * count;
    exchange.header_bytes_ += bytes;
    if (exchange.header_bytes_ > max_headers) return exchange.refuse(Overflow::headers);
    try {
        exchange.take_header({data, bytes});
    } catch (const std::bad_alloc&) {
        return exchange.refuse(Overflow::memory);
    }
    return bytes;
}

void HttpExchange::take_header(std::string_view line) {
    static constexpr std::string_view blank = " \t\r\n";
    const auto trim = [](std::string_view text) {
        const auto first = text.find_first_not_of(blank);
        return first == text.npos ? std::string_view()
                                  : text.substr(first, text.find_last_not_of(blank) - first + 1);
    };
    line = trim(line);
    const auto colon = line.find(':');
    if (begins_with_any_case(line, "HTTP/") && (colon == line.npos || line.find(' ') < colon)) {
        // The one before was a redirect, or said "continue".
        response_ = {};
        line = trim(line.substr(std::min(line.find(' '), line.size())));
        std::from_chars(line.data(), line.data() + line.size(), response_.status);
    } else if (colon != line.npos) {
        response_.headers.emplace_back(trim(line.substr(0, colon)), trim(line.substr(colon + 1)));
    }
}

std::string HttpExchange::progress() const {
    if (response_.status != 0)
        return "in the middle of the answer, " + std::to_string(response_.body.size()) +
               " bytes of the body so far";
    // On a connection that is used again, only this is counted.
    if (info<curl_off_t>(CURLINFO_PRETRANSFER_TIME_T) != 0) return "connected, no answer yet";
    if (info<curl_off_t>(CURLINFO_NAMELOOKUP_TIME_T) == 0) return "the name of the host is not resolved yet";
    // To libcurl, "connected" includes TLS.
    if (info<curl_off_t>(CURLINFO_CONNECT_TIME_T) == 0)
        return request_.url.starts_with("https:") ? "no TLS session yet" : "not connected yet";
    return "connected, no answer yet";
}

}  // namespace arun::detail

namespace arun {

HttpTransfer::HttpTransfer(Loop& loop, HttpRequest request)
    : exchange_(std::make_unique<detail::HttpExchange>(loop, std::move(request))) {
    exchange_->begin();
}

HttpTransfer::~HttpTransfer() = default;

const HttpResponse& HttpTransfer::response() const noexcept {
    return exchange_->response();
}

std::string HttpTransfer::progress() const {
    return exchange_->progress();
}

namespace detail {

bool HttpWait::await_ready() const noexcept {
    return exchange_.ended();
}

void HttpWait::await_suspend(std::coroutine_handle<> frame) {
    suspend(frame, exchange_.waiters(), Loop::PendingIoGuard(exchange_.loop()));
}

void HttpWait::await_resume() const {
    check_cancelled();
    exchange_.require_answer();
}

}  // namespace detail

}  // namespace arun
