#include "cli/help.hpp"

#include "base/ascii.hpp"

namespace arun::app {
namespace {

std::string flags_of(const OptionSpec& option, Command command) {
    std::string text = option.letter != 0 ? std::string("-") + option.letter + ", " : "    ";
    text += option.name;
    if (!option.takes_value()) return text;
    const auto choices = option.choices_for(command);
    return text.append(" ").append(choices.empty() ? option.value : choices);
}

std::string line(std::string_view left, std::string_view right, std::size_t width) {
    auto text = "  " + std::string(left);
    if (left.size() > width) {
        text += '\n' + std::string(width + 2, ' ');
    } else {
        text.append(width - left.size(), ' ');
    }
    return text.append("  ").append(right) + '\n';
}

std::string commands_text() {
    std::string text;
    for (const auto& command : all_commands()) {
        auto left = "arun " + (command.command == Command::run ? "[run]" : std::string(command.name));
        if (!command.operands.empty()) left.append(" ").append(command.operands);
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
        if (!spec.operands.empty()) text.append(" ").append(spec.operands);
        auto summary = std::string(spec.summary);
        summary[0] = upper(summary[0]);
        text += "\n\n" + summary + ".\n";
    }
    text += "\nOptions:\n";
    for (const auto& option : all_options())
        if (option.belongs_to(command)) text += line(flags_of(option, command), option.help, 29);
    if (command == Command::run)
        text +=
            "\nExit status: 0 success, 1 a job failed, 2 bad usage or script, 124 timed out,\n"
            "125 arun itself failed; killed by SIGINT, SIGTERM or SIGHUP after the clean-up.\n"
            "See arun(1) and arun-script(5).\n";
    return text;
}

}  // namespace arun::app
