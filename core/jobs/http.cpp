#include "jobs/http.hpp"

#include "base/ascii.hpp"
#include "base/host_port.hpp"
#include "base/text.hpp"
#include "jobs/engine.hpp"
#include "jobs/modifiers.hpp"
#include "rt/errors.hpp"
#include "rt/http/client.hpp"
#include "script/compiler.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <map>

namespace arun::jobs {

namespace {

bool is_scheme(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
    });
}

/// Why an http job cannot request the URL, if that is known without trying.
std::optional<Error> url_error(std::string_view url) {
    if (url.empty()) return Error{"the URL is empty"};
    const bool blank =
        std::ranges::any_of(url, [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 127; });
    if (blank)
        return Error{quote_ends(url) + " is not a URL: it has a blank or a control character in it",
                     "write %20 for a blank"};
    const auto end = url.find("://");
    if (end == url.npos || !is_scheme(url.substr(0, end)))
        return Error{quote_ends(url) + " is not a URL: it has no scheme",
                     "write " + quote_ends("http://" + std::string(url))};
    const auto scheme = lower(url.substr(0, end));
    if (scheme != "http" && scheme != "https")
        return Error{"http jobs do not speak " + quote(scheme), "a URL begins with http:// or https://"};
    const auto [host, port] = split_host_port(host_port_of_url(url));
    if (host.empty()) return Error{quote_ends(url) + " is not a URL: it names no host"};
    if (port && !port->empty() && !parse_port(*port))
        return Error{quote_ends(url) + " is not a URL: its port is no number up to 65535"};
    return std::nullopt;
}

/// A method or the name of a header (RFC 9110).
bool is_http_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return is_letter(c) || is_digit(c) ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
}

}  // namespace

}  // namespace arun::jobs

namespace arun::script {

bool read(Compiler& compiler, syntax::Node node, std::string_view what, jobs::HttpUrl& out) {
    if (!read(compiler, node, what, static_cast<Text&>(out))) return false;
    if (out.computed() != nullptr) return true;
    auto error = jobs::url_error(out.literal());
    if (!error) return true;
    compiler.error(node.span(), std::move(error->message), std::move(error->hint));
    return false;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, jobs::HttpMethod& out) {
    if (!read(compiler, node, what, static_cast<Text&>(out))) return false;
    if (out.computed() != nullptr || jobs::is_http_token(out.literal())) return true;
    compiler.error(node.span(), quote(out.literal()) + " is no method of HTTP",
                   "GET, POST, PUT, PATCH, DELETE...");
    return false;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, jobs::HttpHeaders& out) {
    if (!read(compiler, node, what, out.entries)) return false;
    bool ok = true;
    node.for_each_entry([&](syntax::Node key, syntax::Node) {
        if (jobs::is_http_token(key.text())) return;
        compiler.error(key.span(), quote(key.text()) + " is not the name of a header");
        ok = false;
    });
    return ok;
}

}  // namespace arun::script

