/// The commands that tell what arun knows: schema, kinds.
#include "base/suggestion.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "jobs/registry.hpp"
#include "script/compiler.hpp"
#include "script/describe.hpp"
#include "script/json_schema.hpp"

#include <string>
#include <vector>

namespace arun::app {

int schema_command(const Options& options, Terminal& terminal) {
    if (!options.operands.empty()) throw UsageError("'arun schema' takes no operand");
    return terminal.print(script::json_schema(jobs::all_kinds()));
}

int kinds_command(const Options& options, Terminal& terminal) {
    const auto all = jobs::all_kinds();
    if (options.operands.empty())
        return terminal.print(script::list_kinds(all) +
                              "\n'arun kinds KIND' shows one with its arguments.\n");
    const script::KindTable table(all);
    std::string text;
    for (const auto& name : options.operands) {
        const auto* kind = table.find(name);
        if (kind == nullptr) {
            std::vector<std::string_view> names;
            for (const auto* known : all) names.push_back(known->name());
            const auto hint = did_you_mean(name, names);
            throw UsageError("unknown kind of job " + quote(name) + (hint.empty() ? "" : "; ") + hint);
        }
        text += (text.empty() ? "" : "\n") + script::describe_kind(*kind);
    }
    return terminal.print(text);
}

}  // namespace arun::app
