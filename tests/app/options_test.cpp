#include "cli/options.hpp"

#include "support/files.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <initializer_list>
#include <string>
#include <vector>

using namespace arun;
using namespace arun::app;
using arun::test::Files;
using namespace std::chrono_literals;

namespace {

Options parse(std::initializer_list<std::string> arguments) {
    std::vector<const char*> argv{"arun"};
    for (const auto& argument : arguments) argv.push_back(argument.c_str());
    return parse_options(static_cast<int>(argv.size()), argv.data());
}
/// The usage error, or empty.
std::string refusal(std::initializer_list<std::string> arguments) {
    try {
        static_cast<void>(parse(arguments));
    } catch (const UsageError& e) {
        return e.what();
    }
    return {};
}
using Words = std::vector<std::string>;
using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs variables(std::initializer_list<std::string> arguments) {
    Pairs pairs;
    for (const auto& variable : parse(arguments).session.variables)
        pairs.emplace_back(variable.name, variable.value.to_text());
    return pairs;
}

}  // namespace

TEST_CASE("the default command is run") {
    CHECK(parse({}).command == Command::run);
    CHECK(parse({}).operands.empty());
    const auto options = parse({"x.json", "y.yaml"});
    CHECK(options.command == Command::run);
    CHECK(options.operands == Words{"x.json", "y.yaml"});
    CHECK(parse({"run", "x.json"}).operands == Words{"x.json"});
    CHECK(parse({"-"}).operands == Words{"-"});
    CHECK(parse({"./check"}).operands == Words{"./check"});
    const char* const none[] = {nullptr};
    CHECK(parse_options(0, none).command == Command::run);
}

TEST_CASE("the first operand may be a command") {
    CHECK(parse({"check", "x"}).command == Command::check);
    CHECK(parse({"plan", "x"}).command == Command::plan);
    CHECK(parse({"schema"}).command == Command::schema);
    CHECK(parse({"kinds", "tick"}).command == Command::kinds);
    CHECK(parse({"kinds", "tick"}).operands == Words{"tick"});
    CHECK(parse({"completions", "bash"}).command == Command::completions);
    CHECK(parse({"-q", "check", "x"}).command == Command::check);
    CHECK(parse({"--color", "always", "check", "x"}).command == Command::check);
    CHECK(parse({"--color=always", "check", "x"}).command == Command::check);
    CHECK(parse({"--var", "check=1", "plan", "x"}).command == Command::plan);
    CHECK(parse({"-kv", "plan", "x"}).command == Command::plan);
    CHECK(parse({"check", "check"}).operands == Words{"check"});
    CHECK(parse({"x", "check"}).command == Command::run);
    CHECK(parse({"x", "check"}).operands == Words{"x", "check"});
    // The value of an option is not a command.
    CHECK(parse({"--env-file", "/dev/null", "x"}).operands == Words{"x"});
    CHECK(refusal({"--timeout", "1", "check", "x"}) == "'--timeout' is not an option of 'arun check'");
}

TEST_CASE("nothing after -- is a command or an option") {
    const auto options = parse({"--", "check"});
    CHECK(options.command == Command::run);
    CHECK(options.operands == Words{"check"});
    CHECK(parse({"-q", "--", "-x", "--var"}).operands == Words{"-x", "--var"});
    CHECK(parse({"check", "--", "-q"}).operands == Words{"-q"});
    CHECK_FALSE(parse({"check", "--", "-q"}).quiet);
    CHECK(parse({"--"}).operands.empty());
    CHECK(parse({"x", "--", "check"}).operands == Words{"x", "check"});
}

TEST_CASE("options may be anywhere, and letters joined") {
    const auto options = parse({"x.json", "-kq", "--debug", "y.json", "--isolated"});
    CHECK(options.operands == Words{"x.json", "y.json"});
    CHECK(options.session.keep_going);
    CHECK(options.quiet);
    CHECK(options.session.debug);
    CHECK(options.session.isolated);
    CHECK_FALSE(options.verbose);
    CHECK(parse({"-q", "-q", "x"}).quiet);
    CHECK(parse({"-vk", "x"}).verbose);
    CHECK(parse({"--keep-going", "--quiet", "x"}).session.keep_going);
}

