#include "cli/completions.hpp"
#include "base/text.hpp"

#include "cli/option_table.hpp"
#include "describe/topics.hpp"
#include "jobs/kind.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace arun::app {
namespace {

/// "auto|always|never" as words separated by blanks.
std::string words(std::string_view choices) {
    std::string text(choices);
    std::replace(text.begin(), text.end(), '|', ' ');
    return text;
}

std::string kind_names() {
    std::string text;
    for (const auto* kind : jobs::all_kinds()) text.append(text.empty() ? "" : " ").append(kind->name());
    return text;
}

std::string command_names(std::string_view separator) {
    std::string text;
    for (const auto& command : all_commands())
        text.append(text.empty() ? "" : separator).append(command.name);
    return text;
}

std::string option_names(Command command) {
    std::string text;
    for (const auto& option : all_options()) {
        if (!option.belongs_to(command)) continue;
        text.append(text.empty() ? "" : " ").append(option.name);
        if (option.letter != 0) text += std::string(" -") + option.letter;
    }
    return text;
}

/// --only and its like, whose values are names of jobs.
bool takes_job(const OptionSpec& option) {
    return option.value == "JOB";
}

std::string topics() {
    return join(help_topics(), " ");
}

/// The extensions of scripts.
constexpr std::array<std::string_view, 5> extensions{"yaml", "yml", "json", "jsonl", "ndjson"};

bool takes_file(const OptionSpec& option) {
    return option.value == "FILE";
}

std::string bash_words(std::string_view shell_words) {
    return "mapfile -t COMPREPLY < <(compgen -W " + std::string(shell_words) + " -- \"$word\")";
}

std::string bash() {
    std::string commands;
    for (const auto& command : all_commands()) {
        commands.append("    ").append(command.name).append(") options=");
        commands += in_single_quotes(option_names(command.command));
        if (!command.report_formats.empty())
            commands += " formats=" + in_single_quotes(words(command.report_formats));
        commands += " ;;\n";
    }
    std::string values;
    for (const auto& option : all_options()) {
        if (!option.takes_value()) continue;
        values.append("    ").append(option.name).append(") ");
        if (option.list == &RawOptions::reports) {
            values += bash_words("\"$formats\"");
        } else if (!option.choices.empty()) {
            values += bash_words(in_single_quotes(words(option.choices)));
        } else if (takes_file(option)) {
            values += "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$word\")";
        } else if (takes_job(option)) {
            values += "mapfile -t COMPREPLY < <(_arun_jobs \"$script\" | _arun_matching \"$word\")";
        } else if (option.list == &RawOptions::variables) {
            values +=
                "compopt -o nospace; mapfile -t COMPREPLY < <(_arun_inputs \"$script\" | _arun_matching "
                "\"$word\")";
        } else {
            values += "COMPREPLY=()";
        }
        values += "; return ;;\n";
    }
    return R"(# bash completion for arun
# What a script knows: the names of its inputs and variables with '=', and of its jobs.
_arun_inputs() { [[ -z $1 ]] || "${COMP_WORDS[0]}" help "$1" 2>/dev/null | sed -n 's/^  \([A-Za-z_][A-Za-z0-9_-]*\)[= ].*/\1=/p'; }
# The values that an input can have, if they are listed: INPUT=ONE|TWO, up to two blanks.
_arun_values() {
    [[ -z $1 ]] || "${COMP_WORDS[0]}" help "$1" 2>/dev/null | sed -n "s/^  $2=//p" | sed 's/  .*//' | grep -F '|' | tr '|' '\n'
}
_arun_jobs() {
    [[ -z $1 ]] || "${COMP_WORDS[0]}" list "$1" 2>/dev/null |
        sed -n '2,$s/^  \([^ ]\( \{0,1\}[^ ]\)*\).*/\1/p'
}
# The lines that begin with a word, quoted for the shell. compgen -W would expand what is in them.
_arun_matching() {
    local line
    while IFS= read -r line; do
        [[ $line != "$1"* ]] || printf '%q\n' "$line"
    done
}
_arun() {
    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=run options formats script i
    for i in "${COMP_WORDS[@]:1}"; do
        [[ $i = *.@(yaml|yml|json) && -f $i ]] && script=$i
    done
    # bash splits --color=always into three words.
    [[ $previous = = ]] && previous=${COMP_WORDS[COMP_CWORD - 2]}
    [[ $word = = ]] && word= && previous=${COMP_WORDS[COMP_CWORD - 1]}
    if [[ ${COMP_WORDS[COMP_CWORD]} = = || ${COMP_WORDS[COMP_CWORD - 1]} = = ]] && [[ $previous != -* ]]; then
        mapfile -t COMPREPLY < <(_arun_values "$script" "$previous" | _arun_matching "$word")
        return
    fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        )" +
           command_names("|") +
           R"() command=${COMP_WORDS[i]}; break ;;
        esac
    done
    case $command in
)" + commands +
           R"(    esac
    case $previous in
)" + values +
           R"(    esac
    if [[ $word = -* ]]; then
        )" +
           bash_words("\"$options\"") +
           R"(
    elif [[ $command = kinds ]]; then
        )" +
           bash_words(in_single_quotes(kind_names())) +
           R"(
    elif [[ $command = help && $word != *[./]* ]]; then
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -W )" +
           in_single_quotes(topics()) + R"( -- "$word"; _arun_files "$word")
    elif [[ $command = completions ]]; then
        )" +
           bash_words(in_single_quotes(words(spec_of(Command::completions).operand_choices))) +
           R"(
    elif [[ $command != schema ]]; then
        compopt -o filenames
        mapfile -t COMPREPLY < <(_arun_files "$word"; _arun_inputs "$script" | _arun_matching "$word"
            [[ $COMP_CWORD != 1 ]] || compgen -W )" +
           in_single_quotes(command_names(" ")) + R"( -- "$word")
        [[ ${COMPREPLY[*]} != *= ]] || compopt -o nospace +o filenames
    fi
}
_arun_files() {
    local extension
    for extension in )" +
           join(extensions, " ") + R"(; do compgen -f -X "!*.$extension" -- "$1"; done
    compgen -d -- "$1"
}
complete -F _arun arun
)";
}

