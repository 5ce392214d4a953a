#include "jobs/streams.hpp"

#include "base/text.hpp"
#include "syntax/characters.hpp"
#include "syntax/json_reader.hpp"
#include "syntax/load.hpp"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

namespace arun::jobs {

namespace {

constexpr std::string_view too_large = " is larger than a script may be, 1 GiB";

/// Bounds of JsonLinesSource::batch_size_.
constexpr std::size_t max_batch_size = std::size_t{1} << 14;
constexpr std::size_t min_batch_size = 256;

/// Compiles lines while they are read, up to the first that a message may concern.
class LineCompiler final : public syntax::DocumentSink {
public:
    explicit LineCompiler(script::Compiler& compiler) : compiler_(compiler) {}
    bool takes_items() const noexcept override { return true; }
    void item(syntax::Node item) override {
        auto& diagnostics = compiler_.diagnostics();
        if (suspect_) return;
        if (diagnostics.empty()) compiler_.read_line_item(item);
        if (diagnostics.empty()) script::check_names(compiler_.compilation(), diagnostics);
        if (!diagnostics.empty()) suspect_ = item.span().begin;
    }
    void end(std::shared_ptr<const syntax::Document>) override {}

    /// Where that line is.
    std::optional<std::uint32_t> suspect() const noexcept { return suspect_; }

private:
    script::Compiler& compiler_;
    std::optional<std::uint32_t> suspect_;
};

/// The lines before the second one that may include a file: the line before it may write that file.
std::string_view before_include(std::string_view text) {
    const auto first = text.find('\n', text.find_first_not_of(" \t\r\n"));
    const auto include = text.find("include", first);
    return include == text.npos ? text : text.substr(0, text.rfind('\n', include) + 1);
}

}  // namespace

StreamSource::StreamSource(std::shared_ptr<LineReader> reader, std::string name,
                           script::CompilationContext& compilation)
    : reader_(std::move(reader)), name_(std::move(name)), compilation_(compilation) {}

Coro<> StreamSource::wait_for_more() {
    if (!std::exchange(started_, true)) {
        reader_->start();
        co_return;
    }
    try {
        co_await reader_->wait_for_more();
    } catch (const std::system_error& error) {
        read_error_ = error.code().value();
    }
}

void StreamSource::block_for_more() {
    try {
        reader_->block_for_more();
    } catch (const std::system_error& error) {
        read_error_ = error.code().value();
    }
}

ScriptSource::Next StreamSource::wait_or_stop() {
    if (read_error_ == 0) return Next::waiting;
    stopped_ = true;
    syntax::report_read_error(name_, read_error_, reset_diagnostics());
    return Next::invalid;
}

ScriptSource::Next StreamSource::stop(std::string message) {
    reset_diagnostics().error({}, std::move(message));
    return stop_at_error();
}

ScriptSource::Next StreamSource::stop_at_error() noexcept {
    stopped_ = true;
    return Next::invalid;
}

bool StreamSource::check_part() {
    script::check_names(compilation_, diagnostics_);
    script::detach_scripts(compilation_);
    return !diagnostics_.has_errors();
}

ScriptSource::Next JsonLinesSource::next_script() {
    if (std::exchange(script_returned_, true)) return Next::end;
    body_.name = name();
    return Next::ready;
}

bool JsonLinesSource::compile_line(std::string_view line, std::uint64_t number) {
    auto& diagnostics = reset_diagnostics();
    auto source =
        std::make_shared<const Source>(name(), std::string(line), static_cast<std::uint32_t>(number));
    auto documents = syntax::read(std::move(source), syntax::Format::json_lines, diagnostics);
    if (documents.empty()) {
        diagnostics.advise("in JSON Lines every job is on a line of its own (jq writes that with -c)");
        return false;
    }
    lines_ = script::compile_line(documents.front(), compilation(), diagnostics);
    job_ = 1;
    return check_part();
}

/// Compiles the next lines, if several have arrived. False if the next one has to be compiled by itself.
bool JsonLinesSource::compile_ready_lines() {
    if (compilation().isolated) return false;
    auto text = reader().text().substr(0, batch_size_);
    text = text.substr(0, text.rfind('\n') + 1);
    while (text.find('\n') + 1 < text.size()) {
        const auto valid = compile_valid_prefix(text);
        if (valid == text.size()) return true;
        // The error is reported when its turn comes. Until then, compile fewer lines in vain.
        batch_size_ = std::max(batch_size_ / 2, min_batch_size);
        text = text.substr(0, valid);
    }
    return false;
}

/// Returns how many bytes of lines are before the first that a message may concern. Consumes them if that is
/// all.
std::size_t JsonLinesSource::compile_valid_prefix(std::string_view lines) {
    const auto text = before_include(lines);
    auto& diagnostics = reset_diagnostics();
    const auto first = static_cast<std::uint32_t>(reader().number());
    const auto source = std::make_shared<const Source>(name(), std::string(text), first);
    if (!syntax::check_characters(*source, syntax::Format::json_lines, diagnostics)) return 0;
    auto script = std::make_shared<script::Script>();
    script::Compiler compiler(*script, compilation(), diagnostics);
    compiler.begin(source);
    LineCompiler items(compiler);
    const auto read = syntax::read_json_lines(source, diagnostics, items);
    std::size_t valid = read.valid_size;
    if (const auto at = items.suspect(); at && *at < valid) valid = text.rfind('\n', *at) + 1;
    if (valid < text.size()) {
        // Before the script that they were compiled into is destroyed.
        script::discard_uses(compilation(), *script);
        script::detach_scripts(compilation());
        return valid;
    }
    if (text.size() == lines.size()) batch_size_ = std::min(batch_size_ * 2, max_batch_size);
    script::detach_scripts(compilation());
    reader().take(text.size(), static_cast<std::uint64_t>(std::ranges::count(text, '\n')));
    searched_ = 0;
    if (script->jobs.empty()) return 0;
    script->documents.push_back(read.document);
    script->body.name = name();
    script->body.jobs = {script->jobs};
    lines_ = std::move(script);
    job_ = 1;
    return lines.size();
}

ScriptSource::Next JsonLinesSource::next_job() {
    if (!started()) return Next::waiting;
    if (lines_ && advance_to_next_job()) return Next::ready;
    lines_.reset();
    while (!stopped()) {
        if (compile_ready_lines()) return Next::ready;
        std::string_view line;
        const auto number = reader().number();
        switch (reader().next(line)) {
            case LineReader::Found::nothing:
                if (const auto text = reader().text();
                    text.find('\0', std::exchange(searched_, text.size())) != text.npos) {
                    // Not a text at all, so that its line may never end.
                    compile_line(text, number);
                    return stop_at_error();
                }
                return wait_or_stop();
            case LineReader::Found::end:
                return Next::end;
            case LineReader::Found::too_long:
                return stop("line " + std::to_string(number) + " of '" + name() + "'" +
                            std::string(too_large));
            case LineReader::Found::line:
                searched_ = 0;
                if (!trim(line).empty()) return compile_line(line, number) ? Next::ready : Next::invalid;
        }
    }
    return Next::end;
}

std::unique_ptr<script::Script> JsonLinesSource::read_all(Diagnostics& diagnostics) {
    auto script = std::make_unique<script::Script>();
    std::vector<script::Job> jobs;
    start();
    script->body.name = script->arena.copy(name());
    for (auto next = next_job(); next != Next::end; next = next_job()) {
        if (next == Next::waiting) {
            block_for_more();
            continue;
        }
        diagnostics.add(this->diagnostics());
        if (next == Next::invalid) continue;
        jobs.push_back(job());
        if (script->parts.empty() || script->parts.back() != lines_) script->parts.push_back(lines_);
    }
    script->body.jobs = {script->arena.copy(jobs)};
    return script;
}

YamlDocumentsSource::YamlDocumentsSource(std::shared_ptr<LineReader> reader, std::string name,
                                         script::CompilationContext& compilation,
                                         script::GivenVariables variables)
    : StreamSource(std::move(reader), std::move(name), compilation), variables_(variables) {}

/// Whether the next document, which may be empty, has arrived.
bool YamlDocumentsSource::find_document() {
    if (!size_) size_ = splitter_.split(text());
    if (!size_ && reader().ended()) size_ = text().size();
    return size_.has_value();
}

/// What has arrived of a document that may continue.
bool YamlDocumentsSource::is_too_large() {
    return text().size() > syntax::max_source_size || splitter_.unfinished_line() > syntax::max_stream_line;
}

bool YamlDocumentsSource::has_more_documents() {
    while (!find_document()) {
        if (is_too_large() || wait_or_stop() == Next::invalid) return true;
        block_for_more();
    }
    return !reader().ended() || *size_ < text().size();
}

/// Consumes the next one, which may be empty. False if it has errors.
bool YamlDocumentsSource::read_document() {
    const auto piece = text().substr(0, *size_);
    auto source = std::make_shared<const Source>(name(), std::string(piece),
                                                 static_cast<std::uint32_t>(reader().number()));
    reader().take(*size_, static_cast<std::uint64_t>(std::ranges::count(piece, '\n')));
    size_.reset();
    auto& diagnostics = reset_diagnostics();
    for (auto& document :
         syntax::read(std::move(source), syntax::Format::yaml, diagnostics, syntax::Empty::allowed))
        documents_.push_back(std::move(document));
    return !diagnostics.has_errors();
}

std::string YamlDocumentsSource::describe_excess() {
    const auto begin = "the document in line " + std::to_string(reader().number()) + " of '" + name() + "'";
    if (text().size() > syntax::max_source_size) return begin + std::string(too_large);
    return begin + " has a line that is longer than a stream of YAML may have, 64 MiB";
}

ScriptSource::Next YamlDocumentsSource::next_script() {
    if (!started()) return Next::waiting;
    if (stopped()) return Next::end;
    bool ok = true;
    if (!documents_.empty()) reset_diagnostics();
    while (documents_.empty()) {
        if (!find_document()) {
            if (is_too_large()) return stop(describe_excess());
            return wait_or_stop();
        }
        if (reader().ended() && text().empty()) return Next::end;
        ok = read_document();
        if (!ok) break;
    }
    if (!documents_.empty()) {
        auto script = script::compile(documents_.front(), compilation(), part_diagnostics());
        documents_.pop_front();
        script::check_given(script->body, variables_, true, part_diagnostics());
        script_ = std::move(script);
        job_ = 0;
    }
    return check_part() && ok ? Next::ready : Next::invalid;
}

}  // namespace arun::jobs
