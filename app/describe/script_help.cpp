#include "describe/script_help.hpp"

#include "base/text.hpp"
#include "describe/columns.hpp"
#include "script/inputs.hpp"
#include "script/names.hpp"

#include <string_view>
#include <vector>

namespace arun::app {
namespace {

using script::Input;

std::string operand_of(const script::Script& script) {
    // Of JSON Lines, each line is a source.
    const auto name = script.sources.empty() ? std::string(script.body.name) : script.sources.front()->name();
    return name == "<stdin>" ? "-" : name;
}

std::string default_of(const script::ValueTemplate& value) {
    if (value.literal != nullptr) return one_line(value.literal->to_text());
    return value.span.source != nullptr ? one_line(value.span.source->text().substr(
                                              value.span.begin, value.span.end - value.span.begin))
                                        : std::string("computed");
}

std::string meaning_of(const Input& input) {
    auto text = one_line(trim(input.description));
    const auto add = [&](const std::string& more) { text += (text.empty() ? "" : " ") + more; };
    if (input.required) add("(required)");
    if (input.fallback != nullptr)
        add("(default: " + (input.symbol->secret ? std::string("***") : default_of(*input.fallback)) + ")");
    return text;
}

}  // namespace

std::string usage_of(const script::Script& script) {
    std::string text = "usage: arun " + operand_of(script);
    for (const auto& input : script.body.inputs)
        if (input.required) text += ' ' + script::usage_of(input);
    for (const auto& input : script.body.inputs)
        if (!input.required) text += " [" + script::usage_of(input) + ']';
    return wrapped(text, 4, 0) + '\n';
}

std::string inputs_of(const script::Script& script) {
    std::vector<Columns> rows;
    for (const auto& input : script.body.inputs) rows.push_back({script::usage_of(input), meaning_of(input)});
    return in_columns(rows);
}

std::string describe_script(const script::Script& script) {
    const auto& body = script.body;
    std::string out(body.name);
    out += "\n\n";
    if (!body.description.empty()) out += std::string(trim(body.description)) + "\n\n";
    out += usage_of(script);
    if (!body.inputs.empty()) out += "\ninputs:\n" + inputs_of(script);
    std::vector<Columns> rows;
    for (const auto& variable : body.variables)
        rows.push_back(
            {variable.symbol->name, variable.symbol->secret ? "***" : default_of(*variable.value)});
    if (!rows.empty()) out += "\nvariables, which NAME=VALUE sets too:\n" + in_columns(rows);
    return out;
}

}  // namespace arun::app
