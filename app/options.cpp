#include "options.hpp"

#include "base/diagnostic.hpp"
#include "base/quote.hpp"
#include "env_file.hpp"
#include "jobs/time_format.hpp"
#include "script/names.hpp"

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <string_view>

// CLI11 includes <iostream>, whose initialiser builds locales at every start (30 us), for two functions that
// are never called here. With libstdc++'s guard in place it declares the streams and initialises nothing.
#ifdef __GLIBCXX__
#define _GLIBCXX_IOSTREAM 1
#include <istream>
#include <ostream>
namespace std {
extern istream cin;
extern ostream cout;
extern ostream cerr;
}  // namespace std
#endif
#include <CLI/CLI.hpp>

namespace arun::app {
namespace {

using Arguments = std::vector<std::string>;

/// The index of the first argument that is no option and no option's value; the size if there is none.
std::size_t first_operand(const Arguments& arguments) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view argument = arguments[i];
        if (argument == "--") break;
        if (argument.size() < 2 || argument[0] != '-') return i;
        if (argument.starts_with("--")) {
            const auto* option = find_option(argument.substr(0, argument.find('=')));
            if (option != nullptr && option->takes_value() && argument.find('=') == argument.npos) ++i;
            continue;
        }
        // -kq, or -x VALUE, or -xVALUE
        for (std::size_t at = 1; at < argument.size(); ++at) {
            const auto* option = find_option(argument[at]);
            if (option == nullptr || !option->takes_value()) continue;
            if (at + 1 == argument.size()) ++i;
            break;
        }
    }
    return arguments.size();
}

/// CLI11 has no default command: the command's name is taken out, and what is left is parsed for it alone.
/// After `--` nothing is a command, so that a script named `check` can be run.
Command take_command(Arguments& arguments) {
    const auto at = first_operand(arguments);
    if (at == arguments.size()) return Command::run;
    const auto* command = find_command(arguments[at]);
    if (command == nullptr) return Command::run;
    arguments.erase(arguments.begin() + static_cast<std::ptrdiff_t>(at));
    return command->command;
}

[[noreturn]] void refuse_option(std::string_view argument, Command command) {
    const auto name = argument.substr(0, argument.find('='));
    const auto* known = name.starts_with("--") ? find_option(name)
                        : name.size() > 1      ? find_option(name[1])
                                               : nullptr;
    const auto& spec = spec_of(command);
    if (known != nullptr && !known->is_of(command))
        throw UsageError(quote(name) + " is no option of 'arun " + std::string(spec.name) + "'");
    std::vector<std::string_view> names;
    for (const auto& option : all_options())
        if (option.is_of(command)) names.push_back(option.name);
    const auto guess = closest(name, names);
    throw UsageError("unknown option " + quote(name) +
                     (guess.empty() ? std::string() : "; did you mean " + quote(guess) + "?"));
}

/// Whether some argument might be this option: a letter in a cluster, a name with a value behind `=`.
bool may_occur(const OptionSpec& option, const Arguments& arguments) {
    return std::any_of(arguments.begin(), arguments.end(), [&](std::string_view argument) {
        if (argument.starts_with("--")) return argument.substr(0, argument.find('=')) == option.name;
        return argument.starts_with('-') && option.letter != 0 &&
               argument.find(option.letter) != argument.npos;
    });
}

/// Making an option known to CLI11 takes longer than reading a short script, so only those that may occur
/// are, and where there is none there is nothing to parse.
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
    for (const auto& option : all_options()) {
        if (!option.is_of(command) || !may_occur(option, arguments)) continue;
        auto names = std::string(option.name);
        if (option.letter != 0) names += std::string(",-") + option.letter;
        if (option.flag != nullptr) {
            app.add_flag(names, raw.*option.flag)->disable_flag_override();
        } else if (option.text != nullptr) {
            app.add_option(names, raw.*option.text)->take_last();
        } else {
            app.add_option(names, raw.*option.list)->allow_extra_args(false);
        }
    }
    std::reverse(arguments.begin(), arguments.end());
    try {
        app.parse(std::move(arguments));
    } catch (const CLI::ArgumentMismatch& e) {
        // "--var: 1 required TEXT missing", "virtual: ..." of a flag that was given a value
        std::string name = e.what();
        name = name.substr(0, name.find_first_of(": "));
        name.insert(0, name.starts_with("--") ? "" : "--");
        const auto* option = find_option(name);
        const bool flag = option != nullptr && !option->takes_value();
        throw UsageError(quote(name) + (flag ? " takes no value" : " needs a value"));
    } catch (const CLI::ParseError& e) {
        throw UsageError(e.what());
    }
    // Not an option of CLI11's, which would take [a,b] for two scripts.
    bool only_operands = false;
    for (auto& left : app.remaining()) {
        if (!only_operands && left == "--") {
            only_operands = true;
        } else if (!only_operands && is_option(left)) {
            refuse_option(left, command);
        } else {
            operands.push_back(std::move(left));
        }
    }
}

Duration read_duration(std::string_view option, const std::string& text) {
    const auto duration = parse_duration(text);
    if (!duration) throw UsageError(std::string(option) + ": " + duration.error());
    return *duration;
}

