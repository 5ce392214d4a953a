#include "jobs/http.hpp"

#include "base/ascii.hpp"
#include "base/suggestion.hpp"
#include "base/text.hpp"
#include "jobs/engine.hpp"
#include "jobs/http_request.hpp"
#include "jobs/modifiers.hpp"
#include "rt/errors.hpp"
#include "rt/http/client.hpp"
#include "script/advice.hpp"
#include "script/compiler.hpp"
#include "world/world.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

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
    if (!node.is(syntax::Type::map)) {
        compiler.error(
            node.span(),
            std::string(what) + ": " + expected("a mapping of names and texts", literal_value(node)).message,
            advice_for_mapping(node));
        return false;
    }
    std::vector<jobs::HttpHeader> headers;
    bool ok = true;
    node.for_each_entry([&](syntax::Node key, syntax::Node value) {
        auto& header = headers.emplace_back();
        header.name = key.text();
        header.unset = value.is(syntax::Type::null);
        if (!jobs::is_http_token(key.text())) {
            compiler.error(key.span(), quote(key.text()) + " is not the name of a header");
            ok = false;
        }
        Text text;
        if (value.is(syntax::Type::list)) {
            ok = read(compiler, value, what, header.values) && ok;
        } else if (!header.unset) {
            ok = read(compiler, value, what, text) && ok;
            header.values = compiler.arena().copy(std::vector<Text>{text});
        }
    });
    out.entries = compiler.arena().copy(headers);
    return ok;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, jobs::HttpBody& out) {
    static constexpr std::array fields{field<&jobs::HttpBody::file>("file", "the file", {.required = true})};
    static constexpr ArgumentSchema schema{"body", fields, {}};
    bool names_file = false;
    node.for_each_entry([&](syntax::Node key, syntax::Node) {
        names_file = names_file || !closest(key.text(), {"file"}).empty();
    });
    if (node.is(syntax::Type::map) && !names_file) {
        compiler.error(node.span(), std::string(what) + ": expected text or {file: PATH}, not a mapping",
                       "write 'json' in place of 'body' for a value that is sent as JSON");
        return false;
    }
    if (node.is(syntax::Type::map)) return compiler.read_arguments(node, schema, &out);
    return read(compiler, node, what, out.text);
}

}  // namespace arun::script

