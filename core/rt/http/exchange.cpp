#include "rt/http/exchange.hpp"

#include "base/ascii.hpp"
#include "base/error.hpp"
#include "base/host_port.hpp"
#include "base/text.hpp"
#include "rt/descriptor_limit.hpp"
#include "rt/http/multi.hpp"

#include <algorithm>
#include <charconv>
#include <new>

#include <fcntl.h>
#include <sys/socket.h>

namespace arun::detail {

namespace {

constexpr long max_redirects = 10;
constexpr std::size_t max_headers = 1 << 20;
constexpr long a_day = 24 * 3600;

constexpr std::string_view headers_too_large = "the response headers are too large";

// By number: the names are deprecated in new headers or missing in old ones.
constexpr auto protocols = static_cast<CURLoption>(CURLOPTTYPE_LONG + 181);
constexpr auto redirect_protocols = static_cast<CURLoption>(CURLOPTTYPE_LONG + 182);
/// Aborting a transfer does not wait for the thread that resolves its name (7.87 and later).
constexpr auto quick_exit = static_cast<CURLoption>(CURLOPTTYPE_LONG + 322);

/// "host:port" of a URL, with the scheme's default port.
std::string peer_of_url(std::string_view url) {
    const auto place = host_port_of_url(url);
    if (split_host_port(place).port) return std::string(place);
    return std::string(place) + (url.starts_with("https:") ? ":443" : ":80");
}

std::string host_of_url(std::string_view url) {
    return std::string(split_host_port(host_port_of_url(url)).host);
}

std::string not_http(std::string_view url) {
    return "the reply from " + peer_of_url(url) + " is not HTTP";
}

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != text.npos;
}

}  // namespace

template <class T>
void HttpExchange::set(CURLoption option, T value) {
    curl_.easy_setopt(easy_.get(), option, value);
}

template <class T>
T HttpExchange::info(CURLINFO what) const {
    T value{};
    curl_.easy_getinfo(easy_.get(), what, &value);
    return value;
}

HttpExchange::HttpExchange(Loop& loop, HttpRequest request)
    : loop_(loop),
      multi_(loop.extension<HttpMulti>()),
      curl_(multi_.curl()),
      request_(std::move(request)),
      headers_(nullptr, curl_.slist_free_all),
      easy_(curl_.easy_init(), curl_.easy_cleanup) {
    if (!easy_) throw std::bad_alloc();
    for (const auto& header : request_.headers) {
        auto* longer = curl_.slist_append(headers_.get(), header.c_str());
        if (longer == nullptr) throw std::bad_alloc();
        static_cast<void>(headers_.release());
        headers_.reset(longer);
    }
    set_up();
}

HttpExchange::~HttpExchange() {
    multi_.remove(*this);
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
    set(CURLOPT_ACCEPT_ENCODING, "");  // all that libcurl can decode
    set(CURLOPT_USERAGENT, "arun");
    set(CURLOPT_CONNECTTIMEOUT, a_day);  // time limits are the caller's
    set(CURLOPT_HTTPHEADER, headers_.get());
    set(CURLOPT_HEADERFUNCTION, &HttpExchange::on_header);
    set(CURLOPT_HEADERDATA, static_cast<void*>(this));
    set(CURLOPT_WRITEFUNCTION, &HttpExchange::on_body);
    set(CURLOPT_WRITEDATA, static_cast<void*>(this));
    set(CURLOPT_OPENSOCKETFUNCTION, &HttpExchange::on_open);
    set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
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
    // A method that the other options imply may change for a redirect, as in browsers; a custom one may not.
    const bool implied = post || (!request_.body && (request_.method == "GET" || request_.method == "HEAD"));
    if (!implied) set(CURLOPT_CUSTOMREQUEST, request_.method.c_str());
}

