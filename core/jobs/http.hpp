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
struct HttpHeader {
    std::string_view name;
    script::TextList values;  ///< each is a header of that name
    bool unset = false;
};
struct HttpHeaders {
    std::span<const HttpHeader> entries;
};
/// A text, or the contents of a file.
struct HttpBody {
    std::optional<script::Text> text;
    std::optional<script::Text> file;
    bool given() const noexcept { return text.has_value() || file.has_value(); }
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
struct TypeOf<jobs::HttpHeaders> : PlainType {
    static constexpr TypeInfo info{
        "mapping of texts or lists",
        R"({"type":"object","additionalProperties":{"description":"a header","anyOf":[{"title":"texts","type":"array","items":{"$ref":"#/$defs/text"}},{"title":"text","$ref":"#/$defs/text_or_null"}]}})"};
};
template <>
struct TypeOf<jobs::HttpBody> : PlainType {
    static constexpr TypeInfo info{
        "text or {file: path}",
        R"({"anyOf":[{"$ref":"#/$defs/text"},{"title":"file","type":"object","properties":{"file":{"description":"the path of the file","$ref":"#/$defs/text"}},"allOf":[{"properties":{"file":true},"required":["file"]}],"additionalProperties":false}]})"};
};
bool read(Compiler& compiler, syntax::Node node, std::string_view what, jobs::HttpBody& out);
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

struct HttpBasicAuth {
    script::Text user;
    script::Text password;
    static constexpr std::string_view name = "basic";
    static constexpr std::string_view shorthand = {};
    static constexpr std::array fields{
        script::field<&HttpBasicAuth::user>("user", "the name of the user", {.required = true}),
        script::field<&HttpBasicAuth::password>("password", "the password", {.required = true}),
    };
};

struct HttpAuth {
    script::Boxed<HttpBasicAuth> basic;
    std::optional<script::Text> bearer;
    static constexpr std::string_view name = "auth";
    static constexpr std::string_view shorthand = {};
    static constexpr std::array fields{
        script::field<&HttpAuth::basic>("basic", "a user and a password"),
        script::field<&HttpAuth::bearer>("bearer", "a token"),
    };
    static void check(script::Compiler& compiler, HttpAuth& auth, syntax::Node node);
};

struct HttpArguments {
    HttpUrl url;
    HttpMethod method;
    script::AnyValue query;
    HttpHeaders headers;
    script::Boxed<HttpAuth> auth;
    HttpBody body;
    script::AnyValue json;
    script::AnyValue form;
    script::AnyValue multipart;
    std::optional<script::Text> save;
    script::Dyn<bool> cookies{false};
    std::optional<script::Text> ca;
    std::optional<script::Text> cert;
    std::optional<script::Text> key;
    script::AnyValue resolve;
    std::optional<script::Text> unix_socket;
    script::Dyn<bool> follow{true};
    script::Dyn<bool> insecure{false};
    std::optional<script::Dyn<script::ByteCount>> max_body;
    script::Boxed<HttpExpect> expect;
    static constexpr std::string_view name = "http";
    static constexpr std::string_view shorthand = "url";
    static constexpr std::array fields{
        script::field<&HttpArguments::url>("url", "the URL", {.required = true}),
        script::field<&HttpArguments::method>("method", "the method",
                                              {.fallback = "GET, or POST if there is a body"}),
        script::field<&HttpArguments::query>("query",
                                             "names and values for the end of the URL, which are encoded"),
        script::field<&HttpArguments::headers>(
            "headers", "headers of the request; a list gives several, null removes one"),
        script::field<&HttpArguments::auth>("auth", "credentials"),
        script::field<&HttpArguments::body>("body", "the body of the request: a text or a file"),
        script::field<&HttpArguments::json>("json",
                                            "the body of the request, as a value that is sent as JSON"),
        script::field<&HttpArguments::form>("form", "the body of the request, as the fields of an HTML form"),
        script::field<&HttpArguments::multipart>(
            "multipart", "the same with files: texts, {file: path, type, filename} or {value: text, type}"),
        script::field<&HttpArguments::save>("save", "the file that gets the body of the response"),
        script::field<&HttpArguments::cookies>("cookies", "keeps cookies, and sends those that were kept",
                                               {.fallback = "false"}),
        script::field<&HttpArguments::ca>("ca", "a file of trusted certificates",
                                          {.fallback = "the system's"}),
        script::field<&HttpArguments::cert>("cert", "the certificate of the client, a PEM file"),
        script::field<&HttpArguments::key>("key", "its key, a PEM file"),
        script::field<&HttpArguments::resolve>("resolve",
                                               "addresses by host:port, instead of those of the name"),
        script::field<&HttpArguments::unix_socket>("unix_socket", "the path of a socket to connect to"),
        script::field<&HttpArguments::follow>("follow", "follows up to 10 redirects", {.fallback = "true"}),
        script::field<&HttpArguments::insecure>("insecure", "accepts any certificate", {.fallback = "false"}),
        script::field<&HttpArguments::max_body>("max_body", "the largest body of a response that is accepted",
                                                {.fallback = "1MiB, or no limit with save"}),
        script::field<&HttpArguments::expect>("expect", "what the response must be"),
    };
    static void check(script::Compiler& compiler, HttpArguments& arguments, syntax::Node key);
};

/// Makes the request and returns `{status, headers, body, json, duration, timings, saved}`. Throws JobFailure
/// if there is no response or if it is not as expected. When cancelled, it leaves a partial result in the
/// engine.
Coro<script::Value> request_http(const Scope& scope, const HttpArguments& arguments);

/// `inner` with a limit of 30 seconds, unless the job has a `timeout`.
Coro<script::Value> with_default_timeout(const Scope& scope, Coro<script::Value> inner);

}  // namespace arun::jobs
