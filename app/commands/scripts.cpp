#include "commands/scripts.hpp"

#include "base/suggestion.hpp"
#include "base/text.hpp"
#include "cli/synonyms.hpp"
#include "cli/vars_file.hpp"
#include "commands/selection.hpp"
#include "console/declared_secrets.hpp"
#include "jobs/kind.hpp"
#include "jobs/streams.hpp"
#include "rt/line_reader.hpp"
#include "script/compiler.hpp"
#include "syntax/load.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace arun::app {
namespace {

using syntax::Format;

/// How much of a stream is read ahead while its jobs run. Units: bytes.
constexpr std::size_t read_ahead = std::size_t{1} << 18;

/// A loaded operand: some consecutive scripts of the list, or a stream.
struct Operand {
    std::size_t first = 0;
    std::size_t count = 0;
    std::unique_ptr<jobs::StreamSource> stream;
};

/// For `arun chek x.yaml`: the command that was probably meant.
std::string hint_for_missing(std::string_view operand) {
    std::vector<std::string_view> names;
    for (const auto& command : all_commands()) names.push_back(command.name);
    auto meant = name_of(operand, command_synonyms());
    if (meant.empty()) meant = closest(operand, names);
    return meant.empty() ? std::string() : "did you mean 'arun " + std::string(meant) + "'?";
}

class Loader {
public:
    Loader(Scripts& scripts, const Options& options) : scripts_(scripts), options_(options) {}

