/// One HTTP request: the arguments that kinds take for it, and how it is made.
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

/// Texts that are judged where they stand in the script, if they are literal.
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
        script::field<&HttpExpect::status>("status", "the status of the answer", {.fallback = "200 to 299"}),
        script::field<&HttpExpect::body>("body", "the body as a text"),
        script::field<&HttpExpect::headers>("headers", "headers by their names; null expects none"),
        script::field<&HttpExpect::json>("json", "the body as JSON: paths into it, such as items[0].name"),
        script::field<&HttpExpect::duration>("duration", "time until the whole answer was there"),
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
        script::field<&HttpArguments::url>("url", "what to ask for", {.required = true}),
        script::field<&HttpArguments::method>("method", "the method", {.fallback = "GET, with a body POST"}),
        script::field<&HttpArguments::headers>("headers",
                                               "headers of the request; null sends none of that name"),
        script::field<&HttpArguments::body>("body", "body of the request, a text"),
        script::field<&HttpArguments::json>("json", "body of the request, a value that is sent as JSON"),
        script::field<&HttpArguments::follow>("follow", "follows redirects, 10 at most",
                                              {.fallback = "true"}),
        script::field<&HttpArguments::insecure>("insecure", "accepts any certificate", {.fallback = "false"}),
        script::field<&HttpArguments::max_body>("max_body", "most that the body of the answer may have",
                                                {.fallback = "1MiB"}),
        script::field<&HttpArguments::expect>("expect", "what the answer must be"),
    };
    static void check(script::Compiler& compiler, HttpArguments& arguments, syntax::Node key);
};

/// Makes the request and gives `{status, headers, body, json, duration}`. Throws JobFailure: there is no
/// answer, or it is not what was expected. When it is cancelled, it leaves words in the engine.
Coro<script::Value> request_http(const Scope& scope, const HttpArguments& arguments);

/// The kinds that ask others: `inner`, for 30 seconds at most unless the script has a `timeout` for it.
Coro<script::Value> with_default_timeout(const Scope& scope, Coro<script::Value> inner);

}  // namespace arun::jobs