TEST_CASE("without options, everything has its default") {
    const auto options = parse({"x"});
    CHECK_FALSE(options.quiet);
    CHECK_FALSE(options.verbose);
    CHECK_FALSE(options.help);
    CHECK_FALSE(options.version);
    CHECK(options.reports.empty());
    CHECK_FALSE(options.format);
    CHECK(options.color == When::automatic);
    CHECK(options.session.clock == ClockMode::real);
    CHECK_FALSE(options.session.start_time);
    CHECK_FALSE(options.session.keep_going);
    CHECK_FALSE(options.session.isolated);
    CHECK_FALSE(options.session.debug);
    CHECK(options.session.timeout == 0s);
    CHECK(options.session.grace == 5s);
    CHECK(options.session.variables.empty());
    CHECK(options.session.environment.empty());
}

TEST_CASE("--var takes one argument, a name and a value") {
    CHECK(variables({"--var", "a=1", "x"}) == Pairs{{"a", "1"}});
    CHECK(variables({"--var=a=1", "x"}) == Pairs{{"a", "1"}});
    CHECK(variables({"--var", "a=", "x"}) == Pairs{{"a", ""}});
    CHECK(variables({"--var", "a=b=c", "x"}) == Pairs{{"a", "b=c"}});
    CHECK(variables({"--var", "a=[1, 2]", "x"}) == Pairs{{"a", "[1, 2]"}});
    CHECK(variables({"--var", "a=-1", "x"}) == Pairs{{"a", "-1"}});
    CHECK(variables({"--var", "a= b c ", "x"}) == Pairs{{"a", " b c "}});
    CHECK(variables({"--var", "a=\"quoted\"", "x"}) == Pairs{{"a", "\"quoted\""}});
    CHECK(variables({"--var", "a=1,b=2", "x"}) == Pairs{{"a", "1,b=2"}});
    CHECK(variables({"--var", "a=1", "x", "--var", "a=2", "--var", "b=3", "y"}) ==
          Pairs{{"a", "1"}, {"a", "2"}, {"b", "3"}});
    CHECK(parse({"--var", "a=1", "x", "--var", "a=2", "y"}).operands == Words{"x", "y"});
}

TEST_CASE("an operand NAME=VALUE that names no file is a variable") {
    const Files files;
    const auto file = files.write("a=b.yaml", "[]");
    const auto options = parse({"x.yaml", "host=a=b", "--var", "port=1", "./c=d", "1x=2", file});
    CHECK(options.operands == Words{"x.yaml", "./c=d", "1x=2", file});
    CHECK(variables({"x.yaml", "host=a=b", "--var", "host=1"}) == Pairs{{"host", "1"}, {"host", "a=b"}});
    CHECK(refusal({"x.yaml", "env=1"}) == "env=...: 'env' is a word of the expression language");
    CHECK(parse({"kinds", "a=b"}).operands == Words{"a=b"});
}

TEST_CASE("an invalid --var is rejected") {
    CHECK(refusal({"--var", "a", "x"}) == "--var: expected NAME=VALUE, not 'a'");
    CHECK(refusal({"--var", "=1", "x"}) ==
          "--var: '' is not the name of a variable; a name has letters, digits, '_' and '-'");
    CHECK(refusal({"--var", "1a=1", "x"}) ==
          "--var: '1a' is not the name of a variable; a name has letters, digits, '_' and '-'");
    CHECK(refusal({"--var", "[a=1]", "x"}) ==
          "--var: '[a' is not the name of a variable; a name has letters, digits, '_' and '-'");
    CHECK(refusal({"--var", "env=1", "x"}) == "--var: 'env' is a word of the expression language");
    CHECK(refusal({"--var", "jobs=1", "x"}) == "--var: 'jobs' is a word of the expression language");
    CHECK(refusal({"--var"}) == "'--var' needs a value");
    CHECK(refusal({"x", "--var"}) == "'--var' needs a value");
}