/// The index of `word` among choices divided by '|'.
std::size_t read_choice(const OptionSpec& option, std::string_view word) {
    std::vector<std::string_view> choices;
    for (auto rest = option.choices; !rest.empty();) {
        const auto end = std::min(rest.find('|'), rest.size());
        choices.push_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    const auto found = std::find(choices.begin(), choices.end(), word);
    if (found != choices.end()) return static_cast<std::size_t>(found - choices.begin());
    std::string wanted;
    for (std::size_t i = 0; i < choices.size(); ++i)
        wanted.append(i == 0 ? "" : i + 1 == choices.size() ? " or " : ", ").append(choices[i]);
    throw UsageError(std::string(option.name) + ": expected " + wanted + ", not " + quote(word));
}

std::pair<std::string, std::string> read_variable(const std::string& text) {
    const auto equals = text.find('=');
    if (equals == std::string::npos) throw UsageError("--var: expected NAME=VALUE, not " + quote(text));
    auto name = text.substr(0, equals);
    if (!script::is_name(name))
        throw UsageError("--var: " + quote(name) +
                         " is not the name of a variable; a name has letters, digits, '_' and '-'");
    if (script::is_reserved(name))
        throw UsageError("--var: " + quote(name) + " is a word of the expression language");
    return {std::move(name), text.substr(equals + 1)};
}

ReportRequest read_report(Command command, const std::string& text) {
    const auto equals = text.find('=');
    const auto word = text.substr(0, equals);
    read_choice(*find_option("--report", command), word);
    ReportRequest request;
    request.word = word;
    // The formats are numbered by what `run` takes.
    request.format = static_cast<ReportFormat>(read_choice(*find_option("--report", Command::run), word));
    if (equals == std::string::npos) return request;
    request.file = text.substr(equals + 1);
    if (request.file.empty())
        throw UsageError("--report: a file is missing behind " + quote(text) + "; " + quote(word) +
                         " alone writes to standard output");
    return request;
}

/// The same for `x` and `./x`, whether there is such a file or not.
std::string one_name_of(const std::string& file) {
    const auto slash = file.rfind('/');
    const auto folder = slash == std::string::npos ? "." : file.substr(0, slash + 1);
    char found[PATH_MAX];
    if (::realpath(file.c_str(), found) != nullptr) return found;
    if (::realpath(folder.c_str(), found) == nullptr) return file;
    return std::string(found) + '/' + file.substr(slash + 1);
}

/// No two of what is to be written may go to one place.
void check_targets(const Options& options) {
    std::vector<std::pair<std::string, std::string>> targets;  // what, where
    const auto add = [&](std::string what, const std::string& file) {
        const std::string where = is_stdout(file) ? std::string("-") : one_name_of(file);
        for (const auto& [other, place] : targets) {
            if (place != where) continue;
            if (where != "-") throw UsageError(what + " and " + other + " both write " + quote(file));
            throw UsageError(what + " and " + other +
                             " both take standard output; give one of them a file, as in '" +
                             (what.starts_with("--report") ? what + "=FILE'" : what + " FILE'"));
        }
        targets.emplace_back(std::move(what), where);
    };
    for (const auto& report : options.reports) add("--report " + report.word, report.file);
    if (options.events) add("--events", *options.events);
    if (options.trace) add("--trace", *options.trace);
    if (options.timeline) add("--timeline", *options.timeline);
}

void understand(const RawOptions& raw, Options& options) {
    auto& session = options.session;
    for (const auto& variable : raw.variables) session.variables.push_back(read_variable(variable));
    if (raw.env_file) {
        auto environment = read_env_file(*raw.env_file);
        if (!environment) throw UsageError("--env-file: " + environment.error());
        session.environment = *std::move(environment);
    }
    if (raw.format) {
        const auto format = syntax::format_named(*raw.format);
        if (!format) throw UsageError(format.error());
        options.format = *format;
    }
    if (raw.on_virtual_clock || options.command == Command::plan) session.clock = ClockMode::virtual_;
    if (raw.start_time) {
        if (session.clock != ClockMode::virtual_)
            throw UsageError("--start-time sets the virtual clock: it needs --virtual");
        const auto time = jobs::parse_time(*raw.start_time);
        if (!time) throw UsageError("--start-time: " + time.error());
        session.start_time = *time;
    }
    if (raw.timeout) session.timeout = read_duration("--timeout", *raw.timeout);
    if (raw.grace) session.grace = read_duration("--grace", *raw.grace);
    session.keep_going = raw.keep_going;
    options.exit_code = raw.exit_code;
    session.isolated = raw.isolated;
    session.debug = raw.debug;
    if (raw.quiet && raw.verbose) throw UsageError("--quiet and --verbose exclude each other");
    options.quiet = raw.quiet;
    options.verbose = raw.verbose;
    if (raw.progress)
        options.progress = static_cast<When>(read_choice(*find_option("--progress"), *raw.progress));
    if (raw.color) options.color = static_cast<When>(read_choice(*find_option("--color"), *raw.color));
    options.events = raw.events;
    options.trace = raw.trace;
    options.timeline = raw.timeline;
    for (const auto& report : raw.reports) options.reports.push_back(read_report(options.command, report));
    check_targets(options);
}

}  // namespace

bool Options::takes_stdout() const noexcept {
    const auto is_taken = [](const std::optional<std::string>& file) { return file && is_stdout(*file); };
    return is_taken(events) || is_taken(trace) || is_taken(timeline) ||
           std::any_of(reports.begin(), reports.end(), [](const auto& r) { return is_stdout(r.file); });
}

Options parse_options(int argc, const char* const* argv) {
    Arguments arguments(argv + std::min(argc, 1), argv + argc);
    Options options;
    options.command = take_command(arguments);
    RawOptions raw;
    parse_raw(options.command, std::move(arguments), raw, options.operands);
    options.help = raw.help;
    options.version = raw.version;
    // Help is given whatever else is wrong.
    if (!options.help && !options.version) understand(raw, options);
    return options;
}

}  // namespace arun::app
