/// Completions for shells, made of the same tables as the parser.
#include "base/text.hpp"
#include "commands.hpp"
#include "jobs/registry.hpp"

#include <algorithm>
#include <string>

namespace arun::app {
namespace {

std::string words(std::string_view choices) {
    std::string text(choices);
    std::replace(text.begin(), text.end(), '|', ' ');
    return text;
}

std::string kind_names() {
    std::string text;
    for (const auto* kind : jobs::all_kinds()) text += (text.empty() ? "" : " ") + std::string(kind->name());
    return text;
}

std::string command_names() {
    std::string text;
    for (const auto& command : all_commands()) text += (text.empty() ? "" : " ") + std::string(command.name);
    return text;
}

std::string option_names(Command command) {
    std::string text;
    for (const auto& option : all_options()) {
        if (!option.is_of(command)) continue;
        text += (text.empty() ? "" : " ") + std::string(option.name);
        if (option.letter != 0) text += std::string(" -") + option.letter;
    }
    return text;
}

/// In a shell's single quotes.
std::string shell_quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

bool takes_file(const OptionSpec& option) {
    return option.value == "FILE";
}

std::string bash() {
    std::string options;
    for (const auto& command : all_commands())
        options += "    " + std::string(command.name) +
                   ") options=" + shell_quoted(option_names(command.command)) + " ;;\n";
    std::string values;
    for (const auto& option : all_options()) {
        if (!option.takes_value()) continue;
        values += "    " + std::string(option.name) + ") ";
        if (!option.choices.empty()) {
            values += "mapfile -t COMPREPLY < <(compgen -W " + shell_quoted(words(option.choices)) +
                      " -- \"$word\") ;;\n";
        } else if (takes_file(option)) {
            values += "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$word\") ;;\n";
        } else {
            values += "COMPREPLY=() ;;\n";
        }
        values.insert(values.size() - 4, "; return");
    }
    return R"(# bash completion for arun
_arun() {
    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=run options i
    # bash takes --color=always apart.
    [[ $previous = = ]] && previous=${COMP_WORDS[COMP_CWORD - 2]}
    [[ $word = = ]] && word= && previous=${COMP_WORDS[COMP_CWORD - 1]}
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        )" +
           std::string([] {
               std::string text;
               for (const auto& command : all_commands())
                   text += (text.empty() ? "" : "|") + std::string(command.name);
               return text;
           }()) +
           R"() command=${COMP_WORDS[i]}; break ;;
        esac
    done
    case $previous in
)" + values +
           R"(    esac
    case $command in
)" + options +
           R"(    esac
    if [[ $word = -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
    elif [[ $command = kinds ]]; then
        mapfile -t COMPREPLY < <(compgen -W )" +
           shell_quoted(kind_names()) + R"( -- "$word")
    elif [[ $command = completions ]]; then
        mapfile -t COMPREPLY < <(compgen -W 'bash zsh fish' -- "$word")
    elif [[ $command != schema ]]; then
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$word"; [[ $COMP_CWORD != 1 ]] || compgen -W )" +
           shell_quoted(command_names()) + R"( -- "$word")
    fi
}
complete -F _arun arun
)";
}

std::string zsh_option(const OptionSpec& option) {
    auto help = std::string(option.help);
    for (std::size_t i = 0; (i = help.find_first_of("[]:", i)) != std::string::npos; i += 2)
        help.insert(i, "\\");
    std::string value;
    if (option.takes_value()) {
        value = ":" + std::string(option.value) + ":";
        if (!option.choices.empty()) value += '(' + words(option.choices) + ')';
        if (takes_file(option)) value += "_files";
    }
    const std::string repeat = option.list != nullptr ? "*" : "";
    auto text = shell_quoted(repeat + std::string(option.name) + (option.takes_value() ? "=" : "") + '[' +
                             help + ']' + value);
    if (option.letter != 0)
        text += ' ' + shell_quoted(std::string("-") + option.letter + '[' + help + ']' + value);
    return text;
}

std::string zsh() {
    std::string text =
        "#compdef arun\n# zsh completion for arun\n_arun() {\n    local command=run i\n"
        "    for ((i = 2; i < CURRENT; i++)); do\n        case ${words[i]} in\n        ";
    std::string names;
    for (const auto& command : all_commands())
        names += (names.empty() ? "" : "|") + std::string(command.name);
    text += names +
            ") command=${words[i]}; words[i]=(); ((CURRENT--)); break ;;\n        esac\n    done\n"
            "    case $command in\n";
    for (const auto& command : all_commands()) {
        text += "    " + std::string(command.name) + ")\n        _arguments -s";
        for (const auto& option : all_options())
            if (option.is_of(command.command)) text += " \\\n            " + zsh_option(option);
        std::string operand = "'*:script:_files'";
        if (command.command == Command::run)
            operand = "'*:script:{_alternative \"files:script:_files\" \"commands:command:(" +
                      command_names() + ")\"}'";
        if (command.command == Command::kinds) operand = shell_quoted("*:kind:(" + kind_names() + ')');
        if (!command.choices.empty()) operand = shell_quoted("1:shell:(" + words(command.choices) + ')');
        if (command.operands.empty()) operand.clear();
        if (!operand.empty()) text += " \\\n            " + operand;
        text += "\n        ;;\n";
    }
    return text + "    esac\n}\n_arun \"$@\"\n";
}

std::string fish() {
    std::string text = "# fish completion for arun\n";
    const auto seen = "__fish_seen_subcommand_from " + command_names();
    for (const auto& command : all_commands())
        text += "complete -c arun -n " + shell_quoted("not " + seen) + " -a " + std::string(command.name) +
                " -d " + shell_quoted(command.summary) + '\n';
    for (const auto& option : all_options()) {
        std::string condition;
        for (const auto& command : all_commands())
            if (option.is_of(command.command)) condition += ' ' + std::string(command.name);
        const bool of_run = option.is_of(Command::run);
        text += "complete -c arun -n " +
                shell_quoted((of_run ? "not " + seen + "; or " : "") + "__fish_seen_subcommand_from" +
                             condition) +
                " -l " + std::string(option.name.substr(2));
        if (option.letter != 0) text += std::string(" -s ") + option.letter;
        if (option.takes_value()) text += takes_file(option) ? " -r" : " -x";
        if (!option.choices.empty()) text += " -a " + shell_quoted(words(option.choices));
        text += " -d " + shell_quoted(option.help) + '\n';
    }
    text +=
        "complete -c arun -n '__fish_seen_subcommand_from kinds' -x -a " + shell_quoted(kind_names()) + '\n';
    text += "complete -c arun -n '__fish_seen_subcommand_from completions' -x -a 'bash zsh fish'\n";
    return text;
}

}  // namespace

int completions_command(const Options& options, Terminal& terminal) {
    if (options.operands.size() != 1)
        throw UsageError("'arun completions' takes the name of a shell: bash, zsh or fish");
    const auto& shell = options.operands.front();
    if (shell == "bash") return terminal.print(bash());
    if (shell == "zsh") return terminal.print(zsh());
    if (shell == "fish") return terminal.print(fish());
    throw UsageError("no completions for " + quote(shell) + "; there are some for bash, zsh and fish");
}

}  // namespace arun::app