TEST_CASE("option values are validated") {
    CHECK(parse({"--timeout", "2m", "x"}).session.timeout == 2min);
    CHECK(parse({"--timeout=0", "x"}).session.timeout == 0s);
    CHECK(parse({"--grace", "250ms", "x"}).session.grace == 250ms);
    CHECK(parse({"--timeout", "1", "--timeout", "2", "x"}).session.timeout == 2s);
    CHECK(refusal({"--timeout", "soon", "x"}) ==
          "--timeout: 'soon' is not a duration; write 1.5, 250ms or 1m30s");
    CHECK(refusal({"--timeout", "-1", "x"}).starts_with("--timeout"));
    CHECK(refusal({"--grace", "", "x"}) != "");
    CHECK(parse({"--format", "yaml", "x"}).format == syntax::Format::yaml);
    CHECK(parse({"--format=json", "x"}).format == syntax::Format::json);
    CHECK(refusal({"--format", "toml", "x"}) ==
          "unknown format 'toml'; the formats are json, yaml and jsonl");
    CHECK(parse({"--color", "never", "x"}).color == When::never);
    CHECK(parse({"--color=auto", "x"}).color == When::automatic);
    CHECK(parse({"--color", "always", "x"}).color == When::always);
    CHECK(refusal({"--color", "sometimes", "x"}).find("auto, always or never") != std::string::npos);
    CHECK(parse({"check", "--report", "json", "x"}).reports.at(0).format == app::ReportFormat::json);
    CHECK(refusal({"check", "--report", "xml", "x"}).find("json") != std::string::npos);
}

TEST_CASE("--start-time sets the virtual clock") {
    CHECK(parse({"--virtual", "x"}).session.clock == ClockMode::virtual_);
    const auto options = parse({"--virtual", "--start-time", "2024-01-01T12:00:00Z", "x"});
    REQUIRE(options.session.start_time);
    CHECK(options.session.start_time->time_since_epoch() == 1704110400s);
    CHECK(parse({"plan", "x"}).session.clock == ClockMode::virtual_);
    CHECK(parse({"plan", "--start-time", "@5", "x"}).session.start_time->time_since_epoch() == 5s);
    CHECK(refusal({"--start-time", "@5", "x"}) == "--start-time sets the virtual clock: it needs --virtual");
    CHECK(refusal({"--virtual", "--start-time", "noon", "x"}) ==
          "--start-time: 'noon' is not a time; write 2024-01-01T12:00:00Z or @1704110400");
}

TEST_CASE("--env-file is read") {
    const Files files;
    const auto good = files.write("good.env", "A=1\nB='x y'\n");
    const auto bad = files.write("bad.env", "A=1\n=2\n");
    CHECK(parse({"--env-file", good, "x"}).session.environment == Pairs{{"A", "1"}, {"B", "x y"}});
    CHECK(refusal({"--env-file", bad, "x"}).starts_with("--env-file: " + bad + ":2: "));
    CHECK(refusal({"--env-file", files.path("none"), "x"}).find("no such file or directory") !=
          std::string::npos);
}

TEST_CASE("an unknown option gets a suggestion") {
    CHECK(refusal({"--virtaul", "x"}) == "unknown option '--virtaul'; did you mean '--virtual'?");
    CHECK(refusal({"--keepgoing", "x"}) == "unknown option '--keepgoing'; did you mean '--keep-going'?");
    CHECK(refusal({"--timeuot=5", "x"}) == "unknown option '--timeuot'; did you mean '--timeout'?");
    CHECK(refusal({"--frobnicate", "x"}) == "unknown option '--frobnicate'");
    CHECK(refusal({"-z", "x"}) == "unknown option '-z'");
    CHECK(refusal({"x", "-z"}) == "unknown option '-z'");
    CHECK(refusal({"-qz", "x"}).starts_with("unknown option '"));
}

