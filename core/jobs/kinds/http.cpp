#include "jobs/http.hpp"
#include "jobs/kind.hpp"

namespace arun::jobs {

namespace {

struct Http {
    using Arguments = HttpArguments;
    static constexpr std::string_view name = "http";
    static constexpr std::string_view summary = "makes an HTTP request";
    static constexpr std::string_view result = "`{status, headers, body, json, duration, timings, saved}`";
    static constexpr std::array properties{
        script::ResultProperty{"status", script::Shape::number},
        script::ResultProperty{"headers", script::Shape::mapping, &script::result_types::headers},
        script::ResultProperty{"body", script::Shape::text},
        script::ResultProperty{"json"},
        script::ResultProperty{"duration", script::Shape::number},
        script::ResultProperty{"timings", script::Shape::mapping},
        script::ResultProperty{"saved", script::Shape::text},
    };
    static constexpr script::ResultType result_type{script::Shape::mapping, properties};
    static constexpr std::string_view shorthand = "url";
    static constexpr bool effects = true;
    static constexpr std::string_view notes =
        "Without `expect.status`, the status must be from 200 to 299. Without the modifier "
        "`timeout`, the request may take 30 seconds; `timeout: 0` sets no limit. With "
        "`retry`, every attempt is checked against `expect`.\n\n"
        "`query` and `form` are mappings of names and texts, or lists of texts; null leaves a name "
        "out. A part of `multipart` is a text, or a mapping with `value` or `file`, and `type` and "
        "`filename`. The Content-Type is that of the body: application/json, text/plain and so on, "
        "unless `headers` set another. A file is sent as application/octet-stream.\n\n"
        "With `save`, the body goes to a file, which gets its name when the response is complete "
        "and as expected.\n\n"
        "`auth: {basic: {user, password}}` or `auth: {bearer: TOKEN}` makes the header "
        "Authorization. It is not sent to another host when a redirect leads there, and what it has "
        "is hidden like a secret from then on. With "
        "`cookies`, the request takes part in the cookies of this run: those of the Runner, for "
        "which every job with `cookies` sends and keeps them.\n\n"
        "In the result, `headers` is a mapping with lower-case names; repeated headers are "
        "joined with commas, but `set-cookie` is a list. `json` is the parsed body, or null if it is "
        "not JSON. `duration` is in seconds, and so are `dns`, `connect`, `tls` and `first_byte` of "
        "`timings`, from the start of the request; what did not happen, as on a connection that is "
        "used again, is null. With `save`, `saved` is the path, and `body` and `json` are null. A "
        "failed request has a result too, as far as a response has arrived.\n\n"
        "Proxies are taken from the environment that `env.NAME` shows: http_proxy, "
        "https_proxy, all_proxy and no_proxy; trusted certificates from `ca`, or from the file in "
        "CURL_CA_BUNDLE or else SSL_CERT_FILE. Only redirects to http and https are followed.";
    static constexpr std::string_view example =
        "- http: https://example.org/health\n  expect: {status: 200, json: {status: up}, duration: {lt: "
        "500ms}}\n"
        "- http:\n    url: https://example.org/items\n    json: {name: one}\n"
        "    headers: {Authorization: \"Bearer ${{ env.TOKEN }}\"}\n    expect: {status: [200, 201]}\n"
        "  capture: made\n"
        "- http: https://example.org/search\n  query: {q: a b, page: 2}\n  auth: {bearer: \"${{ env.TOKEN "
        "}}\"}\n"
        "- http: https://example.org/upload\n  multipart: {note: hello, image: {file: a.png, type: "
        "image/png}}\n";
    static constexpr auto fields = HttpArguments::fields;

    static void check(script::Compiler& compiler, Arguments& arguments, syntax::Node key) {
        HttpArguments::check(compiler, arguments, key);
    }

    static Coro<script::Value> run(Scope& scope, const Arguments& arguments) {
        return with_default_timeout(scope, request_http(scope, arguments));
    }
};

}  // namespace

ARUN_JOB_KIND(http, Http)

}  // namespace arun::jobs
