#include "jobs/http.hpp"
#include "jobs/kind.hpp"

namespace arun::jobs {

namespace {

struct Http {
    using Arguments = HttpArguments;
    static constexpr std::string_view name = "http";
    static constexpr std::string_view summary = "makes an HTTP request";
    static constexpr std::string_view result = "`{status, headers, body, json, duration}`";
    static constexpr std::array properties{
        script::ResultProperty{"status", script::Shape::number},
        script::ResultProperty{"headers", script::Shape::mapping},
        script::ResultProperty{"body", script::Shape::text},
        script::ResultProperty{"json"},
        script::ResultProperty{"duration", script::Shape::number},
    };
    static constexpr script::ResultType result_type{script::Shape::mapping, properties};
    static constexpr std::string_view shorthand = "url";
    static constexpr bool effects = true;
    static constexpr std::string_view notes =
        "Without `expect.status`, the status must be from 200 to 299. Without the modifier "
        "`timeout`, the request may take 30 seconds; `timeout: 0` sets no limit. With "
        "`retry`, every attempt is checked against `expect`.\n\n"
        "A `json` body has the Content-Type application/json, a `body` text/plain, unless "
        "`headers` set another.\n\n"
        "In the result, `headers` is a mapping with lower-case names; repeated headers are "
        "joined with commas. `json` is the parsed body, or null if it is not JSON. `duration` "
        "is in seconds. A failed request has a result too, as far as a response has arrived.\n\n"
        "Proxies are taken from the environment that `env.NAME` shows: http_proxy, "
        "https_proxy, all_proxy and no_proxy; trusted certificates from the file in "
        "CURL_CA_BUNDLE or else SSL_CERT_FILE. Only redirects to http and https are followed.";
    static constexpr std::string_view example =
        "- http: https://example.org/health\n  expect: {status: 200, json: {status: up}, duration: {lt: "
        "500ms}}\n"
        "- http:\n    url: https://example.org/items\n    json: {name: one}\n"
        "    headers: {Authorization: \"Bearer ${{ env.TOKEN }}\"}\n    expect: {status: [200, 201]}\n"
        "  capture: made\n";
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
