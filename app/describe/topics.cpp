#include "describe/topics.hpp"

#include "cli/help.hpp"
#include "cli/option_table.hpp"
#include "describe/columns.hpp"
#include "describe/kind_help.hpp"
#include "jobs/kind.hpp"
#include "script/compiler.hpp"
#include "script/functions.hpp"

#include <algorithm>
#include <array>

namespace arun::app {
namespace {

std::string kinds() {
    return list_kinds(jobs::all_kinds()) + "\n'arun help KIND' describes one with its arguments.\n";
}

std::string modifiers() {
    return "These keys may stand beside the kind of any job:\n\n" + describe_fields(script::modifier_schema) +
           "\nA mapping after 'retry' has these keys:\n\n" + describe_fields(script::retry_schema) +
           "\nFrom the outside in: background, if, continue_on_error, finally, on_exit,\n"
           "capture, timeout, retry, context, ready, and the job itself.\n";
}

std::string script_keys() {
    return "A script is a list of jobs, or a mapping with these keys:\n\n" +
           describe_fields(script::script_schema) +
           "\nEach of the 'inputs' is a mapping with these keys:\n\n" +
           describe_fields(script::input_schema) +
           "\nKeys that begin with 'x-' are ignored, and can hold YAML anchors.\n";
}

std::string expressions() {
    std::string out =
        "'${{ EXPR }}' may stand in any text. Alone in a text it keeps its type. 'if',\n"
        "'until' and 'assert' take an expression without '${{ }}' too.\n"
        "\nValues:\n\n" +
        in_columns(std::vector<Columns>{
            {"NAME", "a variable, an input, or the item of a for_each"},
            {"env.NAME", "an environment variable, or null"},
            {"jobs.ID.result", "the result of a job; also .outcome and .error"},
            {"loop.index", "the number of the round, from 1"},
            {"script.dir, script.name", "of the file that the expression is in"},
            {"run.id, run.host", "a text for this run alone, and the machine"},
            {"1, 'text', true, null", "literals; '' in a text is a quote"},
        }) +
        "\nOperators, from the tightest to the loosest:\n\n" +
        in_columns(std::vector<Columns>{
            {"a.b  a[0]  a.*", "property, item, all items"},
            {"!a  -a", "not, negative"},
            {"*  /  %", "product, quotient, remainder"},
            {"+  -", "sum, difference: 'n - 1', since 'n-1' is a name"},
            {"<  <=  >  >=", "comparison"},
            {"==  !=", "equality"},
            {"&&  ||", "one of the two operands, as in JavaScript"},
        }) +
        "\nFunctions:\n\n";
    std::vector<Columns> rows;
    for (const auto& function : script::functions())
        rows.push_back({std::string(function.usage), std::string(function.help)});
    return out + in_columns(rows);
}

std::string exit_status() {
    return in_columns(std::vector<Columns>{
               {"0", "every job ended well, or was allowed to fail"},
               {"1", "a job, an assertion or an expectation failed; or what 'fail: {exit}' gives"},
               {"2", "bad usage or a bad script; nothing ran"},
               {"124", "the first failure was a timeout, as of timeout(1)"},
               {"125", "arun itself failed: output could not be written, no memory, a deadlock"},
               {"129, 130, 143", "SIGHUP, SIGINT or SIGTERM, after the clean-up"},
           }) +
           "\nWhere several apply: 125, then the signal, then 2, then the first failure that\n"
           "was not allowed. With --exit-code, a failure of a child process gives its own\n"
           "status, 128 and the number for a signal.\n";
}

std::string reports() {
    return in_columns(std::vector<Columns>{
               {"--report junit=FILE", "JUnit's XML, for CI systems"},
               {"--report tap=FILE", "the Test Anything Protocol"},
               {"--report json=FILE", "everything as one JSON document"},
               {"--report github", "annotations, and a summary of the step"},
               {"--events FILE", "every event as a line of JSON, as it happens"},
               {"--trace FILE", "trace events for Perfetto"},
               {"--timeline FILE.html", "a page about the run; FILE.svg for a picture, '-' for text"},
           }) +
           "\nWithout =FILE a report takes standard output, and the output of jobs moves to\n"
           "standard error. --report may be repeated.\n";
}

struct Topic {
    std::string_view name;
    std::string_view help;
    std::string (*text)();
};

constexpr std::array topics{
    Topic{"script", "the keys of a script, and its inputs", script_keys},
    Topic{"kinds", "the kinds of jobs; 'arun help sleep' describes one", kinds},
    Topic{"modifiers", "what may stand beside any kind", modifiers},
    Topic{"expressions", "operators and functions in ${{ }}", expressions},
    Topic{"exit-status", "what the exit status means", exit_status},
    Topic{"reports", "reports, events and timelines", reports},
};

/// Of the keys, the one of that name; empty if there is none.
std::string describe_key(const script::ArgumentSchema& schema, std::string_view name) {
    const auto found = std::ranges::find(schema.fields, name, &script::ArgumentSpec::name);
    if (found == schema.fields.end()) return {};
    return describe_fields({schema.name, std::span(&*found, 1), {}});
}

/// What a word of a script is; empty if it is none.
std::string describe_word(std::string_view name) {
    std::string out;
    const auto add = [&](std::string_view what, const std::string& text, std::string_view topic) {
        if (text.empty()) return;
        out += (out.empty() ? "'" : "\n'") + std::string(name) + "' is " + std::string(what) + ":\n\n" +
               text + "\n'arun help " + std::string(topic) + "' describes the others.\n";
    };
    auto modifier = describe_key(script::modifier_schema, name);
    if (name == "retry")
        modifier += "\nA mapping has these keys:\n\n" + describe_fields(script::retry_schema);
    add("a key beside the kind of any job", modifier, "modifiers");
    auto key = describe_key(script::script_schema, name);
    if (name == "inputs")
        key += "\nEach of them is a mapping with these keys:\n\n" + describe_fields(script::input_schema);
    add("a key of a script", key, "script");
    // Kinds with the same argument share its text.
    std::vector<std::pair<std::string, std::vector<std::string_view>>> arguments;
    for (const auto* kind : jobs::all_kinds()) {
        auto text = describe_key(kind->schema, name);
        if (text.empty()) continue;
        const auto same = std::ranges::find(arguments, text, [](const auto& one) { return one.first; });
        if (same != arguments.end()) {
            same->second.push_back(kind->name());
        } else {
            arguments.push_back({std::move(text), {kind->name()}});
        }
    }
    for (const auto& [text, kind_names] : arguments)
        add("an argument of " + join(kind_names, ", "), text, kind_names.front());
    for (const auto& function : script::functions()) {
        if (function.name != name) continue;
        add("a function of expressions",
            in_columns(std::vector<Columns>{{std::string(function.usage), std::string(function.help)}}),
            "expressions");
    }
    return out;
}

}  // namespace

std::optional<std::string> help_on(std::string_view name) {
    if (const auto found = std::ranges::find(topics, name, &Topic::name); found != topics.end())
        return found->text();
    const auto all = jobs::all_kinds();
    const auto* command = find_command(name);
    // `run` is both.
    std::string text;
    if (const auto* kind = script::KindTable(all).find(name)) text = describe_kind(*kind);
    if (command != nullptr) text += (text.empty() ? "" : "\n") + help_text(command->command);
    if (text.empty()) text = describe_word(name);
    constexpr std::array roots{"env", "jobs", "loop", "run", "script"};
    if (text.empty() && std::ranges::find(roots, name.substr(0, name.find('.'))) != roots.end())
        return expressions();
    if (text.empty()) return std::nullopt;
    return text;
}

std::vector<std::string_view> help_topics() {
    std::vector<std::string_view> names;
    for (const auto& topic : topics) names.push_back(topic.name);
    for (const auto& command : all_commands()) names.push_back(command.name);
    for (const auto* kind : jobs::all_kinds()) names.push_back(kind->name());
    return names;
}

std::vector<std::string_view> help_words() {
    auto names = help_topics();
    for (const auto* schema : {&script::modifier_schema, &script::script_schema})
        for (const auto& field : schema->fields) names.push_back(field.name);
    for (const auto* kind : jobs::all_kinds())
        for (const auto& field : kind->schema.fields) names.push_back(field.name);
    for (const auto& function : script::functions()) names.push_back(function.name);
    return names;
}

std::string list_topics() {
    std::vector<Columns> rows;
    for (const auto& topic : topics)
        rows.push_back({"arun help " + std::string(topic.name), std::string(topic.help)});
    return in_columns(rows);
}

}  // namespace arun::app
