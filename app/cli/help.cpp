#include "cli/help.hpp"

#include "base/ascii.hpp"
#include "describe/columns.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

namespace arun::app {
namespace {

std::string flags_of(const OptionSpec& option, std::string_view value) {
    std::string text = option.letter != 0 ? std::string("-") + option.letter + ", " : "    ";
    text += option.name;
    if (!option.takes_value()) return text;
    return text.append(" ").append(value);
}

std::string commands_text() {
    std::vector<Columns> rows;
    for (const auto& command : all_commands()) {
        auto left = "arun " + (command.command == Command::run ? "[run]" : std::string(command.name));
        if (!command.operands.empty()) left.append(" ").append(command.operands);
        rows.push_back({std::move(left), std::string(command.summary)});
    }
    return in_columns(rows);
}

/// Those that most people need.
constexpr std::array<std::string_view, 3> common_options{"--timeout", "--keep-going", "--report"};

std::string options_text(Command command) {
    std::vector<Columns> rows;
    for (const auto& option : all_options()) {
        if (!option.belongs_to(command)) continue;
        const auto choices = option.choices_for(command);
        rows.push_back(
            {flags_of(option, choices.empty() ? option.value : choices), std::string(option.help)});
    }
    return in_columns(rows);
}

std::string common_options_text() {
    std::vector<Columns> rows;
    for (const auto name : common_options)
        rows.push_back(
            {flags_of(*find_option(name), find_option(name)->value), std::string(find_option(name)->help)});
    return in_columns(rows);
}

}  // namespace

std::string usage_text() {
    return "Usage: arun [OPTIONS] SCRIPT...\n\n"
           "Runs scripts of timed asynchronous jobs, in JSON or YAML.\n\n" +
           commands_text() + "\n'arun --help' lists the options, 'arun help' the topics.\n";
}

std::string overview_text() {
    return "Usage: arun [run] [OPTIONS] SCRIPT... [NAME=VALUE...]\n\n"
           "Runs scripts of timed asynchronous jobs, in JSON, JSON Lines or YAML.\n\n" +
           commands_text() + "\nThe options used most:\n" + common_options_text() +
           "\nExit status: 0 success, 1 a job failed, 2 bad usage or script, 124 timed out.\n"
           "'arun help run' lists all options, 'arun help' the topics; see also arun(1).\n";
}

std::string help_text(Command command) {
    const auto& spec = spec_of(command);
    const bool is_run = command == Command::run;
    std::string text = "Usage: arun " + (is_run ? "[run]" : std::string(spec.name)) + " [OPTIONS]";
    if (!spec.operands.empty()) text.append(" ").append(spec.operands);
    if (reads_scripts(command)) text += " [NAME=VALUE...]";
    auto summary = std::string(spec.summary);
    summary[0] = upper(summary[0]);
    text += "\n\n" + summary + ".\n\nOptions:\n" + options_text(command);
    if (is_run)
        text +=
            "\nExit status: 0 success, 1 a job failed, 2 bad usage or script, 124 timed out,\n"
            "125 arun itself failed; killed by SIGINT, SIGTERM or SIGHUP after the clean-up.\n"
            "See arun(1) and arun-script(5).\n";
    if (command == Command::replay) text += "\nSee arun(1) and arun-tape(5).\n";
    if (command == Command::test) text += "\nSee arun-test(5).\n";
    if (command == Command::explore) text += "\nSee arun-explore(1).\n";
    return text;
}

}  // namespace arun::app
