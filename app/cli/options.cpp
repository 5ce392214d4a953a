#include "cli/options.hpp"

#include "base/diagnostic.hpp"
#include "base/number.hpp"
#include "base/suggestion.hpp"
#include "base/text.hpp"
#include "base/time_format.hpp"
#include "cli/env_file.hpp"
#include "cli/synonyms.hpp"
#include "describe/templates.hpp"
#include "script/names.hpp"

#include <unistd.h>
#include <algorithm>
#include <climits>
#include <cstdlib>
#include <string_view>
#include <utility>

#include <CLI/CLI.hpp>

namespace arun::app {
namespace {

using Arguments = std::vector<std::string>;

/// The index of the first argument that is neither an option nor an option's value, or the number of
/// arguments.
std::size_t first_operand(const Arguments& arguments) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view argument = arguments[i];
        if (argument == "--") break;
        if (argument.size() < 2 || argument[0] != '-') return i;
        // -kq takes no value: options with a letter are flags.
        if (!argument.starts_with("--")) continue;
        const auto equals = argument.find('=');
        const auto* option = find_option(argument.substr(0, equals));
        if (option != nullptr && option->takes_value() && equals == argument.npos) ++i;
    }
    return arguments.size();
}

/// Removes the name of the command from `arguments`. CLI11 has no default subcommand, so the rest is parsed
/// with the options of one command. `arun -- check` runs a script named `check`.
Command take_command(Arguments& arguments) {
    const auto at = first_operand(arguments);
    if (at == arguments.size()) return Command::run;
    const auto* command = find_command(arguments[at]);
    if (command == nullptr) return Command::run;
    arguments.erase(arguments.begin() + static_cast<std::ptrdiff_t>(at));
    return command->command;
}

/// What another tool's option is here, or empty if this command has none.
std::string_view meant_option(std::string_view name, Command command) {
    const auto meant = name_of(name, option_synonyms());
    const auto* option = find_option(meant.substr(0, meant.find(' ')));
    return option == nullptr || option->belongs_to(command) ? meant : std::string_view();
}

[[noreturn]] void reject_option(std::string_view argument, Command command) {
    const auto name = argument.substr(0, argument.find('='));
    const auto* known = name.starts_with("--") ? find_option(name)
                        : name.size() > 1      ? find_option(name[1])
                                               : nullptr;
    const auto& spec = spec_of(command);
    if (known != nullptr && !known->belongs_to(command))
        throw UsageError(quote(name) + " is not an option of 'arun " + std::string(spec.name) + "'");
    std::vector<std::string_view> names;
    for (const auto& option : all_options())
        if (option.belongs_to(command)) names.push_back(option.name);
    const auto meant = meant_option(name, command);
    const auto hint =
        meant.empty() ? did_you_mean(name, names) : "did you mean '" + std::string(meant) + "'?";
    throw UsageError("unknown option " + quote(name) + (hint.empty() ? "" : "; ") + hint);
}

/// True if some argument may be this option: its letter in a cluster (-kq), or its name (--var=K=V).
bool may_occur(const OptionSpec& option, const Arguments& arguments) {
    return std::any_of(arguments.begin(), arguments.end(), [&](std::string_view argument) {
        if (argument.starts_with("--")) return argument.substr(0, argument.find('=')) == option.name;
        return argument.starts_with('-') && option.letter != 0 &&
               argument.find(option.letter) != argument.npos;
    });
}

