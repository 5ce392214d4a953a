/// One HTTP request: the arguments that kinds take for it, and how it is made.
#pragma once

#include "jobs/scope.hpp"
#include "plan/byte_count.hpp"
#include "plan/expectation.hpp"
#include "plan/kind.hpp"
#include "plan/part.hpp"
#include "plan/value.hpp"
#include "rt/coro.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace arun::jobs {

/// Texts that are judged where they stand in the script, if they are literal.
struct HttpUrl : plan::Text {};
struct HttpMethod : plan::Text {};
struct HttpHeaders {
    plan::TextMap entries;
};

}  // namespace arun::jobs

namespace arun::plan {

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
bool read(Compiler& compiler, doc::Node node, std::string_view what, jobs::HttpUrl& out);
bool read(Compiler& compiler, doc::Node node, std::string_view what, jobs::HttpMethod& out);
bool read(Compiler& compiler, doc::Node node, std::string_view what, jobs::HttpHeaders& out);

}  // namespace arun::plan

namespace arun::jobs {

struct HttpExpect {
    plan::ExpectCode status;
    plan::ExpectText body;
    plan::ExpectHeaders headers;
    plan::ExpectJson json;
    plan::ExpectDuration duration;
    static constexpr std::string_view name = "expect";
    static constexpr std::string_view shorthand = {};
    static constexpr std::array fields{
        plan::field<&HttpExpect::status>("status", "the status of the answer", {.fallback = "200 to 299"}),
        plan::field<&HttpExpect::body>("body", "the body as a text"),
        plan::field<&HttpExpect::headers>("headers", "headers by their names; null expects none"),
        plan::field<&HttpExpect::json>("json", "the body as JSON: paths into it, such as items[0].name"),
        plan::field<&HttpExpect::duration>("duration", "time until the whole answer was there"),
    };
};

struct HttpArguments {
    HttpUrl url;
    HttpMethod method;
    HttpHeaders headers;
    std::optional<plan::Text> body;
    plan::AnyValue json;
    plan::Dyn<bool> follow{true};
    plan::Dyn<bool> insecure{false};
    plan::Dyn<plan::ByteCount> max_body{plan::ByteCount{std::uint64_t{1} << 20}};
    plan::Part<HttpExpect> expect;
    static constexpr std::string_view name = "http";
    static constexpr std::string_view shorthand = "url";
    static constexpr std::array fields{
        plan::field<&HttpArguments::url>("url", "what to ask for", {.required = true}),
        plan::field<&HttpArguments::method>("method", "the method", {.fallback = "GET, with a body POST"}),
        plan::field<&HttpArguments::headers>("headers",
                                             "headers of the request; null sends none of that name"),
        plan::field<&HttpArguments::body>("body", "body of the request, a text"),
        plan::field<&HttpArguments::json>("json", "body of the request, a value that is sent as JSON"),
        plan::field<&HttpArguments::follow>("follow", "follows redirects, 10 at most", {.fallback = "true"}),
        plan::field<&HttpArguments::insecure>("insecure", "accepts any certificate", {.fallback = "false"}),
        plan::field<&HttpArguments::max_body>("max_body", "most that the body of the answer may have",
                                              {.fallback = "1MiB"}),
        plan::field<&HttpArguments::expect>("expect", "what the answer must be"),
    };
    static void check(plan::Compiler& compiler, HttpArguments& arguments, doc::Node key);
};

/// Makes the request and gives `{status, headers, body, json, duration}`. Throws JobFailure: there is no
/// answer, or it is not what was expected. When it is cancelled, it leaves words in the engine.
Coro<plan::Value> request_http(const Scope& scope, const HttpArguments& arguments);

/// The kinds that ask others: `inner`, for 30 seconds at most unless the script has a `timeout` for it.
Coro<plan::Value> with_default_timeout(const Scope& scope, Coro<plan::Value> inner);

}  // namespace arun::jobs
