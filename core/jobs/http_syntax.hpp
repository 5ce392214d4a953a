/// What can be told of a request without sending it.
#pragma once

#include <string>
#include <string_view>

namespace arun::jobs {

struct UrlFault {
    std::string message;  ///< empty: nothing is wrong
    std::string hint;
};

/// What keeps an http job from asking for it.
UrlFault url_fault(std::string_view url);

/// What methods and the names of headers are made of (RFC 9110).
bool is_http_token(std::string_view text);

}  // namespace arun::jobs