/// Registering an option with CLI11 takes longer than reading a short script, so only the options that may
/// occur are registered, and none if all arguments are operands.
void parse_raw(Command command, Arguments arguments, RawOptions& raw, Arguments& operands) {
    const auto is_option = [](std::string_view argument) {
        return argument.size() > 1 && argument[0] == '-';
    };
    if (std::none_of(arguments.begin(), arguments.end(), is_option)) {
        operands = std::move(arguments);
        return;
    }
    CLI::App app;
    app.set_help_flag();
    app.allow_extras();
    std::vector<std::pair<const OptionSpec*, const CLI::Option*>> registered;
    for (const auto& option : all_options()) {
        if (!option.belongs_to(command) || !may_occur(option, arguments)) continue;
        auto names = std::string(option.name);
        if (option.letter != 0) names += std::string(",-") + option.letter;
        auto* added = option.flag != nullptr ? app.add_flag(names)->disable_flag_override()
                                             : app.add_option(names)->take_all()->allow_extra_args(false);
        registered.emplace_back(&option, added);
    }
    std::reverse(arguments.begin(), arguments.end());
    try {
        app.parse(std::move(arguments));
    } catch (const CLI::ArgumentMismatch& e) {
        // "--var: 1 required TEXT missing", or "virtual: ..." for a flag with a value
        std::string name = e.what();
        name = name.substr(0, name.find_first_of(": "));
        name.insert(0, name.starts_with("--") ? "" : "--");
        const auto* option = find_option(name);
        const bool flag = option != nullptr && !option->takes_value();
        throw UsageError(quote(name) + (flag ? " takes no value" : " needs a value"));
    } catch (const CLI::ParseError& e) {
        throw UsageError(e.what());
    }
    // Not stored by CLI11, whose conversions take seconds to compile.
    for (const auto& [option, parsed] : registered) {
        if (parsed->empty()) continue;
        if (option->flag != nullptr) {
            raw.*option->flag = true;
        } else if (option->text != nullptr) {
            // Of a limit, the last one counts; a file would not be written, or not be read.
            if (parsed->results().size() > 1 && option->value == "FILE")
                throw UsageError(quote(option->name) + " is given twice");
            raw.*option->text = parsed->results().back();
        } else {
            raw.*option->list = parsed->results();
        }
    }
    // The operands are CLI11's extras: as a CLI11 option, a script named [a,b] would become two.
    bool only_operands = false;
    for (auto& extra : app.remaining()) {
        if (!only_operands && extra == "--") {
            only_operands = true;
        } else if (!only_operands && is_option(extra)) {
            reject_option(extra, command);
        } else {
            operands.push_back(std::move(extra));
        }
    }
}

Duration read_duration(std::string_view option, const std::string& text) {
    const auto duration = parse_duration(text);
    if (!duration) throw UsageError(std::string(option) + ": " + duration.error().message);
    return *duration;
}

/// The index of `word` among choices separated by '|'.
std::size_t read_choice(std::string_view option, std::string_view choices, std::string_view word) {
    const auto list = split(choices, "|");
    const auto found = std::find(list.begin(), list.end(), word);
    if (found != list.end()) return static_cast<std::size_t>(found - list.begin());
    throw UsageError(std::string(option) + ": expected " + join_with_or(list) + ", not " + quote(word));
}

When read_when(std::string_view option, const std::string& word) {
    return static_cast<When>(read_choice(option, find_option(option)->choices, word));
}

ReportRequest read_report(Command command, const std::string& text) {
    const auto equals = text.find('=');
    ReportRequest request;
    request.name = text.substr(0, equals);
    read_choice("--report", spec_of(command).report_formats, request.name);
    // ReportFormat numbers the formats of `run`; those of other commands are a subset.
    request.format = static_cast<ReportFormat>(
        read_choice("--report", spec_of(Command::run).report_formats, request.name));
    if (equals == std::string::npos) return request;
    request.file = text.substr(equals + 1);
    if (request.file.empty())
        throw UsageError("--report: no file after " + quote(text) + "; " + quote(request.name) +
                         " alone writes to standard output");
    return request;
}

/// The same path for `x` and `./x`, whether the file exists or not.
std::string canonical_path(const std::string& file) {
    const auto slash = file.rfind('/');
    const auto folder = slash == std::string::npos ? "." : file.substr(0, slash + 1);
    char found[PATH_MAX];
    if (::realpath(file.c_str(), found) != nullptr) return found;
    if (::realpath(folder.c_str(), found) == nullptr) return file;
    return std::string(found) + '/' + file.substr(slash + 1);
}

