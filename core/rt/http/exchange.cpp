#include "rt/http/exchange.hpp"

#include "base/ascii.hpp"
#include "base/error.hpp"
#include "base/host_port.hpp"
#include "base/text.hpp"
#include "rt/file.hpp"
#include "rt/http/multi.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <new>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace arun::detail {

namespace {

constexpr long max_redirects = 10;
constexpr std::size_t max_headers = 1 << 20;
/// libcurl's own limit is 8 MB.
constexpr std::size_t max_url = 1 << 20;
constexpr long a_day = 24 * 3600;

constexpr std::string_view headers_too_large = "the response headers are too large";

// By number: the names are deprecated in new headers or missing in old ones.
constexpr auto protocols = static_cast<CURLoption>(CURLOPTTYPE_LONG + 181);
constexpr auto redirect_protocols = static_cast<CURLoption>(CURLOPTTYPE_LONG + 182);
/// CURLE_TOO_LARGE, from 8.6 on.
constexpr auto too_large = static_cast<CURLcode>(100);
/// Aborting a transfer does not wait for the thread that resolves its name (7.87 and later).
constexpr auto quick_exit = static_cast<CURLoption>(CURLOPTTYPE_LONG + 322);

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != text.npos;
}

/// "host:port" of a URL, with the scheme's default port.
std::string peer_of_url(std::string_view url) {
    const auto place = host_port_of_url(url);
    if (split_host_port(place).port) return std::string(place);
    return std::string(place) + (starts_with_ignoring_case(url, "https:") ? ":443" : ":80");
}

std::string host_of_url(std::string_view url) {
    return std::string(split_host_port(host_port_of_url(url)).host);
}

/// `detail`: what libcurl says.
std::string not_http(std::string_view url, const std::string& detail) {
    auto message = "the reply from " + peer_of_url(url) + " is not HTTP";
    if (contains(detail, "HTTP/0.9")) return message;
    const bool status_line = contains(detail, "ersion") || contains(detail, "response code");
    return message + (status_line ? ": its status line is malformed (" + detail + ')' : ": " + detail);
}

constexpr bool is_redirect(long status) {
    return status >= 300 && status < 400;
}

}  // namespace

