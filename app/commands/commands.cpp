#include "commands/commands.hpp"

#include "base/diagnostic.hpp"
#include "base/suggestion.hpp"
#include "base/text.hpp"
#include "cli/completions.hpp"
#include "cli/help.hpp"
#include "commands/scripts.hpp"
#include "commands/selection.hpp"
#include "describe/json_schema.hpp"
#include "describe/kind_help.hpp"
#include "describe/script_help.hpp"
#include "describe/templates.hpp"
#include "describe/topics.hpp"
#include "jobs/kind.hpp"
#include "jobs/session.hpp"
#include "reports/github.hpp"
#include "reports/json.hpp"
#include "reports/plan_tree.hpp"
#include "script/compiler.hpp"

#include <unistd.h>
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace arun::app {
namespace {

/// Limits the plan of a script that never ends. Covers a day of one-second ticks, and takes less than a
/// second.
constexpr std::uint64_t max_plan_steps = 500'000;

/// Discards what the jobs of a plan print.
class NullOutput final : public jobs::Output {
public:
    /// Secrets are hidden in `messages` too.
    explicit NullOutput(jobs::Output& messages) : messages_(messages) {}
    void write(jobs::Stream, std::string_view, std::string_view) noexcept override {}
    void flush() noexcept override {}
    void write_part(const void*, jobs::Stream, std::string_view, std::string_view, bool) override {}
    void end_line(const void*) override {}
    int descriptor(jobs::Stream) const noexcept override { return -1; }
    bool broken() const noexcept override { return false; }
    void hide(std::string_view secret) override { messages_.hide(secret); }

private:
    jobs::Output& messages_;
};

}  // namespace

void show_usage(const Scripts& scripts, Terminal& terminal) {
    for (const auto* script : scripts.wrong_inputs)
        terminal.output().say(usage_of(*script) + inputs_of(*script));
}

int check_command(const Options& options, Terminal& terminal) {
    Scripts scripts;
    load(scripts, options, terminal.output());
    const auto& secrets = terminal.output().secrets();
    const bool failed = scripts.diagnostics.has_errors();
    int status = failed ? exit_usage : 0;
    for (const auto& report : options.reports) {
        const auto text = report.format == ReportFormat::github ? github_report(scripts.diagnostics, secrets)
                                                                : json_report(scripts.diagnostics, secrets);
        status = std::max(status, terminal.deliver("--report", report.file, text));
    }
    if (!options.takes_stdout() && (failed || !options.quiet)) {
        terminal.show(scripts.diagnostics);
        show_usage(scripts, terminal);
    }
    return status;
}

int plan_command(const Options& options, Terminal& terminal) {
    Scripts scripts;
    load(scripts, options, terminal.output());
    if (scripts.diagnostics.has_errors()) {
        terminal.show(scripts.diagnostics);
        show_usage(scripts, terminal);
        return exit_usage;
    }
    if (!options.quiet) terminal.show(scripts.diagnostics);

    auto session = options.session;
    session.variables = scripts.variables;
    session.max_steps = max_plan_steps;
    session.planning = true;
    NullOutput output(terminal.output());
    PlanTree tree;
    const auto run_result = jobs::run_session(scripts.list, scripts.compilation, session, output, tree);
    const bool complete = !run_result.stopped && run_result.internal.empty();
    tree.mask(terminal.output().secrets());
    int status = 0;
    for (const auto& report : options.reports)
        status = std::max(status, terminal.deliver("--report", report.file, tree.json(complete)));
    const auto warnings = tree.warnings();
    if (options.strict && !warnings.empty()) status = std::max(status, exit_usage);
    if (options.takes_stdout()) return status;
    status = std::max(status, terminal.print(tree.text(complete)));
    if (!options.quiet) terminal.show(warnings);
    if (run_result.stopped) terminal.message("the plan does not seem to end; only its beginning is shown");
    if (!run_result.internal.empty()) terminal.message(run_result.internal);
    return status;
}

int list_command(const Options& options, Terminal& terminal) {
    Scripts scripts;
    load(scripts, options, terminal.output());
    if (scripts.diagnostics.has_errors()) {
        terminal.show(scripts.diagnostics);
        return exit_usage;
    }
    std::string text;
    for (const auto& script : scripts.list) text += list_jobs(*script);
    return terminal.print(terminal.output().masked(text));
}

int init_command(const Options& options, Terminal& terminal) {
    if (options.operands.size() > 1) throw UsageError("'arun init' takes the name of one file");
    const std::filesystem::path path = options.operands.empty() ? "jobs.yaml" : options.operands.front();
    if (syntax::format_by_extension(path.string()) != syntax::Format::yaml)
        throw UsageError("'arun init' writes YAML: the name of the file ends with .yaml or .yml");
    if (std::filesystem::exists(path)) throw UsageError(quote_whole(path.string()) + " is there already");
    const auto schema = path.parent_path() / "arun-schema.json";
    // Where editors with the YAML language server look for it.
    const auto text = "# yaml-language-server: $schema=./arun-schema.json\n" +
                      std::string(template_text(options.script_template));
    int status = terminal.deliver("init", path.string(), text);
    if (status == 0 && !std::filesystem::exists(schema))
        status = terminal.deliver("init", schema.string(), json_schema(jobs::all_kinds()));
    if (status != 0) return status;
    return terminal.print("wrote " + path.string() + ", which 'arun " + path.string() +
                          "' runs, and arun-schema.json, by which editors check it\n");
}

int help_command(const Options& options, Terminal& terminal) {
    if (options.operands.empty())
        return terminal.print(overview_text() + "\nTopics:\n" + list_topics() +
                              "\narun-cookbook(7) has recipes.\n");
    if (options.operands.size() != 1) throw UsageError("'arun help' takes one topic or script");
    const auto& operand = options.operands.front();
    if (const auto text = help_on(operand)) return terminal.print(*text);
    if (operand != "-" && ::access(operand.c_str(), F_OK) != 0) {
        const auto hint = did_you_mean(operand, help_words(), "'arun help' lists the topics");
        throw UsageError("there is neither a topic nor a script " + quote(operand) + "; " + hint);
    }
    Scripts scripts;
    load(scripts, options, terminal.output());
    if (scripts.diagnostics.has_errors()) {
        terminal.show(scripts.diagnostics);
        return exit_usage;
    }
    std::string text;
    for (const auto& script : scripts.list) text += (text.empty() ? "" : "\n") + describe_script(*script);
    return terminal.print(terminal.output().masked(text));
}

int schema_command(const Options& options, Terminal& terminal) {
    if (!options.operands.empty()) throw UsageError("'arun schema' takes no operands");
    return terminal.print(json_schema(jobs::all_kinds()));
}

int kinds_command(const Options& options, Terminal& terminal) {
    const auto all = jobs::all_kinds();
    if (options.operands.empty())
        return terminal.print(list_kinds(all) + "\n'arun help KIND' describes one with its arguments.\n");
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
        text += (text.empty() ? "" : "\n") + describe_kind(*kind);
    }
    return terminal.print(text);
}

int completions_command(const Options& options, Terminal& terminal) {
    if (options.operands.size() != 1)
        throw UsageError("'arun completions' takes the name of a shell: bash, zsh or fish");
    const auto& shell = options.operands.front();
    const auto script = completion_script(shell);
    if (script.empty())
        throw UsageError("no completions for " + quote(shell) + "; there are bash, zsh and fish");
    return terminal.print(script);
}

}  // namespace arun::app
