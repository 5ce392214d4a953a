/// The commands and options of the command line, each once. The parser, --help and the completions are made
/// from this table, and a check compares the manual with it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace arun::app {

enum class Command : std::uint8_t {
    run,
    check,
    plan,
    replay,
    test,
    explore,
    list,
    init,
    help,
    schema,
    kinds,
    completions
};

struct CommandSpec {
    Command command;
    std::string_view name;
    std::string_view operands;  ///< as --help shows them: "SCRIPT..."
    std::string_view summary;
    std::string_view operand_choices = {};  ///< accepted operands, separated by '|'; empty: anything
    std::string_view report_formats = {};   ///< accepted values of --report, separated by '|'
};

/// Option values as the user typed them, not yet validated: one member for each option.
struct RawOptions {
    std::vector<std::string> variables;
    std::vector<std::string> vars_files;
    std::optional<std::string> env_file;
    std::vector<std::string> only;
    std::vector<std::string> skip;
    std::optional<std::string> from;
    std::optional<std::string> script_template;
    std::optional<std::string> format;
    bool on_virtual_clock = false;
    std::optional<std::string> start_time;
    std::optional<std::string> timeout;
    std::optional<std::string> grace;
    bool strict = false;
    bool keep_going = false;
    bool exit_code = false;
    bool isolated = false;
    bool debug = false;
    bool quiet = false;
    bool verbose = false;
    std::optional<std::string> progress;
    std::optional<std::string> color;
    std::vector<std::string> reports;
    std::optional<std::string> events;
    std::optional<std::string> trace;
    std::vector<std::string> timelines;
    std::optional<std::string> record;
    bool record_secrets = false;
    std::optional<std::string> speed;
    std::optional<std::string> until;
    bool update = false;
    bool pairs = false;
    bool step = false;
    std::vector<std::string> live;
    std::vector<std::string> breakpoints;
    std::optional<std::string> limit;
    std::optional<std::string> fault;
    std::vector<std::string> allow;
    bool help = false;
    bool version = false;
};

struct OptionSpec {
    std::string_view name;     ///< "--keep-going"
    char letter;               ///< 'k' for -k, or 0
    std::string_view value;    ///< placeholder for the value in --help; empty for a flag
    std::string_view choices;  ///< accepted values, separated by '|'; empty: anything
    std::string_view help;
    std::uint32_t commands;  ///< a bit for each Command that accepts it
    // Exactly one of the three is set.
    bool RawOptions::* flag = nullptr;
    std::optional<std::string> RawOptions::* text = nullptr;
    std::vector<std::string> RawOptions::* list = nullptr;

    bool belongs_to(Command command) const noexcept {
        return (commands >> static_cast<unsigned>(command) & 1U) != 0;
    }
    bool takes_value() const noexcept { return flag == nullptr; }
    /// The values accepted with `command`: `choices`, or the command's own report formats.
    std::string_view choices_for(Command command) const noexcept;
};

std::span<const CommandSpec> all_commands() noexcept;
std::span<const OptionSpec> all_options() noexcept;

const CommandSpec& spec_of(Command command) noexcept;
/// Whether its operands are scripts, and variables.
bool reads_scripts(Command command) noexcept;
/// Null if no command has that name.
const CommandSpec* find_command(std::string_view name) noexcept;
/// Null if no option has that name or letter.
const OptionSpec* find_option(std::string_view name) noexcept;
const OptionSpec* find_option(char letter) noexcept;

}  // namespace arun::app