void HttpExchange::set_proxy() {
    // Empty means none; not set would mean the proxy of our own environment.
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

curl_socket_t HttpExchange::on_open(void* self, curlsocktype, curl_sockaddr* address) noexcept {
    const int fd = ::socket(address->family, address->socktype, address->protocol);
    if (fd < 0) {
        static_cast<HttpExchange*>(self)->socket_error_ = errno;
        return CURL_SOCKET_BAD;
    }
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    return fd;
}

/// Returns what tells libcurl to abort.
std::size_t HttpExchange::abort_with(Overflow why) noexcept {
    overflow_ = why;
    return 0;
}

std::size_t HttpExchange::on_body(char* data, std::size_t size, std::size_t count, void* self) noexcept {
    auto& exchange = *static_cast<HttpExchange*>(self);
    const auto bytes = size * count;
    auto& body = exchange.response_.body;
    if (body.size() + bytes > exchange.request_.max_body) return exchange.abort_with(Overflow::body);
    try {
        body.append(data, bytes);
    } catch (const std::bad_alloc&) {
        return exchange.abort_with(Overflow::memory);
    }
    return bytes;
}

std::size_t HttpExchange::on_header(char* data, std::size_t size, std::size_t count, void* self) noexcept {
    auto& exchange = *static_cast<HttpExchange*>(self);
    const auto bytes = size * count;
    exchange.header_bytes_ += bytes;
    if (exchange.header_bytes_ > max_headers) return exchange.abort_with(Overflow::headers);
    try {
        exchange.take_header({data, bytes});
    } catch (const std::bad_alloc&) {
        return exchange.abort_with(Overflow::memory);
    }
    return bytes;
}

void HttpExchange::take_header(std::string_view line) {
    line = trim(line);
    const auto colon = line.find(':');
    if (starts_with_ignoring_case(line, "HTTP/") && (colon == line.npos || line.find(' ') < colon)) {
        response_ = {};  // the previous one was a redirect or "100 Continue"
        line = trim(line.substr(std::min(line.find(' '), line.size())));
        std::from_chars(line.data(), line.data() + line.size(), response_.status);
    } else if (colon != line.npos) {
        response_.headers.emplace_back(trim(line.substr(0, colon)), trim(line.substr(colon + 1)));
    }
}

std::string HttpExchange::progress() const {
    if (response_.status != 0)
        return "receiving the response, " + std::to_string(response_.body.size()) +
               " bytes of the body so far";
    // The only one of these times that is set on a reused connection.
    if (info<curl_off_t>(CURLINFO_PRETRANSFER_TIME_T) != 0) return "connected, no response yet";
    if (info<curl_off_t>(CURLINFO_NAMELOOKUP_TIME_T) == 0) return "the host name is not resolved yet";
    // libcurl's connect time includes TLS.
    if (info<curl_off_t>(CURLINFO_CONNECT_TIME_T) == 0)
        return request_.url.starts_with("https:") ? "no TLS session yet" : "not connected yet";
    return "connected, no response yet";
}

/// Why there is no response.
std::string HttpExchange::error() const {
    const auto* last_url = info<const char*>(CURLINFO_EFFECTIVE_URL);
    const std::string url = last_url != nullptr ? last_url : request_.url;
    const std::string raw_detail = detail_[0] != '\0' ? detail_.data() : curl_.easy_strerror(code_);
    const auto detail = uncapitalized(raw_detail);
    const auto number = static_cast<int>(info<long>(CURLINFO_OS_ERRNO));
    const auto reason = number != 0 ? reason_of(number) : std::string();
    const auto proxy = request_.proxy.empty() ? std::string() : peer_of_url(request_.proxy);
    const auto via_proxy = proxy.empty() ? std::string() : " via the proxy " + proxy;

    if (is_shortage(socket_error_)) return "cannot open a socket: " + reason_of(socket_error_);
    switch (code_) {
        case CURLE_URL_MALFORMAT:
            return "not a URL: '" + url + "'";
        case CURLE_UNSUPPORTED_PROTOCOL:
            if (contains(raw_detail, "HTTP/0.9")) return not_http(url);
            if (url == request_.url) return "only http and https are supported: '" + url + "'";
            return "a redirect leads to '" + url + "'; only http and https are followed";
        case CURLE_WEIRD_SERVER_REPLY:
            return not_http(url);
        case CURLE_COULDNT_RESOLVE_HOST:
            return "cannot resolve the host name '" + host_of_url(url) + "'";
        case CURLE_COULDNT_RESOLVE_PROXY:
            return "cannot resolve the host name of the proxy '" + host_of_url(request_.proxy) + "'";
        case CURLE_COULDNT_CONNECT:
            return "cannot connect to " + (proxy.empty() ? peer_of_url(url) : "the proxy " + proxy) + ": " +
                   (reason.empty() ? detail : reason);
        case CURLE_OPERATION_TIMEDOUT:
            return "cannot connect to " + peer_of_url(url) + via_proxy + ": timed out";
        case CURLE_TOO_MANY_REDIRECTS:
            return "more than 10 redirects; the last one led to " + url;
        case CURLE_GOT_NOTHING:
            return "the connection to " + peer_of_url(url) + via_proxy +
                   " was closed before a response arrived";
        case CURLE_PARTIAL_FILE:
        case CURLE_HTTP2:
        case CURLE_HTTP2_STREAM:
        case CURLE_RECV_ERROR:
        case CURLE_SEND_ERROR: {
            // libcurl has limits of its own, some versions at 300 KB.
            if (contains(raw_detail, "Too large response headers")) return std::string(headers_too_large);
            if (contains(raw_detail, "CONNECT")) return "the proxy " + proxy + " cannot connect: " + detail;
            const auto* when =
                response_.status == 0 ? "before a response arrived" : "before the whole body arrived";
            return "the connection to " + peer_of_url(url) + via_proxy + " was closed " + when +
                   (reason.empty() ? "" : ": " + reason);
        }
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_ISSUER_ERROR:
            return "the certificate of " + peer_of_url(url) + " was rejected: " + detail +
                   "; 'insecure: true' skips the verification";
        case CURLE_SSL_CACERT_BADFILE:
            return "cannot read the certificates in '" + request_.certificates + "'";
        case CURLE_SSL_CONNECT_ERROR:
            return "the TLS handshake with " + peer_of_url(url) + " failed: " + detail;
        case CURLE_BAD_CONTENT_ENCODING:
            return "the body cannot be decoded: " + detail;
        default:
            return detail;
    }
}

void HttpExchange::require_response() const {
    switch (overflow_) {
        case Overflow::memory:
            throw std::bad_alloc();
        case Overflow::headers:
            throw HttpError(std::string(headers_too_large));
        case Overflow::body:
            throw HttpBodyTooLarge();
        case Overflow::none:
            break;
    }
    if (code_ == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
    if (code_ != CURLE_OK) throw HttpError(error());
}

}  // namespace arun::detail
