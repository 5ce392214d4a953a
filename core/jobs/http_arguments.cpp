#include "base/text.hpp"
#include "jobs/http.hpp"
#include "jobs/http_syntax.hpp"
#include "script/compiler.hpp"

namespace arun::script {

bool read(Compiler& compiler, syntax::Node node, std::string_view what, jobs::HttpUrl& out) {
    if (!read(compiler, node, what, static_cast<Text&>(out))) return false;
    if (out.computed() != nullptr) return true;
    const auto error = jobs::url_error(out.literal());
    if (!error) return true;
    compiler.error(node.span(), error->message, error->hint);
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
    bool good = true;
    node.for_each_entry([&](syntax::Node key, syntax::Node) {
        if (jobs::is_http_token(key.text())) return;
        compiler.error(key.span(), quote(key.text()) + " is not the name of a header");
        good = false;
    });
    return good;
}

}  // namespace arun::script

namespace arun::jobs {

void HttpArguments::check(script::Compiler& compiler, HttpArguments& arguments, syntax::Node key) {
    if (arguments.body && arguments.json.value != nullptr)
        compiler.error(key.span(), "'http' takes body or json, not both");
}

}  // namespace arun::jobs
