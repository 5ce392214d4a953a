#include "cli/option_table.hpp"

#include <algorithm>
#include <array>

namespace arun::app {
namespace {

constexpr std::uint32_t bit(Command command) {
    return 1U << static_cast<unsigned>(command);
}
constexpr std::uint32_t runs = bit(Command::run);
constexpr std::uint32_t plans = runs | bit(Command::plan);
constexpr std::uint32_t reads = plans | bit(Command::check);
constexpr std::uint32_t all = ~0U;

constexpr std::array<CommandSpec, 6> commands{{
    {Command::run, "run", "SCRIPT...", "run scripts; '-' is standard input", {}},
    {Command::check, "check", "SCRIPT...", "find every error, run nothing", {}},
    {Command::plan, "plan", "SCRIPT...", "show what would run when, run nothing", {}},
    {Command::schema, "schema", "", "print the JSON Schema of a script", {}},
    {Command::kinds, "kinds", "[KIND...]", "list the kinds of jobs, or show some", {}},
    {Command::completions, "completions", "bash|zsh|fish", "print completions for a shell", "bash|zsh|fish"},
}};

using Raw = RawOptions;

constexpr std::array<OptionSpec, 23> options{{
    {"--var",
     0,
     "K=V",
     {},
     "set a variable, whatever the scripts' vars say",
     reads,
     nullptr,
     nullptr,
     &Raw::variables},
    {"--env-file",
     0,
     "FILE",
     {},
     "read environment variables from a file of NAME=VALUE lines",
     reads,
     nullptr,
     &Raw::env_file},
    {"--format", 0, "FORMAT", "json|yaml|jsonl", "read the scripts as this, whatever their names", reads,
     nullptr, &Raw::format},
    {"--virtual",
     0,
     {},
     {},
     "run on a virtual clock: time jumps when nothing is ready",
     runs,
     &Raw::on_virtual_clock},
    {"--start-time",
     0,
     "T",
     {},
     "time of day at which the virtual clock starts",
     plans,
     nullptr,
     &Raw::start_time},
    {"--timeout", 0, "D", {}, "limit for the whole run; 0 means none", plans, nullptr, &Raw::timeout},
    {"--grace",
     0,
     "D",
     {},
     "time for clean-up once the run is cut short (default 5s)",
     runs,
     nullptr,
     &Raw::grace},
    {"--keep-going", 'k', {}, {}, "go on after a failed job, and fail at the end", plans, &Raw::keep_going},
    {"--exit-code",
     'x',
     {},
     {},
     "exit with the status of the child process that failed",
     runs,
     &Raw::exit_code},
    {"--isolated", 0, {}, {}, "a new Runner for every top-level job", reads, &Raw::isolated},
    {"--debug",
     0,
     {},
     {},
     "log slow callbacks, coroutines never awaited and what the loop decides",
     runs,
     &Raw::debug},
    {"--report", 0, "FORMAT", "junit|tap|json|github",
     "report on standard output, or FORMAT=FILE; may be repeated", runs, nullptr, nullptr, &Raw::reports},
    {"--report", 0, "FORMAT", "json|github", "the errors as data, or FORMAT=FILE; may be repeated",
     bit(Command::check), nullptr, nullptr, &Raw::reports},
    {"--report", 0, "FORMAT", "json", "the plan as data, or FORMAT=FILE; may be repeated", bit(Command::plan),
     nullptr, nullptr, &Raw::reports},
    {"--events",
     0,
     "FILE",
     {},
     "write every event as a line of JSON, as it happens",
     runs,
     nullptr,
     &Raw::events},
    {"--trace", 0, "FILE", {}, "write the run as trace events, for Perfetto", runs, nullptr, &Raw::trace},
    {"--timeline",
     0,
     "FILE",
     {},
     "write the run as a picture: FILE.svg, or '-' for text",
     runs,
     nullptr,
     &Raw::timeline},
    {"--quiet", 'q', {}, {}, "say nothing but failures", reads, &Raw::quiet},
    {"--verbose", 'v', {}, {}, "tell when each job starts and ends", reads, &Raw::verbose},
    {"--progress", 0, "WHEN", "auto|always|never", "show what is running (default auto: on a terminal)", runs,
     nullptr, &Raw::progress},
    {"--color", 0, "WHEN", "auto|always|never", "colour messages (default auto: on a terminal)", reads,
     nullptr, &Raw::color},
    {"--help", 'h', {}, {}, "show this help", all, &Raw::help},
    {"--version", 'V', {}, {}, "show the version", all, &Raw::version},
}};

template <class List, class Test>
auto* find(const List& list, Test test) noexcept {
    const auto found = std::find_if(list.begin(), list.end(), test);
    return found == list.end() ? nullptr : &*found;
}

}  // namespace

std::span<const CommandSpec> all_commands() noexcept {
    return commands;
}
std::span<const OptionSpec> all_options() noexcept {
    return options;
}
const CommandSpec& spec_of(Command command) noexcept {
    return commands[static_cast<std::size_t>(command)];
}
const CommandSpec* find_command(std::string_view name) noexcept {
    return find(commands, [&](const CommandSpec& c) { return c.name == name; });
}
const OptionSpec* find_option(std::string_view name) noexcept {
    return find(options, [&](const OptionSpec& o) { return o.name == name; });
}
const OptionSpec* find_option(std::string_view name, Command command) noexcept {
    return find(options, [&](const OptionSpec& o) { return o.name == name && o.is_of(command); });
}
const OptionSpec* find_option(char letter) noexcept {
    return find(options, [&](const OptionSpec& o) { return letter != 0 && o.letter == letter; });
}

}  // namespace arun::app
