#include "commands/commands.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <string>

namespace arun::app {
namespace {

std::string flags_of(const OptionSpec& option) {
    std::string text = option.letter != 0 ? std::string("-") + option.letter + ", " : "    ";
    text += option.name;
    if (option.takes_value())
        text += ' ' + std::string(option.choices.empty() ? option.value : option.choices);
    return text;
}

std::string line(std::string_view left, std::string_view right, std::size_t width) {
    auto text = "  " + std::string(left);
    if (left.size() > width) {
        text += '\n' + std::string(width + 2, ' ');
    } else {
        text.append(width - left.size(), ' ');
    }
    return text + "  " + std::string(right) + '\n';
}

std::string commands_text() {
    std::string text;
    for (const auto& command : all_commands()) {
        auto left = "arun " + (command.command == Command::run ? "[run]" : std::string(command.name));
        if (!command.operands.empty()) left += ' ' + std::string(command.operands);
        text += line(left, command.summary, 31);
    }
    return text;
}

}  // namespace

std::string usage_text() {
    return "Usage: arun [OPTIONS] SCRIPT...\n\n"
           "Runs scripts of timed asynchronous jobs, in JSON or YAML.\n\n" +
           commands_text() + "\n'arun --help' lists the options, 'arun kinds' the kinds of jobs.\n";
}

std::string help_text(Command command) {
    const auto& spec = spec_of(command);
    std::string text;
    if (command == Command::run) {
        text =
            "Usage: arun [run] [OPTIONS] SCRIPT...\n\n"
            "Runs scripts of timed asynchronous jobs, in JSON, JSON Lines or YAML; '-' is standard input.\n\n"
            "Commands:\n" +
            commands_text();
    } else {
        text = "Usage: arun " + std::string(spec.name) + " [OPTIONS]";
        if (!spec.operands.empty()) text += ' ' + std::string(spec.operands);
        text += "\n\n";
        auto summary = std::string(spec.summary);
        summary[0] = upper(summary[0]);
        text += summary + ".\n";
    }
    text += "\nOptions:\n";
    for (const auto& option : all_options())
        if (option.is_of(command)) text += line(flags_of(option), option.help, 29);
    if (command == Command::run)
        text +=
            "\nExit status: 0 all well, 1 a job failed, 2 bad usage or script, 124 timed out,\n"
            "125 arun itself failed; by signal after SIGINT, SIGTERM or SIGHUP.\n"
            "See arun(1) and arun-script(5).\n";
    return text;
}

}  // namespace arun::app
