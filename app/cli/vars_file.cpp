#include "cli/vars_file.hpp"

#include "base/text.hpp"
#include "cli/options.hpp"
#include "script/template.hpp"
#include "syntax/load.hpp"

namespace arun::app {

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
        // Its text may be a secret of a script that is not read yet: only the place is told.
        const auto at = syntax_errors.sorted().front().span;
        const auto place = at.source != nullptr ? source->position(at.begin) : Position{};
        diagnostics.error({}, "cannot read " + quote_whole(path) + ": line " + std::to_string(place.line) +
                                  ", column " + std::to_string(place.column) + " is not valid " +
                                  (format == syntax::Format::json ? "JSON" : "YAML"));
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
