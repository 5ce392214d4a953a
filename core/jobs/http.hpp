/// HTTP requests: the arguments of the kinds that make them, and making them.
#pragma once

#include "jobs/scope.hpp"
#include "rt/coro.hpp"
#include "script/arguments.hpp"
#include "script/expectation.hpp"
#include "script/kind.hpp"
#include "script/value.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace arun::jobs {

/// Checked with the script if they are literal.
struct HttpUrl : script::Text {};
struct HttpMethod : script::Text {};
struct HttpHeaders {
    script::TextMap entries;
};

}  // namespace arun::jobs

namespace arun::script {

template <>
struct TypeOf<jobs::HttpUrl> : PlainType {
    static constexpr TypeInfo info{"URL", R"({"type":"string"})"};
};
template <>
struct TypeOf<jobs::HttpMethod> : PlainType {
    static constexpr TypeInfo info{"text", R"({"type":"string"})"};
};
template <>
struct TypeOf<jobs::HttpHeaders> : TypeOf<TextMap> {};
bool read(Compiler& compiler, syntax::Node node, std::string_view what, jobs::HttpUrl& out);
bool read(Compiler& compiler, syntax::Node node, std::string_view what, jobs::HttpMethod& out);
bool read(Compiler& compiler, syntax::Node node, std::string_view what, jobs::HttpHeaders& out);

}  // namespace arun::script

namespace arun::jobs {

struct HttpExpect {
    script::ExpectCode status;
    script::ExpectText body;
    script::ExpectHeaders headers;
    script::ExpectJson json;
    script::ExpectDuration duration;
    static constexpr std::string_view name = "expect";
    static constexpr std::string_view shorthand = {};
    static constexpr std::array fields{
        script::field<&HttpExpect::status>("status", "the status of the response",
                                           {.fallback = "200 to 299"}),
        script::field<&HttpExpect::body>("body", "the body as text"),
        script::field<&HttpExpect::headers>("headers", "headers by name; null expects none"),
        script::field<&HttpExpect::json>(
            "json", "the body as JSON: JSON paths and their expected values, such as items[0].name"),
        script::field<&HttpExpect::duration>("duration", "the time until the response is complete"),
    };
};

struct HttpArguments {
    HttpUrl url;
    HttpMethod method;
    HttpHeaders headers;
    std::optional<script::Text> body;
    script::AnyValue json;
    script::Dyn<bool> follow{true};
    script::Dyn<bool> insecure{false};
    script::Dyn<script::ByteCount> max_body{script::ByteCount{std::uint64_t{1} << 20}};
    script::Boxed<HttpExpect> expect;
    static constexpr std::string_view name = "http";
    static constexpr std::string_view shorthand = "url";
    static constexpr std::array fields{
        script::field<&HttpArguments::url>("url", "the URL", {.required = true}),
        script::field<&HttpArguments::method>("method", "the method",
                                              {.fallback = "GET, or POST if there is a body"}),
        script::field<&HttpArguments::headers>("headers", "headers of the request; null removes one"),
        script::field<&HttpArguments::body>("body", "the body of the request, as text"),
        script::field<&HttpArguments::json>("json",
                                            "the body of the request, as a value that is sent as JSON"),
        script::field<&HttpArguments::follow>("follow", "follows up to 10 redirects", {.fallback = "true"}),
        script::field<&HttpArguments::insecure>("insecure", "accepts any certificate", {.fallback = "false"}),
        script::field<&HttpArguments::max_body>("max_body", "the largest body of a response that is accepted",
                                                {.fallback = "1MiB"}),
        script::field<&HttpArguments::expect>("expect", "what the response must be"),
    };
    static void check(script::Compiler& compiler, HttpArguments& arguments, syntax::Node key);
};

/// Makes the request and returns `{status, headers, body, json, duration}`. Throws JobFailure if there is no
/// response or if it is not as expected. When cancelled, it leaves a partial result in the engine.
Coro<script::Value> request_http(const Scope& scope, const HttpArguments& arguments);

/// `inner` with a limit of 30 seconds, unless the job has a `timeout`.
Coro<script::Value> with_default_timeout(const Scope& scope, Coro<script::Value> inner);

}  // namespace arun::jobs
