#include "jobs/http_syntax.hpp"

#include "base/ascii.hpp"
#include "base/quote.hpp"

#include <algorithm>
#include <charconv>

namespace arun::jobs {

namespace {

bool is_scheme(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
               c == '-' || c == '.';
    });
}

bool is_port(std::string_view text) {
    unsigned number = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    return text.empty() || (error == std::errc() && stop == end && number <= 65535);
}

}  // namespace

UrlFault url_fault(std::string_view url) {
    if (url.empty()) return {"the URL is empty", {}};
    const bool blank =
        std::ranges::any_of(url, [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 127; });
    if (blank)
        return {quote(url) + " is not a URL: it has a blank or a control character in it",
                "write %20 for a blank"};
    const auto end = url.find("://");
    if (end == url.npos || !is_scheme(url.substr(0, end)))
        return {quote(url) + " is not a URL: it has no scheme",
                "write " + quote("http://" + std::string(url))};
    const auto scheme = lower(url.substr(0, end));
    if (scheme != "http" && scheme != "https")
        return {"http jobs do not speak " + quote(scheme), "a URL begins with http:// or https://"};
    auto place = url.substr(end + 3);
    place = place.substr(0, place.find_first_of("/?#"));
    if (const auto user = place.rfind('@'); user != place.npos) place.remove_prefix(user + 1);
    const auto bracket = place.rfind(']');
    const auto colon = place.rfind(':');
    const bool port = colon != place.npos && (bracket == place.npos || colon > bracket);
    if (place.substr(0, port ? colon : place.npos).empty())
        return {quote(url) + " is not a URL: it names no host", {}};
    if (port && !is_port(place.substr(colon + 1)))
        return {quote(url) + " is not a URL: its port is no number up to 65535", {}};
    return {};
}

bool is_http_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        return letter || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
}

}  // namespace arun::jobs
