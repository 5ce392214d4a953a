/// What can be told of a request without sending it.
#pragma once

#include "base/error.hpp"

#include <optional>
#include <string_view>

namespace arun::jobs {

/// Why an http job cannot request the URL, if that can be told without trying.
std::optional<Error> url_error(std::string_view url);

/// What methods and the names of headers are made of (RFC 9110).
bool is_http_token(std::string_view text);

}  // namespace arun::jobs