std::string zsh_option(const OptionSpec& option, Command command) {
    auto help = std::string(option.help);
    for (std::size_t i = 0; (i = help.find_first_of("[]:", i)) != std::string::npos; i += 2)
        help.insert(i, "\\");
    std::string value;
    if (option.takes_value()) {
        value = ":" + std::string(option.value) + ":";
        const auto choices = option.choices_for(command);
        if (!choices.empty()) value += '(' + words(choices) + ')';
        if (takes_file(option)) value += "_files";
        if (takes_job(option)) value += "_arun_jobs";
        if (option.list == &RawOptions::variables) value += "_arun_inputs";
    }
    const std::string repeat = option.list != nullptr ? "*" : "";
    auto text = in_single_quotes(repeat + std::string(option.name) + (option.takes_value() ? "=" : "") + '[' +
                                 help + ']' + value);
    if (option.letter != 0)
        text += ' ' + in_single_quotes(std::string("-") + option.letter + '[' + help + ']' + value);
    return text;
}

std::string zsh_operands(const CommandSpec& command) {
    if (command.operands.empty()) return {};
    if (!command.operand_choices.empty())
        return in_single_quotes("1:shell:(" + words(command.operand_choices) + ')');
    if (command.command == Command::kinds) return in_single_quotes("*:kind:(" + kind_names() + ')');
    const auto files = "_files -g \"*.(" + join(extensions, "|") + ")\"";
    if (command.command == Command::help)
        return "'1:topic:{_alternative \"topics:topic:(" + topics() + ")\" \"files:script:_files\"}'";
    if (command.command == Command::list) return "'*:script:" + files + "'";
    const std::string more =
        command.command == Command::run ? " \"commands:command:(" + command_names(" ") + ")\"" : "";
    return "'*:script:{_alternative \"files:script:_arun_files\" \"inputs:input:_arun_inputs\"" + more + "}'";
}

