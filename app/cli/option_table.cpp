#include "cli/option_table.hpp"

#include "describe/templates.hpp"

#include <algorithm>
#include <array>

namespace arun::app {
namespace {

using Raw = RawOptions;
using Text = std::string_view;

constexpr std::uint32_t bit(Command command) {
    return 1U << static_cast<unsigned>(command);
}
constexpr std::uint32_t run_only = bit(Command::run);
constexpr std::uint32_t run_and_plan = run_only | bit(Command::plan);
constexpr std::uint32_t with_scripts = run_and_plan | bit(Command::check);
constexpr std::uint32_t reading = with_scripts | bit(Command::list) | bit(Command::help);
constexpr std::uint32_t run_and_replay = run_only | bit(Command::replay);
constexpr std::uint32_t trying = bit(Command::test) | bit(Command::explore);
constexpr std::uint32_t reporting = with_scripts | bit(Command::replay) | trying;
constexpr std::uint32_t with_variables = with_scripts | bit(Command::explore);
constexpr std::uint32_t every_command = ~0U;

constexpr OptionSpec flag(Text name, char letter, std::uint32_t commands, bool Raw::* member, Text help) {
    return {name, letter, {}, {}, help, commands, member};
}
constexpr OptionSpec value(Text name, Text placeholder, std::uint32_t commands,
                           std::optional<std::string> Raw::* member, Text help) {
    return {name, 0, placeholder, {}, help, commands, nullptr, member};
}
constexpr OptionSpec choice(Text name, Text placeholder, Text choices, std::uint32_t commands,
                            std::optional<std::string> Raw::* member, Text help) {
    return {name, 0, placeholder, choices, help, commands, nullptr, member};
}
constexpr OptionSpec list(Text name, Text placeholder, std::uint32_t commands,
                          std::vector<std::string> Raw::* member, Text help) {
    return {name, 0, placeholder, {}, help, commands, nullptr, nullptr, member};
}

constexpr std::array<CommandSpec, 12> commands{{
    {Command::run, "run", "SCRIPT...", "run scripts; '-' is standard input", {}, "junit|tap|json|github"},
    {Command::check, "check", "SCRIPT...", "find every error, run nothing", {}, "json|github"},
    {Command::plan, "plan", "SCRIPT...", "show what would run when, run nothing", {}, "json"},
    {Command::replay,
     "replay",
     "TAPE [SCRIPT...]",
     "run a recorded run again, without the world",
     {},
     "junit|tap|json|github"},
    {Command::test, "test", "FILE...", "test scripts, without the world", {}, "junit|tap|json|github"},
    {Command::explore,
     "explore",
     "TAPE|TEST|SCRIPT",
     "find the faults that would go unnoticed",
     {},
     "junit|tap|json|github"},
    {Command::list, "list", "SCRIPT...", "name the jobs of a script"},
    {Command::init, "init", "[FILE]", "write a first script and its schema"},
    {Command::help, "help", "[TOPIC|SCRIPT]", "explain a topic, or the inputs of a script"},
    {Command::schema, "schema", "", "print the JSON Schema of a script"},
    {Command::kinds, "kinds", "[KIND...]", "list the kinds of jobs, or describe some"},
    {Command::completions, "completions", "bash|zsh|fish", "print completions for a shell", "bash|zsh|fish"},
}};

constexpr std::string_view when = "auto|always|never";

constexpr std::array options{
    list("--var", "NAME=VALUE", with_variables, &Raw::variables,
         "set an input or variable; so does an operand NAME=VALUE"),
    list("--vars-file", "FILE", with_variables, &Raw::vars_files, "set those that a YAML or JSON file has"),
    value("--env-file", "FILE", with_scripts, &Raw::env_file,
          "read environment variables from a file of NAME=VALUE lines"),
    list("--only", "JOB", run_and_plan | trying, &Raw::only,
         "run only the jobs or tests with this name or id; a pattern"),
    list("--skip", "JOB", run_and_plan | trying, &Raw::skip,
         "leave out the jobs or tests with this name or id"),
    value("--from", "JOB", run_and_plan | bit(Command::replay), &Raw::from,
          "begin with the job with this name or id; a replay is shown from this time on"),
    choice("--template", "NAME", template_names, bit(Command::init), &Raw::script_template,
           "which script to write (default demo)"),
    choice("--format", "FORMAT", "json|yaml|jsonl", reading, &Raw::format,
           "read scripts in this format, whatever their names"),
    flag("--strict", 0, with_scripts, &Raw::strict, "treat warnings about scripts as errors"),
    flag("--virtual", 0, run_only, &Raw::on_virtual_clock,
         "run on a virtual clock: time jumps when nothing is ready"),
    value("--start-time", "T", run_and_plan, &Raw::start_time,
          "time of day at which the virtual clock starts"),
    value("--timeout", "D", run_and_plan, &Raw::timeout, "time limit for the whole run; 0 means none"),
    value("--grace", "D", run_only, &Raw::grace,
          "time limit for clean-up after the run is cut short (default 5s)"),
    flag("--keep-going", 'k', run_and_plan, &Raw::keep_going,
         "continue after a failed job; still fail at the end"),
    flag("--exit-code", 'x', run_only, &Raw::exit_code,
         "exit with the status of the child process that failed"),
    flag("--isolated", 0, with_scripts, &Raw::isolated, "use a new Runner for every top-level job"),
    flag("--debug", 0, run_only, &Raw::debug,
         "log slow callbacks, never-awaited coroutines and the loop's decisions"),
    value("--record", "FILE", run_only, &Raw::record, "write a tape of the run, for 'arun replay'"),
    flag("--record-secrets", 0, run_only, &Raw::record_secrets, "leave secrets on the tape"),
    value("--speed", "N", bit(Command::replay), &Raw::speed,
          "let the time pass, N times as fast as it did (default: not at all)"),
    value("--until", "D", bit(Command::replay), &Raw::until, "stop this long after the start of the run"),
    value("--fault", "ID", bit(Command::explore), &Raw::fault, "run with this fault, and show what happens"),
    list("--allow", "ID", bit(Command::explore), &Raw::allow, "accept the finding of this fault; a pattern"),
    flag("--pairs", 0, bit(Command::explore), &Raw::pairs, "also try every two faults in one run"),
    value("--limit", "N", bit(Command::explore), &Raw::limit, "maximum number of runs (default 10000)"),
    flag("--update", 0, bit(Command::test), &Raw::update,
         "write the snapshots that differ, or are not there"),
    list("--live", "KIND", bit(Command::replay), &Raw::live,
         "let jobs of this kind ask the world, not the tape"),
    flag("--step", 0, bit(Command::replay), &Raw::step, "stop at each event, and read a command"),
    list("--break", "FILE:LINE", bit(Command::replay), &Raw::breakpoints, "stop before the job in that line"),
    list("--report", "FORMAT", reporting, &Raw::reports, "write a report, with =FILE not to standard output"),
    value("--events", "FILE", run_and_replay, &Raw::events,
          "write every event as a line of JSON, as it happens"),
    value("--trace", "FILE", run_and_replay, &Raw::trace, "write trace events for Perfetto"),
    list("--timeline", "FILE", run_and_replay, &Raw::timelines,
         "draw a timeline of the run: FILE.html, FILE.svg, or '-' for text"),
    flag("--quiet", 'q', reporting, &Raw::quiet, "print nothing but failures"),
    flag("--verbose", 'v', reporting, &Raw::verbose, "log the start and end of each job"),
    choice("--progress", "WHEN", when, run_only, &Raw::progress,
           "show what is running (default auto: on a terminal)"),
    choice("--color", "WHEN", when, reading | reporting, &Raw::color,
           "colour messages (default auto: on a terminal)"),
    flag("--help", 'h', every_command, &Raw::help, "show this help"),
    flag("--version", 'V', every_command, &Raw::version, "show the version"),
};

template <class List, class Test>
auto* find(const List& list, Test test) noexcept {
    const auto found = std::find_if(list.begin(), list.end(), test);
    return found == list.end() ? nullptr : &*found;
}

}  // namespace

std::string_view OptionSpec::choices_for(Command command) const noexcept {
    return list == &Raw::reports ? spec_of(command).report_formats : choices;
}

std::span<const CommandSpec> all_commands() noexcept {
    return commands;
}
std::span<const OptionSpec> all_options() noexcept {
    return options;
}
const CommandSpec& spec_of(Command command) noexcept {
    return commands[static_cast<std::size_t>(command)];
}
bool reads_scripts(Command command) noexcept {
    return (with_scripts >> static_cast<unsigned>(command) & 1U) != 0;
}
const CommandSpec* find_command(std::string_view name) noexcept {
    return find(commands, [&](const CommandSpec& c) { return c.name == name; });
}
const OptionSpec* find_option(std::string_view name) noexcept {
    return find(options, [&](const OptionSpec& o) { return o.name == name; });
}
const OptionSpec* find_option(char letter) noexcept {
    return find(options, [&](const OptionSpec& o) { return letter != 0 && o.letter == letter; });
}

}  // namespace arun::app
