/// From the arguments of a job to the request that it makes.
#pragma once

#include "jobs/http.hpp"
#include "jobs/scope.hpp"
#include "rt/http/client.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace arun::jobs {

/// Why an http job cannot request the URL, if that is known without trying.
std::optional<Error> url_error(std::string_view url);
/// A method or the name of a header (RFC 9110).
bool is_http_token(std::string_view text);

/// One part of a `multipart` body: `value`, or what is in `file`.
struct MultipartField {
    std::string name;
    std::string value;
    std::string file;
    std::string type;
    std::string filename;
};

/// The names and texts of `query` and `form`; a list gives several, null none.
Result<std::vector<std::pair<std::string, std::string>>> fields_of(const script::Value& value);
Result<std::vector<MultipartField>> multipart_fields_of(const script::Value& value);
/// "host:port:address:port" for each entry of `resolve`.
Result<std::vector<std::string>> connections_of(const script::Value& value);

/// Evaluates the arguments. Throws EvalError and JobFailure.
HttpRequest make_request(const Scope& scope, const HttpArguments& arguments);

}  // namespace arun::jobs
