/// The commands that tell what arun knows: schema, kinds.
#include "base/diagnostic.hpp"
#include "base/quote.hpp"
#include "commands.hpp"
#include "describe/json_schema.hpp"
#include "describe/kind_help.hpp"
#include "jobs/registry.hpp"
#include "script/compiler.hpp"

#include <string>
#include <vector>

namespace arun::app {

int schema_command(const Options& options, Terminal& terminal) {
    if (!options.operands.empty()) throw UsageError("'arun schema' takes no operand");
    return terminal.print(json_schema(jobs::all_kinds()));
}

int kinds_command(const Options& options, Terminal& terminal) {
    const auto all = jobs::all_kinds();
    if (options.operands.empty())
        return terminal.print(list_kinds(all) + "\n'arun kinds KIND' shows one with its arguments.\n");
    const script::KindTable table(all);
    std::string text;
    for (const auto& name : options.operands) {
        const auto* kind = table.find(name);
        if (kind == nullptr) {
            const auto guess = closest(name, table.names());
            throw UsageError("unknown kind of job " + quote(name) +
                             (guess.empty() ? std::string() : "; did you mean " + quote(guess) + "?"));
        }
        text += (text.empty() ? "" : "\n") + describe_kind(*kind);
    }
    return terminal.print(text);
}

}  // namespace arun::app
