#include "jobs/http_request.hpp"

#include "base/ascii.hpp"
#include "base/encoding.hpp"
#include "base/host_port.hpp"
#include "base/text.hpp"
#include "jobs/engine.hpp"
#include "jobs/failure.hpp"
#include "script/advice.hpp"
#include "script/compiler.hpp"
#include "world/world.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace arun::jobs {

using script::Type;
using script::Value;

namespace {

bool is_scheme(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
    });
}

}  // namespace

std::optional<Error> url_error(std::string_view url) {
    if (url.empty()) return Error{"the URL is empty"};
    const bool blank =
        std::ranges::any_of(url, [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 127; });
    const auto word = url.substr(0, url.find(' '));
    if (blank && word.size() < url.size() && script::is_http_method(word))
        return Error{quote_ends(url) + " is not a URL: it has a method in it",
                     "write 'http: " + std::string(trim(url.substr(word.size()))) +
                         "', and 'method: " + upper(word) + "' next to it"};
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

bool is_http_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return is_letter(c) || is_digit(c) ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
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

/// The value of the header, which is hidden from all output. libcurl does not send it to another host.
std::string credentials_of(const Scope& scope, const HttpAuth& auth) {
    auto& output = scope.engine().output;
    if (auth.bearer) {
        const auto token = auth.bearer->get(scope);
        output.hide(token);
        return "Bearer " + token;
    }
    const auto user = auth.basic->user.get(scope);
    if (user.find(':') != user.npos) fail(scope, "the name of a user has no colon");
    const auto password = auth.basic->password.get(scope);
    const auto encoded = base64(user + ':' + password);
    output.hide(password);
    output.hide(encoded);
    return "Basic " + encoded;
}

void set_headers(const Scope& scope, const HttpArguments& arguments, const std::string& type,
                 HttpRequest& request) {
    bool type_given = false;
    bool expect_given = false;
    const auto add = [&](const std::string& name, const std::string& value) {
        if (value.find_first_of(std::string_view("\r\n\0", 3)) != value.npos)
            fail(scope, "the header " + quote(name) + " has more than one line");
        const bool empty = value.find_first_not_of(" \t") == value.npos;
        request.headers.push_back(empty ? name + ";" : name + ": " + value);
    };
    for (const auto& header : arguments.headers.entries) {
        const std::string name(header.name);
        if (!is_http_token(name)) fail(scope, quote(name) + " is not the name of a header");
        type_given = type_given || lower(name) == "content-type";
        expect_given = expect_given || lower(name) == "expect";
        if (header.unset) request.headers.push_back(name + ":");
        for (const auto& value : header.values) add(name, value.get(scope));
    }
    if (arguments.auth) add("Authorization", credentials_of(scope, *arguments.auth));
    // Otherwise libcurl waits for a "100 Continue" that many servers never send.
    if (!expect_given) request.headers.emplace_back("Expect:");
    if (!type_given && request.body) request.headers.push_back("Content-Type: " + type);
}

using Field = std::pair<std::string, std::string>;

/// What the request sends, and the Content-Type of that.
struct Content {
    std::string body;
    std::string type;
};

std::string read_whole_file(const Scope& scope, const std::string& path) {
    constexpr std::int64_t max_size = std::int64_t{1} << 30;
    return scope.engine().world.read_whole(path, max_size);
}

std::string encoded(const std::vector<Field>& fields) {
    std::string out;
    for (const auto& [name, value] : fields) {
        if (!out.empty()) out += '&';
        out += percent_encoded(name) + '=' + percent_encoded(value);
    }
    return out;
}

/// A name or file name in quotes, escaped as browsers do.
std::string quoted_parameter(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\r' || c == '\n')
            out += percent_encoded({&c, 1});
        else
            out += c;
    }
    return out + '"';
}

Content multipart_of(const Scope& scope, const std::vector<MultipartField>& fields) {
    struct Part {
        std::string head;
        std::string body;
    };
    std::vector<Part> parts;
    for (const auto& field : fields) {
        Part part{"Content-Disposition: form-data; name=" + quoted_parameter(field.name), field.value};
        auto type = field.type;
        if (!field.file.empty()) {
            const auto name =
                !field.filename.empty() ? field.filename : field.file.substr(field.file.rfind('/') + 1);
            part.head += "; filename=" + quoted_parameter(name);
            part.body = read_whole_file(scope, field.file);
            if (type.empty()) type = "application/octet-stream";
        }
        if (!type.empty()) part.head += "\r\nContent-Type: " + type;
        parts.push_back(std::move(part));
    }
    std::string boundary = make_boundary(0);
    const auto has_boundary = [&](const Part& part) { return part.body.find(boundary) != part.body.npos; };
    for (unsigned number = 1; std::ranges::any_of(parts, has_boundary); ++number)
        boundary = make_boundary(number);
    Content content;
    content.type = "multipart/form-data; boundary=" + boundary;
    for (const auto& part : parts)
        content.body += "--" + boundary + "\r\n" + part.head + "\r\n\r\n" + part.body + "\r\n";
    content.body += "--" + boundary + "--\r\n";
    return content;
}

/// The value of an argument whose form `convert` knows.
template <class Convert>
auto converted(const Scope& scope, const script::AnyValue& argument, Convert convert) {
    auto result = convert(script::evaluate(*argument.value, scope));
    if (!result) throw script::EvalError(argument.value->span, result.error().message);
    return *std::move(result);
}