/// Throws UsageError if two outputs go to one file, or both to standard output.
void reject_shared_targets(const Options& options) {
    std::vector<std::pair<std::string, std::string>> targets;  // option, path
    const auto add = [&](std::string option, const std::string& file) {
        const std::string path = is_stdout(file) ? std::string("-") : canonical_path(file);
        for (const auto& [other, taken] : targets) {
            if (taken != path) continue;
            if (path != "-") throw UsageError(option + " and " + other + " both write " + quote(file));
            const std::string separator = option.starts_with("--report") ? "=" : " ";
            throw UsageError(option + " and " + other +
                             " both write to standard output; give one of them a file, as in '" + option +
                             separator + "FILE'");
        }
        targets.emplace_back(std::move(option), path);
    };
    for (const auto& report : options.reports) add("--report " + report.name, report.file);
    if (options.events) add("--events", *options.events);
    if (options.trace) add("--trace", *options.trace);
    for (const auto& file : options.timelines) add("--timeline", file);
    if (options.record) add("--record", *options.record);
    for (const auto& operand : options.operands) {
        if (operand == "-" || targets.empty()) continue;
        const auto read = canonical_path(operand);
        for (const auto& [option, path] : targets)
            if (path == read) throw UsageError(option + " would overwrite " + quote(operand));
    }
}

/// A file called x.png would not be a PNG.
void check_timeline(const std::string& file) {
    const auto name = std::string_view(file).substr(file.rfind('/') + 1);
    const auto dot = name.rfind('.');
    if (file.starts_with("/dev/") || dot == name.npos || dot == 0) return;
    if (!is_timeline_page(file) && !file.ends_with(".svg"))
        throw UsageError("--timeline: " + quote_whole(file) +
                         " is no name for a timeline; it is a page, FILE.html, or a picture, FILE.svg");
}

std::uint64_t read_limit(const std::string& text) {
    const auto number = Number::parse(text);
    const auto limit = number ? number->to_uint64() : std::nullopt;
    if (!limit || *limit == 0)
        throw UsageError("--limit: expected a whole number from 1 up, not " + quote(text));
    return *limit;
}

double read_speed(const std::string& text) {
    const auto number = Number::parse(text);
    const auto speed = number ? number->to_double() : 0.0;
    if (!(speed > 0)) throw UsageError("--speed: expected a number above 0, not " + quote(text));
    return speed;
}

void validate(const RawOptions& raw, Options& options) {
    auto& session = options.session;
    auto operands = std::exchange(session.variables, {});
    for (const auto& variable : raw.variables) session.variables.push_back(read_variable(variable));
    session.variables.insert(session.variables.end(), operands.begin(), operands.end());
    options.vars_files = raw.vars_files;
    options.only = raw.only;
    options.skip = raw.skip;
    if (options.command != Command::replay) {
        options.from = raw.from;
    } else if (raw.from) {
        options.from_time = read_duration("--from", *raw.from);
    }
    options.step = raw.step;
    options.live = raw.live;
    for (const auto& place : raw.breakpoints) {
        auto found = place_in(place);
        if (!found) throw UsageError("--break: expected FILE:LINE, not " + quote(place));
        options.breakpoints.push_back(*std::move(found));
    }
    if (raw.script_template) {
        read_choice("--template", template_names, *raw.script_template);
        options.script_template = *raw.script_template;
    }
    if (raw.env_file) {
        auto environment = read_env_file(*raw.env_file);
        if (!environment) throw UsageError("--env-file: " + environment.error().message);
        session.environment = *std::move(environment);
    }
    if (raw.format) {
        const auto format = syntax::format_named(*raw.format);
        if (!format) throw UsageError(format.error().message);
        options.format = *format;
    }
    if (raw.on_virtual_clock || options.command == Command::plan) session.clock = ClockMode::virtual_;
    if (raw.start_time) {
        if (session.clock != ClockMode::virtual_)
            throw UsageError("--start-time sets the virtual clock: it needs --virtual");
        const auto time = parse_time(*raw.start_time);
        if (!time) throw UsageError("--start-time: " + time.error().message);
        session.start_time = *time;
    }
    if (raw.timeout) session.timeout = read_duration("--timeout", *raw.timeout);
    if (raw.grace) session.grace = read_duration("--grace", *raw.grace);
    session.keep_going = raw.keep_going;
    options.exit_code = raw.exit_code;
    options.strict = raw.strict;
    session.isolated = raw.isolated;
    session.debug = raw.debug;
    if (raw.quiet && raw.verbose) throw UsageError("--quiet and --verbose are mutually exclusive");
    options.quiet = raw.quiet;
    options.verbose = raw.verbose;
    if (raw.progress) options.progress = read_when("--progress", *raw.progress);
    if (raw.color) options.color = read_when("--color", *raw.color);
    options.events = raw.events;
    options.trace = raw.trace;
    options.timelines = raw.timelines;
    for (const auto& file : options.timelines) check_timeline(file);
    options.record = raw.record;
    options.record_secrets = raw.record_secrets;
    if (raw.record_secrets && !raw.record)
        throw UsageError("--record-secrets is about a tape: it needs --record");
    if (options.record && is_stdout(*options.record))
        throw UsageError("--record: a tape goes to a file, not to standard output");
    if (raw.speed) options.speed = read_speed(*raw.speed);
    options.update = raw.update;
    options.pairs = raw.pairs;
    options.fault = raw.fault;
    options.allow = raw.allow;
    if (raw.limit) options.limit = read_limit(*raw.limit);
    if (raw.until) options.until = read_duration("--until", *raw.until);
    if (options.from_time && options.until && *options.from_time > *options.until)
        throw UsageError("--from is after --until: there is nothing to show");
    for (const auto& report : raw.reports) options.reports.push_back(read_report(options.command, report));
    reject_shared_targets(options);
}

}  // namespace