TEST_CASE("an option of another command is not an unknown option") {
    CHECK(refusal({"check", "--virtual", "x"}) == "'--virtual' is not an option of 'arun check'");
    CHECK(refusal({"check", "--events", "x", "y"}) == "'--events' is not an option of 'arun check'");
    CHECK(refusal({"plan", "--grace", "1", "x"}) == "'--grace' is not an option of 'arun plan'");
    CHECK(refusal({"schema", "-q"}) == "'-q' is not an option of 'arun schema'");
    CHECK(refusal({"kinds", "--var=a=1"}) == "'--var' is not an option of 'arun kinds'");
}

TEST_CASE("missing and unexpected values are rejected") {
    CHECK(refusal({"x", "--timeout"}) == "'--timeout' needs a value");
    CHECK(refusal({"x", "--color"}) == "'--color' needs a value");
    CHECK(refusal({"--virtual=yes", "x"}) == "'--virtual' takes no value");
    CHECK(refusal({"--quiet=1", "x"}) == "'--quiet' takes no value");
    CHECK(refusal({"-q", "-v", "x"}) == "--quiet and --verbose are mutually exclusive");
}

TEST_CASE("--help and --version come before other errors") {
    CHECK(parse({"--help"}).help);
    CHECK(parse({"-h"}).help);
    CHECK(parse({"check", "-h"}).help);
    CHECK(parse({"check", "-h"}).command == Command::check);
    CHECK(parse({"-V"}).version);
    CHECK(parse({"--version"}).version);
    CHECK(parse({"--help", "--timeout", "soon"}).help);
    CHECK(parse({"--timeout", "soon", "-h"}).help);
}

TEST_CASE("names of scripts are not interpreted") {
    CHECK(parse({"a b.json", "ä.yaml", "", "./a=b", "[x]", "{y}", "a,b"}).operands ==
          Words{"a b.json", "ä.yaml", "", "./a=b", "[x]", "{y}", "a,b"});
    CHECK(parse({"-q", "[a,b]", "'x'"}).operands == Words{"[a,b]", "'x'"});
}

TEST_CASE("what --report accepts depends on the command") {
    const auto& report = *find_option("--report");
    CHECK(report.choices_for(Command::run) == "junit|tap|json|github");
    CHECK(report.choices_for(Command::check) == "json|github");
    CHECK(report.choices_for(Command::plan) == "json");
    CHECK(find_option("--color")->choices_for(Command::check) == "auto|always|never");
    CHECK(parse({"plan", "--report", "json", "x"}).reports.at(0).format == ReportFormat::json);
    CHECK(parse({"check", "--report", "github=f", "x"}).reports.at(0).format == ReportFormat::github);
    CHECK(refusal({"check", "--report", "tap", "x"}) == "--report: expected json or github, not 'tap'");
    CHECK(refusal({"plan", "--report", "github", "x"}) == "--report: expected json, not 'github'");
}

TEST_CASE("the tables of commands and options agree with each other") {
    for (const auto& command : all_commands()) {
        CHECK(&spec_of(command.command) == &command);
        CHECK(find_command(command.name) == &command);
        CHECK_FALSE(command.summary.empty());
    }
    CHECK(find_command("frobnicate") == nullptr);
    for (const auto& option : all_options()) {
        CHECK(option.name.starts_with("--"));
        CHECK(find_option(option.name) == &option);
        if (option.letter != 0) CHECK(find_option(option.letter) == &option);
        // The search for the command relies on it.
        if (option.letter != 0) CHECK_FALSE(option.takes_value());
        CHECK((option.flag != nullptr) + (option.text != nullptr) + (option.list != nullptr) == 1);
        CHECK(option.takes_value() == !option.value.empty());
        CHECK_FALSE(option.help.empty());
        CHECK(option.commands != 0);
    }
    CHECK(find_option("--frobnicate") == nullptr);
    CHECK(find_option('\0') == nullptr);
    CHECK(find_option('?') == nullptr);
    for (const auto& command : all_commands()) CHECK(find_option("--help")->belongs_to(command.command));
}