std::optional<Content> content_of(const Scope& scope, const HttpArguments& arguments) {
    if (arguments.json.value != nullptr) {
        Content content{{}, "application/json"};
        script::append_json(content.body, script::evaluate(*arguments.json.value, scope));
        return content;
    }
    if (arguments.form.value != nullptr)
        return Content{encoded(converted(scope, arguments.form, fields_of)),
                       "application/x-www-form-urlencoded"};
    if (arguments.multipart.value != nullptr)
        return multipart_of(scope, converted(scope, arguments.multipart, multipart_fields_of));
    if (arguments.body.file)
        return Content{read_whole_file(scope, arguments.body.file->get(scope)), "application/octet-stream"};
    if (arguments.body.text) return Content{arguments.body.text->get(scope), "text/plain; charset=utf-8"};
    return std::nullopt;
}

/// Before the fragment, after what the URL has already.
void add_query(std::string& url, const std::string& query) {
    if (query.empty()) return;
    const auto end = std::min(url.find('#'), url.size());
    const auto mark = url.find('?');
    const bool begun = mark < end;
    url.insert(end, (!begun ? "?" : mark + 1 == end ? "" : "&") + query);
}

}  // namespace

Result<std::vector<Field>> fields_of(const Value& value) {
    if (!value.is(Type::map)) return script::expected("a mapping of names and texts", value);
    std::vector<Field> fields;
    for (const auto& [name, entry] : value.entries()) {
        const auto items = entry.is(Type::list) ? entry.items() : std::span(&entry, 1);
        for (const auto& item : items) {
            if (item.is(Type::map) || item.is(Type::list))
                return script::expected("a text or a list of texts", item);
            if (!item.is_null()) fields.emplace_back(name, item.to_text());
        }
    }
    return fields;
}

Result<std::vector<MultipartField>> multipart_fields_of(const Value& value) {
    if (!value.is(Type::map)) return script::expected("a mapping of names and parts", value);
    std::vector<MultipartField> fields;
    for (const auto& [name, entry] : value.entries()) {
        const auto items = entry.is(Type::list) ? entry.items() : std::span(&entry, 1);
        for (const auto& item : items) {
            MultipartField field;
            field.name = name;
            if (item.is(Type::list)) return script::expected("a text, or a mapping with file or value", item);
            if (item.is_null()) continue;
            if (!item.is(Type::map)) field.value = item.to_text();
            for (const auto& [key, text] : item.entries()) {
                if (key == "file")
                    field.file = text.to_text();
                else if (key == "value")
                    field.value = text.to_text();
                else if (key == "type")
                    field.type = text.to_text();
                else if (key == "filename")
                    field.filename = text.to_text();
                else
                    return Error{"a part has file or value, type and filename, not " + quote(key)};
            }
            if (item.is(Type::map) && (item.find("file") != nullptr) == (item.find("value") != nullptr))
                return Error{"a part that is a mapping has either file or value"};
            if (field.type.find_first_of("\r\n") != std::string::npos) return Error{"a type has one line"};
            fields.push_back(std::move(field));
        }
    }
    return fields;
}

Result<std::vector<std::string>> connections_of(const Value& value) {
    if (!value.is(Type::map)) return script::expected("a mapping of host:port and addresses", value);
    std::vector<std::string> list;
    for (const auto& [name, address] : value.entries()) {
        const auto [host, port] = split_host_port(name);
        if (host.empty() || !port || !parse_port(*port)) return Error{quote(name) + " is not host:port"};
        auto to = address.to_text();
        if (!address.is(Type::string) || to.empty()) return script::expected("an address", address);
        if (to.find(':') != to.npos && !to.starts_with('[')) to = '[' + to + ']';
        list.push_back(name + ':' + to + ':' + std::string(*port));
    }
    return list;
}

HttpRequest make_request(const Scope& scope, const HttpArguments& arguments) {
    const auto text_of = [&](const std::optional<script::Text>& text) {
        return text ? text->get(scope) : std::string();
    };
    HttpRequest request;
    request.url = arguments.url.get(scope);
    if (const auto error = url_error(request.url)) fail(scope, error->message);
    if (arguments.query.value != nullptr)
        add_query(request.url, encoded(converted(scope, arguments.query, fields_of)));
    auto content = content_of(scope, arguments);
    if (content) request.body = std::move(content->body);
    request.method = upper(arguments.method.get(scope));
    if (request.method.empty()) request.method = request.body ? "POST" : "GET";
    if (!is_http_token(request.method)) fail(scope, quote(request.method) + " is no method of HTTP");
    request.follow = arguments.follow.get(scope);
    request.insecure = arguments.insecure.get(scope);
    request.cookies = arguments.cookies.get(scope);
    if (arguments.max_body)
        request.max_body = arguments.max_body->get(scope).value;
    else if (arguments.save)
        request.max_body.reset();
    set_headers(scope, arguments, content ? content->type : std::string(), request);
    set_proxy(scope, request);
    if (arguments.ca) request.certificates = arguments.ca->get(scope);
    request.certificate = text_of(arguments.cert);
    request.key = text_of(arguments.key);
    request.unix_socket = text_of(arguments.unix_socket);
    if (arguments.resolve.value != nullptr)
        request.connect_to = converted(scope, arguments.resolve, connections_of);
    return request;
}

}  // namespace arun::jobs