    void add(const std::string& operand) {
        name_ = operand == "-" ? "<stdin>" : operand;
        current_ = {};
        current_.first = scripts_.list.size();
        // Waits for a writer if the operand is a FIFO.
        const bool shared = operand == "-";
        fd_ = shared ? STDIN_FILENO : ::open(operand.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
        if (fd_ < 0) {
            const int error = errno;
            syntax::report_read_error(name_, error, scripts_.diagnostics);
            if (error == ENOENT && scripts_.diagnostics.errors() == 1)
                scripts_.diagnostics.advise(hint_for_missing(operand));
            return;
        }
        const auto sharing = shared ? FdWatch::Sharing::shared : FdWatch::Sharing::own;
        auto reader = LineReader::make(fd_, sharing, syntax::max_source_size, read_ahead);
        try {
            read(std::move(reader), operand);
        } catch (const std::system_error& error) {
            syntax::report_read_error(name_, error.code().value(), scripts_.diagnostics);
        }
        current_.count = scripts_.list.size() - current_.first;
        operands_.push_back(std::move(current_));
    }

    void add(const LoadedSource& source) {
        current_ = {};
        current_.first = scripts_.list.size();
        compile(std::make_shared<const Source>(source.name, source.text),
                source.format == "yaml" ? Format::yaml : Format::json);
        current_.count = scripts_.list.size() - current_.first;
        operands_.push_back(std::move(current_));
    }

    bool has_streams() const noexcept {
        return std::ranges::any_of(operands_, [](const auto& operand) { return operand.stream != nullptr; });
    }

    /// Call after check_names(): a stream may use the names of all scripts.
    void finish() {
        for (auto& operand : operands_) {
            auto* const lines = dynamic_cast<jobs::JsonLinesSource*>(operand.stream.get());
            if (!runs() && lines != nullptr) {
                const auto place =
                    scripts_.list.begin() + static_cast<std::ptrdiff_t>(operand.first + inserted_);
                scripts_.list.insert(place, lines->read_all(scripts_.diagnostics));
                ++inserted_;
            }
        }
        if (!runs()) return;
        for (auto& operand : operands_) {
            if (operand.stream) {
                scripts_.streams = true;
                scripts_.sources.push_back(std::move(operand.stream));
            } else {
                scripts_.sources.push_back(std::make_unique<jobs::CompiledScriptSource>(
                    std::span(scripts_.list).subspan(operand.first, operand.count)));
            }
        }
    }

private:
    bool runs() const noexcept {
        return options_.command == Command::run || options_.command == Command::replay;
    }

    void read(std::shared_ptr<LineReader> reader, const std::string& operand) {
        struct stat info{};
        const bool known = ::fstat(fd_, &info) == 0;
        const bool file = known && S_ISREG(info.st_mode);
        auto format = options_.format ? options_.format : syntax::format_by_extension(operand);
        if (!known || S_ISDIR(info.st_mode)) format = Format::json;  // load_fd() reports the error
        if (!format) format = sniff(*reader);
        if (reader->text().starts_with("{\"arun-tape\""))
            return scripts_.diagnostics.error({}, quote(name_) + " is a tape, not a script",
                                              "'arun replay' runs it again");
        auto& compilation = scripts_.compilation;
        if (*format == Format::json_lines) {
            current_.stream = std::make_unique<jobs::JsonLinesSource>(std::move(reader), name_, compilation);
        } else if (*format == Format::yaml && !file && runs()) {
            read_documents(std::make_unique<jobs::YamlDocumentsSource>(std::move(reader), name_, compilation,
                                                                       scripts_.variables));
        } else {
            const auto source = syntax::load_fd(fd_, name_, scripts_.diagnostics, syntax::Empty::refused,
                                                std::string(reader->text()));
            if (source) compile(source, *format);
        }
    }

    /// A stream of a single document is checked before anything runs, like a file.
    void read_documents(std::unique_ptr<jobs::YamlDocumentsSource> stream) {
        if (stream->has_more_documents()) {
            current_.stream = std::move(stream);
        } else if (stream->text().empty()) {
            scripts_.diagnostics.error({}, "cannot read " + quote(name_) + ": it is empty",
                                       "with '--format jsonl' it would be a script without jobs");
        } else {
            compile(std::make_shared<const Source>(name_, std::string(stream->text())), Format::yaml);
        }
    }

    /// Reads until the format is known. Empty input counts as YAML, whose reader reports it.
    static Format sniff(LineReader& reader) {
        syntax::FormatSniffer sniffer;
        std::optional<Format> format;
        for (std::size_t seen = 0; !format; seen = reader.text().size()) {
            if (reader.ended()) return sniffer.finish();
            reader.block_for_more();
            format = sniffer.feed(reader.text().substr(seen));
            if (reader.text().size() > syntax::max_source_size) break;
        }
        return format.value_or(Format::json);  // load_fd() refuses what is too large
    }

    void compile(const std::shared_ptr<const Source>& source, Format format) {
        if (options_.record)
            scripts_.loaded.push_back(
                {source->name(), format == Format::yaml ? "yaml" : "json", std::string(source->text())});
        script::ScriptSink sink(scripts_.compilation, scripts_.diagnostics);
        syntax::read(source, format, scripts_.diagnostics, sink);
        for (auto& script : sink.scripts) scripts_.list.push_back(std::move(script));
        for (auto& script : sink.broken) scripts_.broken.push_back(std::move(script));
    }

    Scripts& scripts_;
    const Options& options_;
    std::vector<Operand> operands_;
    std::size_t inserted_ = 0;  ///< scripts that finish() has read from streams
    // The operand that is being read:
    std::string name_;
    int fd_ = -1;
    Operand current_;
};

/// The scripts run in an imagined world.
bool is_imagined(Command command) noexcept {
    return command == Command::replay || command == Command::test || command == Command::explore;
}

/// Hides the values that secrets have before the run: error messages may contain them.
void hide_secrets(const Scripts& scripts, const Options& options, jobs::Output& output) {
    const auto& symbols = scripts.compilation.symbols;
    if (symbols.secrets().empty()) return;
    const auto hide = [&](std::string_view text) { output.hide(text); };
    for (const auto& variable : scripts.variables)
        if (symbols.is_secret(variable.name)) script::for_each_secret(variable.value, hide);
    for (const auto& [name, value] : options.session.environment)
        if (symbols.is_secret(name)) output.hide(value);
    // The environment may be another one.
    if (options.command == Command::replay || options.command == Command::test) return;
    for (const auto& name : symbols.secrets())
        if (const char* value = std::getenv(name.c_str())) output.hide(value);
}

/// Checks what is given for the inputs and variables of the scripts, and if `all`, that nothing is missing.
void check_given(Scripts& scripts, bool all) {
    for (const auto& script : scripts.list)
        if (!script::check_given(script->body, scripts.variables, all, scripts.diagnostics))
            scripts.wrong_inputs.push_back(script.get());
}

}  // namespace

Scripts::Scripts() : kinds(jobs::all_kinds()), compilation(kinds) {}

namespace {

/// With a verb; empty if streams will do.
std::string_view who_needs_whole_scripts(const Options& options) {
    if (selects_jobs(options)) return "--only, --skip and --from need";
    if (options.record) return "--record needs";
    return options.command == Command::replay ? "a replay needs" : "";
}

void load_all(Scripts& scripts, const Options& options, const std::vector<LoadedSource>* sources,
              jobs::Output& output) {
    scripts.compilation.hide = [&output](std::string_view value) { output.hide(value); };
    auto operands = options.operands;
    if (operands.empty()) operands.emplace_back("-");
    scripts.compilation.strict = options.strict;
    scripts.diagnostics.set_strict(options.strict);
    scripts.compilation.isolated = options.session.isolated;
    scripts.compilation.stdin_is_script = std::ranges::find(operands, "-") != operands.end();
    for (const auto& file : options.vars_files) read_vars_file(file, scripts.variables, scripts.diagnostics);
    const bool files_read = !scripts.diagnostics.has_errors();
    scripts.variables.insert(scripts.variables.end(), options.session.variables.begin(),
                             options.session.variables.end());
    for (const auto& variable : scripts.variables) scripts.compilation.define(variable.name);
    Loader loader(scripts, options);
    bool stdin_taken = false;
    if (sources != nullptr)
        for (const auto& source : *sources)
            if (!source.format.empty()) loader.add(source);
    for (const auto& operand : operands) {
        if (sources != nullptr) break;
        if (operand == "-" && std::exchange(stdin_taken, true)) {
            scripts.diagnostics.error({}, "standard input can be read only once, but '-' is given twice");
            continue;
        }
        loader.add(operand);
    }
    script::check_names(scripts.compilation, scripts.diagnostics);
    hide_secrets(scripts, options, output);
    const auto needs_whole = who_needs_whole_scripts(options);
    if (loader.has_streams() && !needs_whole.empty()) {
        scripts.diagnostics.error({}, std::string(needs_whole) + " scripts that are there as a whole",
                                  "a stream runs as it arrives; write it to a file");
    } else if (!scripts.diagnostics.has_errors()) {
        select_jobs(scripts.list, options, scripts.diagnostics);
    }
    loader.finish();
    // After an error in a script, what reads a variable may not have been compiled.
    const bool all_known = !scripts.streams && !scripts.diagnostics.has_errors();
    // An input that seems to be missing may be in a file that cannot be read.
    const bool needs_inputs =
        options.command == Command::run || options.command == Command::plan || is_imagined(options.command);
    check_given(scripts, needs_inputs && files_read);
    if (all_known)
        script::check_given_variables(
            scripts.compilation, scripts.variables,
            options.command == Command::replay ? Severity::warning : Severity::error, scripts.diagnostics);
    if (scripts.diagnostics.has_errors()) hide_declared_secrets(scripts.diagnostics, output);
}

/// Notes what is included.
void note_includes(Scripts& scripts) {
    scripts.compilation.load = [&scripts](const std::string& path, Diagnostics& diagnostics) {
        auto source = syntax::load_file(path, diagnostics);
        if (source != nullptr) scripts.loaded.push_back({path, {}, std::string(source->text())});
        return source;
    };
}

}  // namespace

void load(Scripts& scripts, const Options& options, jobs::Output& output) {
    if (options.record) note_includes(scripts);
    load_all(scripts, options, nullptr, output);
}

void load_sources(Scripts& scripts, const Options& options, const std::vector<LoadedSource>& sources,
                  jobs::Output& output) {
    scripts.compilation.load = [&sources](const std::string& path, Diagnostics& diagnostics) {
        for (const auto& source : sources)
            if (source.name == path && source.format.empty())
                return std::make_shared<const Source>(source.name, source.text);
        diagnostics.error({}, "the tape does not have " + quote_whole(path));
        return std::shared_ptr<const Source>();
    };
    load_all(scripts, options, &sources, output);
}

Diagnostics check_after_streams(const Scripts& scripts, const Options& options) {
    Diagnostics diagnostics;
    diagnostics.set_strict(options.strict);
    const bool complete = std::ranges::all_of(scripts.sources, [](const auto& s) { return s->exhausted(); });
    if (scripts.streams && complete)
        script::check_given_variables(scripts.compilation, scripts.variables, Severity::warning, diagnostics);
    return diagnostics;
}

}  // namespace arun::app