namespace arun::jobs {

using script::Value;

void HttpArguments::check(script::Compiler& compiler, HttpArguments& arguments, syntax::Node key) {
    if (arguments.body && arguments.json.value != nullptr)
        compiler.error(key.span(), "'http' takes body or json, not both");
}

namespace {

/// The value of that name which is set nearest to the job, in its own `env`, the script's, the process's;
/// where one place sets several, the first of them. Empty values count as not set.
std::string nearest_of(const Scope& scope, std::initializer_list<std::string_view> names) {
    std::string nearest;
    std::size_t distance = SIZE_MAX;
    for (auto name : names) {
        std::size_t here = 0;
        const auto value = scope.environment(name, &here);
        if (value.is_null() || value.as_string().empty() || here >= distance) continue;
        nearest = value.as_string();
        distance = here;
    }
    return nearest;
}

/// As libcurl: HTTP_PROXY in capitals is ignored, since a CGI program gets it from the request.
void set_proxy(const Scope& scope, HttpRequest& request) {
    request.proxy = starts_with_ignoring_case(request.url, "https:")
                        ? nearest_of(scope, {"https_proxy", "HTTPS_PROXY"})
                        : nearest_of(scope, {"http_proxy"});
    if (request.proxy.empty()) request.proxy = nearest_of(scope, {"all_proxy", "ALL_PROXY"});
    request.no_proxy = nearest_of(scope, {"no_proxy", "NO_PROXY"});
    request.certificates = nearest_of(scope, {"CURL_CA_BUNDLE", "SSL_CERT_FILE"});
}

void set_headers(const Scope& scope, const HttpArguments& arguments, HttpRequest& request) {
    bool type_given = false;
    bool expect_given = false;
    for (const auto& header : arguments.headers.entries) {
        const std::string name(header.key);
        const auto value = header.unset ? std::string() : header.value.get(scope);
        if (!is_http_token(name)) fail(scope, quote(name) + " is not the name of a header");
        if (value.find_first_of(std::string_view("\r\n\0", 3)) != value.npos)
            fail(scope, "the header " + quote(name) + " has more than one line");
        type_given = type_given || lower(name) == "content-type";
        expect_given = expect_given || lower(name) == "expect";
        const bool empty = value.find_first_not_of(" \t") == value.npos;
        request.headers.push_back(header.unset ? name + ":" : empty ? name + ";" : name + ": " + value);
    }
    // Otherwise libcurl waits for a "100 Continue" that many servers never send.
    if (!expect_given) request.headers.emplace_back("Expect:");
    if (type_given || !request.body) return;
    const bool json = arguments.json.value != nullptr;
    request.headers.emplace_back(json ? "Content-Type: application/json"
                                      : "Content-Type: text/plain; charset=utf-8");
}

HttpRequest make_request(const Scope& scope, const HttpArguments& arguments) {
    HttpRequest request;
    request.url = arguments.url.get(scope);
    if (const auto error = url_error(request.url)) fail(scope, error->message);
    if (arguments.json.value != nullptr) {
        script::append_json(request.body.emplace(), script::evaluate(*arguments.json.value, scope));
    } else if (arguments.body) {
        request.body = arguments.body->get(scope);
    }
    request.method = upper(arguments.method.get(scope));
    if (request.method.empty()) request.method = request.body ? "POST" : "GET";
    if (!is_http_token(request.method)) fail(scope, quote(request.method) + " is no method of HTTP");
    request.follow = arguments.follow.get(scope);
    request.insecure = arguments.insecure.get(scope);
    request.max_body = arguments.max_body.get(scope).value;
    set_headers(scope, arguments, request);
    set_proxy(scope, request);
    return request;
}

Value headers_of(const HttpResponse& response) {
    std::vector<Value::Entry> entries;
    std::vector<std::string> texts;
    std::map<std::string, std::size_t, std::less<>> known;  // a server may send a hundred thousand
    for (const auto& [name, text] : response.headers) {
        const auto [found, is_new] = known.try_emplace(lower(name), entries.size());
        if (is_new) {
            entries.emplace_back(found->first, Value());
            texts.push_back(text);
        } else {
            texts[found->second] += ", " + text;
        }
    }
    for (std::size_t i = 0; i < entries.size(); ++i) entries[i].second = Value::string(std::move(texts[i]));
    return Value::map(std::move(entries));
}

/// A redirect that cannot be followed. 300 and 304 need not lead anywhere.
bool lacks_location(const HttpResponse& response) {
    constexpr std::array redirects{301L, 302L, 303L, 307L, 308L};
    return std::ranges::find(redirects, response.status) != redirects.end() &&
           std::ranges::none_of(response.headers, [](const auto& header) {
               return equal_ignoring_case(header.first, "location") && !header.second.empty();
           });
}

/// One request, from its arguments to the check of the response.
class HttpRun {
public:
    HttpRun(const Scope& scope, const HttpArguments& arguments) : scope_(scope), arguments_(arguments) {}

    Coro<> run() {
        auto& loop = *scope_.engine().loop;
        started_ = loop.time();
        transfer_.emplace(loop, make_request(scope_, arguments_));
        co_await transfer_->done();
        take_response();
    }