template <class T>
void HttpExchange::set(CURLoption option, T value) {
    const auto code = curl_.easy_setopt(easy_.get(), option, value);
    // Texts have limits, such as 8 MB; old versions lack some options.
    if (code == CURLE_OK || code == CURLE_UNKNOWN_OPTION || code == CURLE_NOT_BUILT_IN) return;
    throw HttpError("libcurl refuses the request: " + uncapitalized(curl_.easy_strerror(code)));
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
      headers_(list_of(request_.headers)),
      connect_to_(list_of(request_.connect_to)),
      easy_(curl_.easy_init(), curl_.easy_cleanup) {
    if (!easy_) throw HttpError("libcurl cannot open a request");
    set_up();
}

HttpExchange::List HttpExchange::list_of(const std::vector<std::string>& texts) const {
    List list(nullptr, curl_.slist_free_all);
    for (const auto& text : texts) {
        auto* longer = curl_.slist_append(list.get(), text.c_str());
        if (longer == nullptr) throw std::bad_alloc();
        static_cast<void>(list.release());
        list.reset(longer);
    }
    return list;
}

HttpExchange::~HttpExchange() {
    multi_.remove(*this);
}

void HttpExchange::set_up() {
    set(CURLOPT_ERRORBUFFER, detail_.data());
    set(CURLOPT_NOSIGNAL, 1L);
    set(quick_exit, 1L);
    if (request_.url.size() > max_url) throw HttpError("the URL is too long");
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
    if (!request_.certificates.empty()) {
        set(CURLOPT_CAINFO, request_.certificates.c_str());
    } else if (curl_.certificates != nullptr) {
        set(CURLOPT_CAINFO, curl_.certificates);
    }
    if (!request_.certificate.empty()) set(CURLOPT_SSLCERT, request_.certificate.c_str());
    if (!request_.key.empty()) set(CURLOPT_SSLKEY, request_.key.c_str());
    if (!request_.unix_socket.empty()) set(CURLOPT_UNIX_SOCKET_PATH, request_.unix_socket.c_str());
    if (connect_to_) set(CURLOPT_CONNECT_TO, connect_to_.get());
    if (request_.cookies) {
        set(CURLOPT_COOKIEFILE, "");
        set(CURLOPT_SHARE, multi_.jar());
    }
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

void HttpExchange::end(CURLcode code, const char* reason) noexcept {
    code_ = code;
    reason_ = reason;
    ended_ = true;
    // Looked at now: when the error is reported, other jobs may have closed some.
    if (code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY ||
        code == CURLE_SSL_CACERT_BADFILE)
        socket_error_ = descriptor_shortage();
    if (code != CURLE_OK && is_superseded()) {
        for (auto& [name, value] : response_.headers) {
            if (equal_ignoring_case(name, "location")) location_ = std::move(value);
        }
        response_ = {};
    }
    if (on_end) on_end();
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
    auto& [status, headers, body, body_size] = exchange.response_;
    const auto& limit = exchange.request_.max_body;
    if (limit && body_size + bytes > *limit) return exchange.abort_with(Overflow::body);
    if (exchange.request_.save_to >= 0 && exchange.save({data, bytes}) != bytes) return 0;
    body_size += bytes;
    // For messages.
    constexpr std::size_t begin = 1000;
    const auto kept =
        exchange.request_.save_to < 0 ? bytes : std::min(bytes, begin - std::min(begin, body.size()));
    try {
        body.append(data, kept);
    } catch (const std::bad_alloc&) {
        return exchange.abort_with(Overflow::memory);
    }
    return bytes;
}

std::size_t HttpExchange::save(std::string_view bytes) noexcept {
    for (auto rest = bytes; !rest.empty();) {
        const auto written = ::write(request_.save_to, rest.data(), rest.size());
        if (written >= 0) {
            rest.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno != EINTR) {
            file_error_ = errno;
            return abort_with(Overflow::file);
        }
    }
    return bytes.size();
}

HttpTimings HttpExchange::timings() const {
    const auto at = [&](CURLINFO what) -> std::optional<Duration> {
        const auto micros = info<curl_off_t>(what);
        if (micros == 0) return std::nullopt;
        return std::chrono::microseconds(micros);
    };
    return {at(CURLINFO_NAMELOOKUP_TIME_T), at(CURLINFO_CONNECT_TIME_T), at(CURLINFO_APPCONNECT_TIME_T),
            at(CURLINFO_STARTTRANSFER_TIME_T)};
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
    const bool folded = line.starts_with(' ') || line.starts_with('\t');
    line = trim(line);
    const auto colon = line.find(':');
    if (line.empty()) {
        in_headers_ = false;
        if (is_redirect(response_.status)) asked_ = url();
    } else if (folded && !response_.headers.empty()) {
        auto& value = response_.headers.back().second;
        value += (value.empty() ? "" : " ");
        value += line;
    } else if (starts_with_ignoring_case(line, "HTTP/") && (colon == line.npos || line.find(' ') < colon)) {
        response_ = {};  // the previous one was a redirect or "100 Continue"
        redirects_ = info<long>(CURLINFO_REDIRECT_COUNT);
        in_headers_ = true;
        line = trim(line.substr(std::min(line.find(' '), line.size())));
        std::from_chars(line.data(), line.data() + line.size(), response_.status);
    } else if (colon != line.npos) {
        response_.headers.emplace_back(trim(line.substr(0, colon)), trim(line.substr(colon + 1)));
    }
}

std::string HttpExchange::url() const {
    const auto* last = info<const char*>(CURLINFO_EFFECTIVE_URL);
    return last != nullptr ? last : request_.url;
}

std::string HttpExchange::redirected_to() const {
    return info<long>(CURLINFO_REDIRECT_COUNT) != 0 ? url() : std::string();
}

std::string HttpExchange::progress() const {
    const auto last = redirected_to();
    return stage() + (last.empty() ? "" : "; redirected to " + quote_ends(last));
}

std::string HttpExchange::stage() const {
    if (response_.status != 0 && !is_superseded())
        return "receiving the response, " + std::to_string(response_.body_size) + " bytes of the body so far";
    // The only one of these times that is set on a reused connection.
    if (info<curl_off_t>(CURLINFO_PRETRANSFER_TIME_T) != 0) return "connected, no response yet";
    if (info<curl_off_t>(CURLINFO_NAMELOOKUP_TIME_T) == 0) return "the host name is not resolved yet";
    // libcurl's connect time includes TLS.
    if (info<curl_off_t>(CURLINFO_CONNECT_TIME_T) == 0)
        return starts_with_ignoring_case(request_.url, "https:") ? "no TLS session yet" : "not connected yet";
    return "connected, no response yet";
}

/// Why there is no response.
std::string HttpExchange::error() const {
    const auto last_url = url();
    const std::string raw_detail = detail_[0] != '\0' ? detail_.data() : curl_.easy_strerror(code_);
    const auto detail = uncapitalized(raw_detail);
    const auto proxy = request_.proxy.empty() ? std::string() : peer_of_url(request_.proxy);
    const auto shortage = socket_error_ != 0 ? ": " + reason_of(socket_error_) : std::string();

    if (reason_ != nullptr) return std::string("libcurl: ") + reason_;
    switch (code_) {
        case CURLE_URL_MALFORMAT:
            if (!location_.empty()) return redirect_error("is not a URL");
            return "not a URL: " + quote_ends(last_url);
        case CURLE_UNSUPPORTED_PROTOCOL:
            if (contains(raw_detail, "HTTP")) return not_http(last_url, detail);
            if (!location_.empty()) return redirect_error("is neither http nor https");
            return "only http and https are supported: " + quote_ends(last_url);
        case CURLE_WEIRD_SERVER_REPLY:
            return not_http(last_url, detail);
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_RESOLVE_PROXY: {
            const bool of_proxy = code_ == CURLE_COULDNT_RESOLVE_PROXY;
            const auto what = std::string("the host name ") + (of_proxy ? "of the proxy " : "") +
                              quote_ends(host_of_url(of_proxy ? request_.proxy : last_url));
            if (!shortage.empty()) return "cannot look up " + what + shortage;
            return "cannot resolve " + what + (contains(raw_detail, "thread") ? ": " + detail : "");
        }
        case CURLE_OPERATION_TIMEDOUT:
            return "cannot connect to " + peer_of_url(last_url) +
                   (proxy.empty() ? "" : " via the proxy " + proxy) + ": timed out";
        case CURLE_TOO_MANY_REDIRECTS:
            return "more than 10 redirects; the last one led to " + quote_ends(last_url);
        case CURLE_OUT_OF_MEMORY:
        case too_large:
            // Also what exceeds a limit of libcurl, such as 100 KB for a header: one of the response if the
            // request was sent.
            if (info<long>(CURLINFO_REQUEST_SIZE) != 0) return std::string(headers_too_large);
            return "libcurl has no memory for the request, or the request is too large";
        case CURLE_COULDNT_CONNECT:
        case CURLE_GOT_NOTHING:
        case CURLE_PARTIAL_FILE:
        case CURLE_HTTP2:
        case CURLE_HTTP2_STREAM:
        case CURLE_RECV_ERROR:
        case CURLE_SEND_ERROR:
            // Some versions have a limit of 300 KB.
            if (contains(raw_detail, "Too large response headers")) return std::string(headers_too_large);
            if (contains(raw_detail, "chunk"))
                return "the response from " + peer_of_url(last_url) + " is malformed: " + detail;
            if (contains(raw_detail, "CONNECT")) return "the proxy " + proxy + " cannot connect: " + detail;
            return connection_error(detail);
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_ISSUER_ERROR:
            if (!has_certificates())
                return "cannot verify the certificate of " + peer_of_url(last_url) +
                       ": this system has no file of trusted certificates where arun looks for one; "
                       "install the package ca-certificates, or set SSL_CERT_FILE to such a file";
            return "the certificate of " + peer_of_url(last_url) + " was rejected: " + detail +
                   "; 'insecure: true' skips the verification";
        case CURLE_SSL_CACERT_BADFILE:
            return (request_.certificates.empty()
                        ? "cannot read the system's certificates"
                        : "cannot read the certificates in " + quote_ends(request_.certificates)) +
                   shortage;
        case CURLE_SSL_CERTPROBLEM:
            return "cannot use the certificate of the client in " + quote_ends(request_.certificate) + ": " +
                   detail;
        case CURLE_SSL_CONNECT_ERROR:
            return "the TLS handshake with " + peer_of_url(last_url) + " failed: " + detail;
        case CURLE_BAD_CONTENT_ENCODING:
            return "the body cannot be decoded: " + detail;
        default:
            return detail;
    }
}

/// Whether there are any to verify others with.
bool HttpExchange::has_certificates() const noexcept {
    return curl_.knows_certificates || curl_.certificates != nullptr || !request_.certificates.empty();
}

std::string HttpExchange::redirect_error(std::string_view why) const {
    return quote_ends(asked_) + " redirects to " + quote_ends(location_) + ", which " + std::string(why);
}

/// Why there is no connection, or no longer.
std::string HttpExchange::connection_error(const std::string& detail) const {
    const auto number = static_cast<int>(info<long>(CURLINFO_OS_ERRNO));
    const auto reason = socket_error_ != 0 ? reason_of(socket_error_)
                        : number != 0      ? reason_of(number)
                                           : std::string();
    const auto peer = peer_of_url(url());
    const auto proxy = request_.proxy.empty() ? std::string() : "the proxy " + peer_of_url(request_.proxy);
    if (code_ == CURLE_COULDNT_CONNECT)
        return "cannot connect to " + (proxy.empty() ? peer : proxy) + ": " +
               (reason.empty() ? detail : reason);

    auto message = "the connection to " + peer + (proxy.empty() ? "" : " via " + proxy) + " was closed " +
                   (response_.status == 0 ? "before a response arrived"
                    : in_headers_         ? "before all headers arrived"
                                          : "before the whole body arrived");
    if (!reason.empty()) return message + ": " + reason;
    // What libcurl says of errors that are not the system's says more than that, as of malformed chunks.
    const bool closed = code_ == CURLE_GOT_NOTHING || code_ == CURLE_PARTIAL_FILE || detail_[0] == '\0';
    return closed ? message : message + ": " + detail;
}

void HttpExchange::require_response() const {
    switch (overflow_) {
        case Overflow::memory:
            throw HttpError("there is no memory for the response; " + std::to_string(response_.body.size()) +
                            " bytes of the body have arrived");
        case Overflow::headers:
            throw HttpError(std::string(headers_too_large));
        case Overflow::body:
            throw HttpBodyTooLarge();
        case Overflow::file:
            throw HttpError("cannot write the body to the file: " + reason_of(file_error_));
        case Overflow::none:
            break;
    }
    // libcurl takes the end of a connection for that of a response without a body.
    if (code_ == CURLE_OK && in_headers_) throw HttpError(connection_error({}));
    if (code_ == CURLE_OK) return;
    auto message = error();
    const auto last = redirected_to();
    const bool names_it = code_ == CURLE_URL_MALFORMAT || code_ == CURLE_TOO_MANY_REDIRECTS ||
                          message.find(quote_ends(location_)) != message.npos;
    if (!last.empty() && !names_it) message += " (redirected to " + quote_ends(last) + ')';
    throw HttpError(message);
}

}  // namespace arun::detail
