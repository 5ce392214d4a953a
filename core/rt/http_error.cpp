// What a person is told when there is no answer.
#include "rt/http_exchange.hpp"

#include "base/ascii.hpp"

#include <cctype>
#include <new>
#include <string>
#include <string_view>
#include <system_error>

namespace arun::detail {

namespace {

constexpr std::string_view headers_too_large = "the headers of the answer are too large";

/// "host:port" of a URL.
std::string place_of(std::string_view url) {
    const bool secure = url.starts_with("https:");
    if (const auto scheme = url.find("://"); scheme != url.npos) url.remove_prefix(scheme + 3);
    url = url.substr(0, url.find_first_of("/?#"));
    if (const auto user = url.rfind('@'); user != url.npos) url.remove_prefix(user + 1);
    auto place = std::string(url);
    const auto bracket = place.find(']');
    const auto colon = place.rfind(':');
    const bool port = colon != place.npos && (bracket == place.npos || colon > bracket);
    return port ? place : place + (secure ? ":443" : ":80");
}

std::string host_of(std::string_view url) {
    auto place = place_of(url);
    return place.substr(0, place.rfind(':'));
}

bool has(std::string_view text, std::string_view part) {
    return text.find(part) != text.npos;
}

}  // namespace

/// The URL that it came to, redirects followed.
std::string HttpExchange::peer() const {
    const char* url = nullptr;
    curl_.easy_getinfo(easy_, CURLINFO_EFFECTIVE_URL, &url);
    return url != nullptr ? url : request_.url;
}

std::string HttpExchange::error() const {
    const auto url = peer();
    const std::string detail = detail_[0] != '\0' ? detail_.data() : curl_.easy_strerror(code_);
    long number = 0;
    curl_.easy_getinfo(easy_, CURLINFO_OS_ERRNO, &number);
    const auto reason = number != 0
                            ? inside_sentence(std::generic_category().message(static_cast<int>(number)))
                            : std::string();
    const auto proxy = request_.proxy.empty() ? std::string() : place_of(request_.proxy);
    const auto after_proxy = proxy.empty() ? std::string() : " by the proxy " + proxy;

    switch (code_) {
        case CURLE_URL_MALFORMAT:
            return "not a URL: '" + url + "'";
        case CURLE_UNSUPPORTED_PROTOCOL:
            if (has(detail, "HTTP/0.9")) return "what came from " + place_of(url) + " is not an HTTP answer";
            if (url == request_.url) return "only http and https can be asked: '" + url + "'";
            return "a redirect leads to '" + url + "'; only http and https are followed";
        case CURLE_WEIRD_SERVER_REPLY:
            return "what came from " + place_of(url) + " is not an HTTP answer";
        case CURLE_COULDNT_RESOLVE_HOST:
            return "cannot resolve the name of the host '" + host_of(url) + "'";
        case CURLE_COULDNT_RESOLVE_PROXY:
            return "cannot resolve the name of the proxy '" + host_of(request_.proxy) + "'";
        case CURLE_COULDNT_CONNECT:
            return "cannot connect to " + (proxy.empty() ? place_of(url) : "the proxy " + proxy) + ": " +
                   (reason.empty() ? inside_sentence(detail) : reason);
        case CURLE_OPERATION_TIMEDOUT:
            return "cannot connect to " + place_of(url) + after_proxy + ": timed out";
        case CURLE_TOO_MANY_REDIRECTS:
            return "more than 10 redirects; the last one led to " + url;
        case CURLE_GOT_NOTHING:
            return "the connection to " + place_of(url) + after_proxy + " was closed before an answer came";
        case CURLE_PARTIAL_FILE:
        case CURLE_HTTP2:
        case CURLE_HTTP2_STREAM:
        case CURLE_RECV_ERROR:
        case CURLE_SEND_ERROR: {
            // libcurl has limits of its own, some versions at 300 KB.
            if (has(detail, "Too large response headers")) return std::string(headers_too_large);
            if (has(detail, "CONNECT"))
                return "the proxy " + proxy + " does not connect: " + inside_sentence(detail);
            const auto* when =
                response_.status == 0 ? "before an answer came" : "before the whole body was there";
            return "the connection to " + place_of(url) + after_proxy + " was closed " + when +
                   (reason.empty() ? "" : ": " + reason);
        }
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_ISSUER_ERROR:
            return "the certificate of " + place_of(url) + " is not accepted: " + inside_sentence(detail) +
                   "; 'insecure: true' does not verify it";
        case CURLE_SSL_CACERT_BADFILE:
            return "cannot read the certificates in '" + request_.certificates + "'";
        case CURLE_SSL_CONNECT_ERROR:
            return "no TLS session with " + place_of(url) + ": " + inside_sentence(detail);
        case CURLE_BAD_CONTENT_ENCODING:
            return "the body cannot be decoded: " + inside_sentence(detail);
        default:
            return inside_sentence(detail);
    }
}

void HttpExchange::require_answer() const {
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