std::string zsh() {
    std::string text =
        "#compdef arun\n# zsh completion for arun: a file of $fpath, or source <(arun completions zsh)\n"
        "_arun_script() {\n    local i\n    for i in ${words[2,-1]}; do\n"
        "        [[ $i = *.(yaml|yml|json) && -f $i ]] && print -r -- $i && return\n    done\n    return "
        "1\n}\n"
        "_arun_files() { _files -g '*.(" +
        join(extensions, "|") +
        ")' }\n"
        "_arun_inputs() {\n    local script\n    script=$(_arun_script) || return 1\n"
        "    compadd -S '' -- ${(f)\"$(${words[1]} help $script 2>/dev/null | sed -n "
        "'s/^  \\([A-Za-z_][A-Za-z0-9_-]*\\)[= ].*/\\1=/p')\"}\n}\n"
        "_arun_jobs() {\n    local script\n    script=$(_arun_script) || return 1\n"
        "    compadd -- ${(f)\"$(${words[1]} list $script 2>/dev/null | "
        "sed -n '2,$s/^  \\([^ ]\\( \\{0,1\\}[^ ]\\)*\\).*/\\1/p')\"}\n}\n"
        "_arun() {\n    local command=run i\n"
        "    for ((i = 2; i < CURRENT; i++)); do\n        case ${words[i]} in\n        ";
    text += command_names("|") +
            ") command=${words[i]}; words[i]=(); ((CURRENT--)); break ;;\n        esac\n    done\n"
            "    case $command in\n";
    for (const auto& command : all_commands()) {
        text.append("    ").append(command.name).append(")\n        _arguments -s");
        for (const auto& option : all_options())
            if (option.belongs_to(command.command))
                text += " \\\n            " + zsh_option(option, command.command);
        if (const auto operands = zsh_operands(command); !operands.empty())
            text += " \\\n            " + operands;
        text += "\n        ;;\n";
    }
    // Sourced, it has nothing to complete yet.
    return text +
           "    esac\n}\nif [[ $funcstack[1] = _arun ]]; then _arun \"$@\"; else compdef _arun arun; fi\n";
}

/// The choices of an option, each with the commands that accept them.
std::vector<std::pair<std::string_view, std::vector<const CommandSpec*>>> choices_by_command(
    const OptionSpec& option) {
    std::vector<std::pair<std::string_view, std::vector<const CommandSpec*>>> groups;
    for (const auto& command : all_commands()) {
        if (!option.belongs_to(command.command)) continue;
        const auto choices = option.choices_for(command.command);
        auto group = std::ranges::find(groups, choices, [](const auto& g) { return g.first; });
        if (group == groups.end()) group = groups.insert(group, {choices, {}});
        group->second.push_back(&command);
    }
    return groups;
}

std::string fish() {
    std::string text = "# fish completion for arun\n";
    const auto seen = "__fish_seen_subcommand_from " + command_names(" ");
    for (const auto& command : all_commands())
        text += "complete -c arun -n " + in_single_quotes("not " + seen) + " -a " +
                std::string(command.name) + " -d " + in_single_quotes(command.summary) + '\n';
    for (const auto& option : all_options()) {
        for (const auto& [choices, commands] : choices_by_command(option)) {
            std::string condition = "__fish_seen_subcommand_from";
            for (const auto* command : commands) condition.append(" ").append(command->name);
            // Without a command the scripts are run.
            if (commands.front()->command == Command::run) condition.insert(0, "not " + seen + "; or ");
            text += "complete -c arun -n " + in_single_quotes(condition) + " -l " +
                    std::string(option.name.substr(2));
            if (option.letter != 0) text += std::string(" -s ") + option.letter;
            if (option.takes_value()) text += takes_file(option) ? " -r" : " -x";
            if (!choices.empty()) text += " -a " + in_single_quotes(words(choices));
            if (takes_job(option)) text += " -a '(__arun_jobs)'";
            text += " -d " + in_single_quotes(option.help) + '\n';
        }
    }
    const auto complete_operands = [&](std::string_view command, const std::string& operands) {
        text.append("complete -c arun -n '__fish_seen_subcommand_from ").append(command).append("' -x -a ");
        text += in_single_quotes(operands) + '\n';
    };
    complete_operands("kinds", kind_names());
    text += "complete -c arun -n '__fish_seen_subcommand_from help' -a " + in_single_quotes(topics()) + '\n';
    text +=
        "function __arun_script\n    for word in (commandline -opc)\n"
        "        if string match -qr '\\.(yaml|yml|json)$' -- $word; and test -f $word\n            echo "
        "$word\n"
        "            return\n        end\n    end\n    return 1\nend\n"
        "function __arun_jobs\n    arun list (__arun_script) 2>/dev/null | string match -rg '^  ([^ ](?: ?[^ "
        "])*)'\n"
        "end\n"
        "complete -c arun -n '__arun_script >/dev/null' -a \"(arun help (__arun_script) 2>/dev/null | string "
        "match -rg "
        "'^  ([A-Za-z_][A-Za-z0-9_-]*)[= ]' | string replace -r '\\$' '=')\"\n";
    complete_operands("completions", words(spec_of(Command::completions).operand_choices));
    return text;
}

}  // namespace

std::string completion_script(std::string_view shell) {
    if (shell == "bash") return bash();
    if (shell == "zsh") return zsh();
    if (shell == "fish") return fish();
    return {};
}

}  // namespace arun::app
