#include "jobs/http_syntax.hpp"

#include "base/ascii.hpp"
#include "base/host_port.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace arun::jobs {

namespace {

bool is_scheme(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
    });
}

}  // namespace

std::optional<Error> url_error(std::string_view url) {
    if (url.empty()) return Error{"the URL is empty"};
    const bool blank =
        std::ranges::any_of(url, [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 127; });
    if (blank)
        return Error{quote(url) + " is not a URL: it has a blank or a control character in it",
                     "write %20 for a blank"};
    const auto end = url.find("://");
    if (end == url.npos || !is_scheme(url.substr(0, end)))
        return Error{quote(url) + " is not a URL: it has no scheme",
                     "write " + quote("http://" + std::string(url))};
    const auto scheme = lower(url.substr(0, end));
    if (scheme != "http" && scheme != "https")
        return Error{"http jobs do not speak " + quote(scheme), "a URL begins with http:// or https://"};
    const auto [host, port] = split_host_port(host_port_of_url(url));
    if (host.empty()) return Error{quote(url) + " is not a URL: it names no host"};
    if (port && !port->empty() && !parse_port(*port))
        return Error{quote(url) + " is not a URL: its port is no number up to 65535"};
    return std::nullopt;
}

bool is_http_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return is_letter(c) || is_digit(c) ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
}

}  // namespace arun::jobs
