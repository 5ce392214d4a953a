#include "cli/vars_file.hpp"

#include "base/text.hpp"
#include "cli/options.hpp"
#include "script/template.hpp"
#include "syntax/load.hpp"

#include <algorithm>
#include <string_view>

namespace arun::app {

namespace {

/// Whether `text` quotes more than punctuation: 'abc', but not ': '.
bool quotes_words(std::string_view text) {
    constexpr std::string_view punctuation = R"(!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~ )";
    return std::ranges::any_of(std::string_view("'\""), [&](char mark) {
        const auto open = text.find(mark);
        if (open == std::string_view::npos) return false;
        const auto quoted = text.substr(open, text.rfind(mark) - open);
        return quoted.find_first_not_of(punctuation) != std::string_view::npos;
    });
}

/// Adds the errors of a file's syntax without anything that the file says: which of its values are secrets is
/// known only when the scripts are read.
void report_unquoted(const Diagnostics& errors, std::string_view format, Diagnostics& diagnostics) {
    for (const auto& error : errors.sorted()) {
        if (error.severity != Severity::error) continue;
        const bool is_quiet = !quotes_words(error.message);
        diagnostics.error_without_line(error.span,
                                       is_quiet ? error.message : "this is not valid " + std::string(format),
                                       is_quiet && !quotes_words(error.hint) ? error.hint : "");
    }
}

}  // namespace

void read_vars_file(const std::string& path, std::vector<script::GivenVariable>& variables,
                    Diagnostics& diagnostics) {
    const auto source = syntax::load_file(path, diagnostics);
    if (source == nullptr) return;
    const auto format = syntax::format_by_extension(path) == syntax::Format::json ? syntax::Format::json
                                                                                  : syntax::Format::yaml;
    diagnostics.keep(source);
    Diagnostics syntax_errors;
    const auto documents = syntax::read(source, format, syntax_errors);
    if (syntax_errors.has_errors()) {
        report_unquoted(syntax_errors, format == syntax::Format::json ? "JSON" : "YAML", diagnostics);
        return;
    }
    if (documents.empty()) return;
    const auto root = documents.front()->root();
    if (documents.size() > 1 || !root.is(syntax::Type::map)) {
        diagnostics.error(root.span(), "a file of variables is one mapping of names and values");
        return;
    }
    root.for_each_entry([&](syntax::Node key, syntax::Node value) {
        const auto error = variable_name_error(key.text());
        if (!error.empty()) {
            diagnostics.error(key.span(), error);
        } else {
            variables.push_back({std::string(key.text()), script::literal_value(value),
                                 script::Spelling::value, quote_whole(key.text()), key.span(), true});
        }
    });
}

}  // namespace arun::app