    Value check_response() {
        script::ExpectationChecker checker(scope_);
        static constexpr HttpExpect no_expectation;
        const auto& expect = arguments_.expect ? *arguments_.expect.value : no_expectation;
        const auto& response = transfer_->response();
        if (expect.status) {
            checker.check(expect.status, Value::number(response.status), "status");
        } else if (response.status < 200 || response.status > 299) {
            checker.add("expected status 200 to 299, got " + std::to_string(response.status));
        }
        const bool wrong_status = !checker.ok();
        checker.check(expect.headers, *result_.find("headers"), "header");
        if (expect.body) checker.check(expect.body, Value::string(response.body), "body");
        if (expect.json && !is_json_) {
            checker.add("the body is not JSON" + shown_body());
        } else {
            checker.check(expect.json, *result_.find("json"), "json");
        }
        checker.check(expect.duration, *result_.find("duration"), "duration");
        if (checker.ok()) return result_;
        auto message = checker.message();
        if (const auto last = transfer_->redirected_to(); !last.empty())
            message += " (redirected to " + printable(quote_ends(last)) + ')';
        if (wrong_status && arguments_.follow.get(scope_) && lacks_location(response))
            message += "; the redirect does not say where to";
        // The body explains an unexpected status, unless it is part of the message already.
        fail_with(message + (wrong_status && !expect.body && !expect.json ? shown_body() : std::string()));
    }

    [[noreturn]] void fail_with(std::string message) {
        if (transfer_ && transfer_->response().status != 0 && result_.is_null()) take_response();
        auto failure = std::make_shared<Failure>(*make_failure(scope_, std::move(message)));
        failure->result = result_;
        throw JobFailure(failure);
    }

    void set_partial_words() const {
        if (transfer_)
            scope_.engine().set_partial_words(scope_, " (" + printable(transfer_->progress()) + ")");
    }

private:
    void take_response() {
        const auto& response = transfer_->response();
        const auto duration = scope_.engine().loop->time() - started_;
        auto json = script::parse_json(response.body);
        is_json_ = static_cast<bool>(json);
        std::vector<Value::Entry> entries;
        entries.emplace_back("status", Value::number(response.status));
        entries.emplace_back("headers", headers_of(response));
        entries.emplace_back("body", Value::string(response.body));
        entries.emplace_back("json", json ? *json : Value());
        entries.emplace_back("duration", Value::number(to_seconds(duration)));
        result_ = Value::map(std::move(entries));
    }

    std::string shown_body() const {
        constexpr std::size_t max_shown = 300;
        const std::string_view body = transfer_->response().body;
        return body.empty() ? "; the body is empty" : "\nbody: " + excerpt(body, max_shown);
    }

    const Scope& scope_;
    const HttpArguments& arguments_;
    Duration started_{};
    std::optional<HttpTransfer> transfer_;
    Value result_;
    bool is_json_ = false;
};

}  // namespace

Coro<Value> request_http(const Scope& scope, const HttpArguments& arguments) {
    HttpRun run(scope, arguments);
    std::string error;
    try {
        co_await run.run();
    } catch (const CancelledError&) {
        run.set_partial_words();
        throw;
    } catch (const HttpBodyTooLarge&) {
        error = "the body is larger than " + script::format_bytes(arguments.max_body.get(scope).value) +
                " (max_body)";
    } catch (const HttpError& e) {
        error = printable(e.what());
    }
    if (!error.empty()) run.fail_with(std::move(error));
    co_return run.check_response();
}

Coro<Value> with_default_timeout(const Scope& scope, Coro<Value> inner) {
    const auto* modifiers = scope.job()->modifiers();
    const auto* retry = modifiers != nullptr ? modifiers->retry : nullptr;
    const bool limited = modifiers != nullptr && (modifiers->timeout || (retry != nullptr && retry->timeout));
    return limited ? std::move(inner) : with_timeout(scope, std::chrono::seconds(30), std::move(inner));
}

}  // namespace arun::jobs
