#include "script/cli_variables.hpp"

#include "base/text.hpp"

#include <map>
#include <string>
#include <string_view>

namespace arun::script {

Result<Value> parse_cli_variable(std::string_view text, Type declared) {
    auto mismatch = [&](std::string_view wanted) {
        return Error{"expected " + std::string(wanted) + ", not '" + std::string(text) + "'"};
    };
    switch (declared) {
        case Type::number: {
            const auto spelling = trim(text);
            const auto n = Number::parse(spelling);
            if (!n) return mismatch("a number");
            return Value::number(*n, spelling);
        }
        case Type::boolean:
            if (text != "true" && text != "false") return mismatch("true or false");
            return Value::boolean(text == "true");
        case Type::list:
        case Type::map: {
            auto value = parse_json(text);
            if (!value || value->type() != declared)
                return mismatch(declared == Type::list ? "a list in JSON" : "a mapping in JSON");
            return value;
        }
        case Type::null:
        case Type::string:
            break;
    }
    return Value::string(text);
}

void check_cli_variables(const Body& body, CliVariables variables, Diagnostics& diagnostics) {
    if (body.variables.empty()) return;
    std::multimap<std::string_view, std::string_view> given;
    for (const auto& [name, text] : variables) given.emplace(name, text);
    for (const auto& variable : body.variables) {
        if (variable.symbol == nullptr || variable.value->literal == nullptr) continue;
        const std::string_view name = variable.symbol->name;
        for (auto at = given.lower_bound(name); at != given.end() && at->first == name; ++at) {
            const auto value = parse_cli_variable(at->second, variable.value->literal->type());
            if (!value)
                diagnostics.error(variable.span, "--var " + std::string(name) + ": " + value.error().message);
        }
    }
}

}  // namespace arun::script
