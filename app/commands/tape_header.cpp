#include "commands/tape_header.hpp"

#include "base/number.hpp"
#include "base/text.hpp"
#include "base/time_format.hpp"
#include "script/value.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

namespace arun::app {
namespace {

using script::Type;
using script::Value;

std::string working_directory() {
    std::error_code error;
    return std::filesystem::current_path(error).string();
}

/// A text after a "=", with all its bytes, and a number as it was written; else JSON.
std::string written(const Value& value) {
    if (value.is(Type::string)) return '=' + value.as_string();
    if (value.is(Type::number)) return value.to_text();
    std::string text;
    script::append_json(text, value);
    return text;
}

Value read_written(const std::string& text) {
    if (text.starts_with('=')) return Value::string(text.substr(1));
    if (const auto number = Number::parse(text)) return Value::number(*number, text);
    auto value = script::parse_json(text);
    // A secret may stand in the place of a number.
    return value ? *std::move(value) : Value::string(text);
}

/// The time zone at that time as TZ writes one: "<CET>-1:00".
std::string zone_at(Clock::WallTime time) {
    const auto seconds = Clock::WallTime::clock::to_time_t(time);
    struct tm local{};
    ::localtime_r(&seconds, &local);
    const auto west = -local.tm_gmtoff;
    const auto minutes = std::abs(west) / 60;
    return '<' + std::string(local.tm_zone) + '>' + (west < 0 ? "-" : "") + std::to_string(minutes / 60) +
           ':' + std::to_string(minutes % 60);
}

/// The name of the time zone, as "Europe/Berlin"; empty if it has none.
std::string zone_name() {
    const char* given = std::getenv("TZ");
    if (given != nullptr) return given;
    std::error_code error;
    const auto link = std::filesystem::read_symlink("/etc/localtime", error).string();
    constexpr std::string_view folder = "zoneinfo/";
    const auto at = link.find(folder);
    return at != std::string::npos ? link.substr(at + folder.size()) : std::string();
}

/// Where that zone is not known, its time at the start of the run has to do.
void set_zone(const std::string& name, const std::string& fallback) {
    const bool is_name = !name.empty() && name.find("..") == std::string::npos && name.front() != '/';
    std::error_code error;
    const bool known = is_name && std::filesystem::exists("/usr/share/zoneinfo/" + name, error);
    ::setenv("TZ", known ? name.c_str() : fallback.c_str(), 1);
    ::tzset();
}

/// Later times overflow. Units: ns.
constexpr std::int64_t max_start = 4'000'000'000'000'000'000;

/// Flags of the run, by their names on the tape.
constexpr std::array flags{
    std::pair<std::string_view, bool jobs::SessionOptions::*>{"keep_going",
                                                              &jobs::SessionOptions::keep_going},
    std::pair<std::string_view, bool jobs::SessionOptions::*>{"isolated", &jobs::SessionOptions::isolated},
};

}  // namespace

void write_header(tape::Writer& writer, const Options& options, const Scripts& scripts,
                  const StandardOutput& output, const jobs::SessionOptions& session) {
    using jobs::Stream;
    const auto start = std::chrono::duration_cast<Duration>(session.start_time->time_since_epoch());
    tape::Writer::Line line(writer);
    line.number("arun-tape", tape::version)
        .text("arun", options.program_version)
        .text("time", format_time(*session.start_time, "%Y-%m-%dT%H:%M:%S.%3fZ", true))
        .number("start", start.count())
        .texts("zone", {zone_name(), zone_at(*session.start_time)})
        .text("directory", working_directory())
        .text("clock", session.clock == ClockMode::virtual_ ? "virtual" : "real")
        .number("timeout", session.timeout.count())
        .number("grace", session.grace.count());
    for (const auto& [name, member] : flags) line.boolean(name, session.*member);
    line.boolean("exit_code", options.exit_code)
        .boolean("strict", options.strict)
        .boolean("stdin_is_script", scripts.compilation.stdin_is_script)
        .texts("only", options.only)
        .texts("skip", options.skip);
    if (options.from) line.text("from", *options.from);
    const auto terminal = [&](Stream stream) {
        return std::string(output.interactive(stream) ? "interactive" : "") +
               (output.coloured(stream) ? " coloured" : "");
    };
    line.texts("streams", {terminal(Stream::out), terminal(Stream::err)});
    line.pairs("env_file", session.environment);
    tape::Pairs variables;
    std::vector<std::string> typed;
    for (const auto& variable : session.variables) {
        variables.emplace_back(variable.name, written(variable.value));
        if (variable.spelling == script::Spelling::value) typed.push_back(variable.name);
    }
    line.pairs("variables", variables).texts("typed", typed);
    std::vector<std::string> texts;
    for (const auto& source : scripts.loaded)
        texts.insert(texts.end(), {source.name, source.format, source.text});
    line.texts("scripts", texts);
}

void read_header(const tape::Event& header, Options& options, Scripts& scripts,
                 std::vector<LoadedSource>& sources, StandardOutput& output) {
    using jobs::Stream;
    auto& session = options.session;
    const auto start = Duration(header.number("start"));
    for (const std::string_view time : {"start", "timeout", "grace"})
        if (header.number(time) < 0 || header.number(time) > max_start)
            header.fail("'" + std::string(time) + "' is no time of a run");
    session.start_time = Clock::WallTime(std::chrono::duration_cast<Clock::WallTime::duration>(start));
    const auto zone = header.texts("zone");
    if (zone.size() != 2) header.fail("'zone' has not two texts");
    set_zone(zone[0], zone[1]);
    const auto clock = header.text("clock");
    if (clock != "virtual" && clock != "real") header.fail("'clock' is neither 'real' nor 'virtual'");
    session.clock = clock == "virtual" ? ClockMode::virtual_ : ClockMode::real;
    session.timeout = Duration(header.number("timeout"));
    session.grace = Duration(header.number("grace"));
    for (const auto& [name, member] : flags) session.*member = header.boolean(name);
    options.exit_code = header.boolean("exit_code");
    options.strict = header.boolean("strict");
    scripts.compilation.directory = header.text("directory");
    options.only = header.texts("only");
    options.skip = header.texts("skip");
    if (header.has("from")) options.from = header.text("from");
    const auto streams = header.texts("streams");
    if (streams.size() != 2) header.fail("'streams' has not two texts");
    const auto is = [&](std::size_t stream, std::string_view what) {
        return streams[stream].find(what) != std::string::npos;
    };
    output.pretend_interactive(is(0, "interactive"), is(1, "interactive"));
    output.set_coloured(is(0, "coloured"), is(1, "coloured"));
    session.environment = header.pairs("env_file");
    const auto typed = header.texts("typed");
    std::vector<script::GivenVariable> variables;
    for (const auto& [name, text] : header.pairs("variables")) {
        const bool is_typed = std::ranges::find(typed, name) != typed.end();
        variables.push_back({name,
                             read_written(text),
                             is_typed ? script::Spelling::value : script::Spelling::text,
                             "--var " + name,
                             {}});
    }
    // Those of the command line come last, and win.
    session.variables.insert(session.variables.begin(), variables.begin(), variables.end());
    const auto texts = header.texts("scripts");
    if (texts.size() % 3 != 0) header.fail("'scripts' has not three texts for each file");
    options.operands.clear();
    for (std::size_t i = 0; i < texts.size(); i += 3) {
        const auto& format = texts[i + 1];
        if (!format.empty() && format != "yaml" && format != "json")
            header.fail(quote(format) + " is no format of a script on a tape: there are 'yaml' and 'json'");
        sources.push_back({texts[i], format, texts[i + 2]});
        if (!format.empty()) options.operands.push_back(texts[i]);
    }
    // load() looks for '-' among them.
    if (header.boolean("stdin_is_script")) options.operands.emplace_back("-");
}

tape::Reader open_tape_of_run(const std::string& path, Options& options, Scripts& scripts,
                              std::vector<LoadedSource>& sources, StandardOutput& output) {
    auto reader = tape::Reader::open(path);
    if (reader.contains(tape::secret_mark)) output.hide(tape::secret_mark);
    read_header(reader.header(), options, scripts, sources, output);
    return reader;
}

void use_other_scripts(Options& options, Scripts& scripts, const std::vector<std::string>& paths) {
    options.operands = paths;
    options.only.clear();
    options.skip.clear();
    options.from.reset();
    scripts.compilation.directory.clear();
}

}  // namespace arun::app