namespace {

/// Moves the operands NAME=VALUE that name no file to the variables.
void take_variables(Options& options) {
    const auto is_variable = [](const std::string& operand) {
        const auto equals = operand.find('=');
        return equals != operand.npos && script::is_name(operand.substr(0, equals)) &&
               ::access(operand.c_str(), F_OK) != 0;
    };
    for (const auto& operand : options.operands) {
        if (!is_variable(operand)) continue;
        const auto equals = operand.find('=');
        const auto name = operand.substr(0, equals);
        const auto origin = name + "=...";
        const auto error = variable_name_error(name);
        if (!error.empty()) throw UsageError(origin + ": " + error);
        options.session.variables.push_back(
            {name, script::Value::string(operand.substr(equals + 1)), script::Spelling::text, origin, {}});
    }
    std::erase_if(options.operands, is_variable);
}

}  // namespace

bool Options::takes_stdout() const noexcept {
    const auto is_taken = [](const std::optional<std::string>& file) { return file && is_stdout(*file); };
    return is_taken(events) || is_taken(trace) || std::ranges::any_of(timelines, is_stdout) ||
           std::any_of(reports.begin(), reports.end(), [](const auto& r) { return is_stdout(r.file); });
}

bool is_timeline_page(std::string_view path) noexcept {
    return path.ends_with(".html") || path.ends_with(".htm");
}

std::optional<std::pair<std::string, std::uint32_t>> place_in(const std::string& text) {
    const auto colon = text.rfind(':');
    const auto number = colon != text.npos ? Number::parse(text.substr(colon + 1)) : std::nullopt;
    const auto line = number ? number->to_uint64() : std::nullopt;
    if (colon == 0 || !line || *line == 0 || *line > UINT32_MAX) return std::nullopt;
    return std::pair(text.substr(0, colon), static_cast<std::uint32_t>(*line));
}

std::string variable_name_error(std::string_view name) {
    if (!script::is_name(name))
        return quote(name) + " is not the name of a variable; a name has letters, digits, '_' and '-'";
    if (script::is_reserved(name)) return quote(name) + " is a word of the expression language";
    return {};
}

script::GivenVariable read_variable(const std::string& text) {
    const auto equals = text.find('=');
    if (equals == std::string::npos) throw UsageError("--var: expected NAME=VALUE, not " + quote(text));
    const auto name = text.substr(0, equals);
    const auto error = variable_name_error(name);
    if (!error.empty()) throw UsageError("--var: " + error);
    return {
        name, script::Value::string(text.substr(equals + 1)), script::Spelling::text, "--var " + name, {}};
}

Options parse_options(int argc, const char* const* argv) {
    Arguments arguments(argv + std::min(argc, 1), argv + argc);
    Options options;
    const auto count = arguments.size();
    options.command = take_command(arguments);
    options.command_given = arguments.size() != count;
    RawOptions raw;
    parse_raw(options.command, std::move(arguments), raw, options.operands);
    options.help = raw.help;
    options.version = raw.version;
    const bool takes_variables = reads_scripts(options.command) || options.command == Command::replay ||
                                 options.command == Command::explore;
    if (takes_variables) take_variables(options);
    if (!options.help && !options.version) validate(raw, options);
    return options;
}

}  // namespace arun::app
