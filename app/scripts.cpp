#include "scripts.hpp"

#include "base/quote.hpp"
#include "doc/load.hpp"
#include "jobs/registry.hpp"

#include <unistd.h>
#include <utility>

namespace arun::app {
namespace {

std::shared_ptr<const Source> load_source(const std::string& operand, Diagnostics& diagnostics) {
    if (operand != "-") return doc::load_file(operand, diagnostics);
    return doc::load_fd(STDIN_FILENO, "<stdin>", diagnostics);
}

void load_one(Scripts& scripts, const std::string& operand, const Options& options) {
    auto source = load_source(operand, scripts.diagnostics);
    if (!source) return;
    auto format =
        options.format ? Result<doc::Format>(*options.format) : doc::format_for(operand, source->text());
    if (!format) {
        scripts.diagnostics.error({}, format.error());
        return;
    }
    for (auto& document : doc::read(source, *format, scripts.diagnostics))
        scripts.list.push_back(plan::compile(document, scripts.universe, scripts.diagnostics));
}

}  // namespace

Scripts::Scripts() : kinds(jobs::all_kinds()), universe(kinds) {}

void load(Scripts& scripts, const Options& options) {
    scripts.universe.isolated = options.session.isolated;
    for (const auto& [name, value] : options.session.variables) scripts.universe.define(name);
    if (options.operands.empty()) load_one(scripts, "-", options);
    bool stdin_taken = false;
    for (const auto& operand : options.operands) {
        if (operand == "-" && std::exchange(stdin_taken, true)) {
            scripts.diagnostics.error({}, "standard input can be read once only, but '-' is given twice");
            continue;
        }
        load_one(scripts, operand, options);
    }
    plan::check_names(scripts.universe, scripts.diagnostics);
}

}  // namespace arun::app