namespace arun::jobs {

using script::Value;

void HttpAuth::check(script::Compiler& compiler, HttpAuth& auth, syntax::Node node) {
    if (static_cast<bool>(auth.basic) == auth.bearer.has_value())
        compiler.error(node.span(), "'auth' has either basic or bearer");
}

namespace {

/// Reports a written value that does not have the form that `convert` wants.
template <class Convert>
void check_written(script::Compiler& compiler, const script::AnyValue& argument, std::string_view name,
                   Convert convert) {
    if (argument.value == nullptr || argument.value->literal == nullptr) return;
    const auto result = convert(*argument.value->literal);
    if (!result)
        compiler.error(argument.value->span, quote_whole(name) + " of http: " + result.error().message);
}

bool has_header(const HttpHeaders& headers, std::string_view name) {
    return std::ranges::any_of(headers.entries,
                               [&](const auto& header) { return equal_ignoring_case(header.name, name); });
}

}  // namespace

void HttpArguments::check(script::Compiler& compiler, HttpArguments& arguments, syntax::Node key) {
    const std::array bodies{arguments.body.given(), arguments.json.value != nullptr,
                            arguments.form.value != nullptr, arguments.multipart.value != nullptr};
    if (std::ranges::count(bodies, true) > 1)
        compiler.error(key.span(), "'http' takes only one of body, json, form and multipart");
    check_written(compiler, arguments.query, "query", fields_of);
    check_written(compiler, arguments.form, "form", fields_of);
    check_written(compiler, arguments.multipart, "multipart", multipart_fields_of);
    check_written(compiler, arguments.resolve, "resolve", connections_of);
    if (arguments.auth && has_header(arguments.headers, "authorization"))
        compiler.error(key.span(), "'auth' and the header Authorization say the same",
                       "leave one of them out");
    if (arguments.key && !arguments.cert)
        compiler.error(key.span(), "'key' is that of a certificate", "add 'cert'");
    const auto* expect = arguments.expect ? &*arguments.expect : nullptr;
    if (arguments.save && expect != nullptr && (expect->body || expect->json))
        compiler.error(key.span(), "with 'save' the body is in a file, where 'expect' cannot see it",
                       "check the file in a job after it");
}

namespace {

/// By name in lower case: repeated ones joined with commas, and those that cannot be joined as lists.
Value headers_of(const HttpResponse& response) {
    std::vector<Value> cookies;
    std::vector<Value::Entry> entries;
    std::vector<std::string> texts;
    std::map<std::string, std::size_t, std::less<>> known;  // a server may send a hundred thousand
    for (const auto& [name, text] : response.headers) {
        if (equal_ignoring_case(name, "set-cookie")) cookies.push_back(Value::string(text));
        const auto [found, is_new] = known.try_emplace(lower(name), entries.size());
        if (is_new) {
            entries.emplace_back(found->first, Value());
            texts.push_back(text);
        } else {
            texts[found->second] += ", " + text;
        }
    }
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const bool is_list = entries[i].first == "set-cookie";
        entries[i].second = is_list ? Value::list(cookies) : Value::string(std::move(texts[i]));
    }
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
        auto request = make_request(scope_, arguments_);
        if (arguments_.save) {
            path_ = arguments_.save->get(scope_);
            target_ = scope_.engine().world.new_file(path_);
            request.save_to = target_->descriptor();
        }
        started_ = loop.time();
        transfer_ = scope_.engine().world.request(loop, std::move(request));
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
        checker.check(expect.headers, headers_of(response), "header");
        if (expect.body) checker.check(expect.body, Value::string(response.body), "body");
        if (expect.json && !is_json_) {
            checker.add("the body is not JSON" + shown_body());
        } else {
            checker.check(expect.json, *result_.find("json"), "json");
        }
        checker.check(expect.duration, *result_.find("duration"), "duration");
        if (checker.ok()) {
            if (!target_) return result_;
            target_->finish();
            auto entries = std::vector(result_.entries().begin(), result_.entries().end());
            entries.back().second = Value::string(path_);
            return Value::map(std::move(entries));
        }
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
        const bool saved = target_ != nullptr;
        auto json = saved ? Result<Value>(Error{"saved"}) : script::parse_json(response.body);
        is_json_ = static_cast<bool>(json);
        std::vector<Value::Entry> entries;
        entries.emplace_back("status", Value::number(response.status));
        entries.emplace_back("headers", headers_of(response));
        entries.emplace_back("body", saved ? Value() : Value::string(response.body));
        entries.emplace_back("json", json ? *json : Value());
        entries.emplace_back("duration", Value::number(to_seconds(duration)));
        entries.emplace_back("timings", timings());
        entries.emplace_back("saved", Value());  // check_response() knows whether it is
        result_ = Value::map(std::move(entries));
    }

    Value timings() const {
        const auto times = transfer_->timings();
        std::vector<Value::Entry> entries;
        const auto add = [&](const char* name, std::optional<Duration> time) {
            entries.emplace_back(name, time ? Value::number(to_seconds(*time)) : Value());
        };
        add("dns", times.dns);
        add("connect", times.connect);
        add("tls", times.tls);
        add("first_byte", times.first_byte);
        return Value::map(std::move(entries));
    }

    std::string shown_body() const {
        constexpr std::size_t max_shown = 300;
        const std::string_view body = transfer_->response().body;
        return body.empty() ? "; the body is empty" : "\nbody: " + excerpt(body, max_shown);
    }

    const Scope& scope_;
    const HttpArguments& arguments_;
    Duration started_{};
    std::string path_;  ///< of the file that the body goes to
    std::unique_ptr<SavedFile> target_;
    std::unique_ptr<HttpTransfer> transfer_;
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
        const auto limit =
            arguments.max_body ? arguments.max_body->get(scope).value : HttpRequest().max_body.value();
        error = "the body is larger than " + script::format_bytes(limit) + " (max_body)";
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
