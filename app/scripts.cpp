#include "scripts.hpp"

#include "base/quote.hpp"
#include "doc/load.hpp"
#include "jobs/registry.hpp"
#include "plan/outside.hpp"

#include <unistd.h>
#include <cstdlib>
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

/// What --var gives has the type of what the script declares: where that is literal, it is known now whether
/// it can.
void check_variables(Scripts& scripts, const Options& options) {
    for (const auto& script : scripts.list) {
        for (const auto& variable : script->body.variables) {
            if (variable.symbol == nullptr || variable.value->literal == nullptr) continue;
            for (const auto& [name, text] : options.session.variables) {
                if (name != variable.symbol->name) continue;
                const auto value = plan::outside_value(text, variable.value->literal->type());
                if (!value) scripts.diagnostics.error(variable.span, "--var " + name + ": " + value.error());
            }
        }
    }
}

/// What a secret has for a value before anything runs: messages may show it already.
void hide_secrets(const Scripts& scripts, const Options& options, jobs::Output& output) {
    const auto& symbols = scripts.universe.symbols;
    if (symbols.secrets().empty()) return;
    plan::hide_literals(scripts.universe, [&](std::string_view value) { output.hide(value); });
    for (const auto* entries : {&options.session.variables, &options.session.environment})
        for (const auto& [name, value] : *entries)
            if (symbols.is_secret(name)) output.hide(value);
    for (const auto& name : symbols.secrets())
        if (const char* value = std::getenv(name.c_str())) output.hide(value);
}

}  // namespace

Scripts::Scripts() : kinds(jobs::all_kinds()), universe(kinds) {}

void load(Scripts& scripts, const Options& options, jobs::Output& output) {
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
    check_variables(scripts, options);
    plan::check_names(scripts.universe, scripts.diagnostics);
    hide_secrets(scripts, options, output);
}

}  // namespace arun::app
