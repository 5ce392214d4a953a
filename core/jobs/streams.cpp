#include "jobs/streams.hpp"

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

/// Bytes of lines that are compiled together.
constexpr std::size_t most_at_once = std::size_t{1} << 14;
constexpr std::size_t least_at_once = 256;

bool is_blank(std::string_view line) {
    return line.find_first_not_of(" \t\r") == line.npos;
}

/// Lines are compiled as they are read.
class Items final : public syntax::DocumentSink {
public:
    explicit Items(script::Compiler& compiler) : compiler_(compiler) {}
    bool takes_items() const noexcept override { return true; }
    void item(syntax::Node item) override {
        auto& diagnostics = compiler_.diagnostics();
        if (suspect_) return;
        if (diagnostics.empty()) compiler_.read_line_item(item);
        if (diagnostics.empty()) script::check_names(compiler_.compilation(), diagnostics);
        if (!diagnostics.empty()) suspect_ = item.span().begin;
    }
    void end(std::shared_ptr<const syntax::Document>) override {}

    /// Where the first item stands that something has to be said about.
    std::optional<std::uint32_t> suspect() const noexcept { return suspect_; }

private:
    script::Compiler& compiler_;
    std::optional<std::uint32_t> suspect_;
};

/// The lines up to the second that may include a file, which the line before it may write.
std::string_view before_include(std::string_view text) {
    const auto first = text.find('\n', text.find_first_not_of(" \t\r\n"));
    const auto include = text.find("include", first);
    return include == text.npos ? text : text.substr(0, text.rfind('\n', include) + 1);
}

}  // namespace

StreamSource::StreamSource(std::shared_ptr<LineReader> reader, std::string name,
                           script::CompilationContext& compilation)
    : reader_(std::move(reader)), name_(std::move(name)), compilation_(compilation) {}

Coro<> StreamSource::more() {
    if (!std::exchange(began_, true)) {
        reader_->start();
        co_return;
    }
    try {
        co_await reader_->more();
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
    syntax::report_read_error(name_, read_error_, fresh_diagnostics());
    return Next::bad;
}

ScriptSource::Next StreamSource::stop(std::string message) {
    stopped_ = true;
    fresh_diagnostics().error({}, std::move(message));
    return Next::bad;
}

bool StreamSource::judge() {
    script::check_names(compilation_, diagnostics_);
    script::forget_places(compilation_);
    return !diagnostics_.has_errors();
}

ScriptSource::Next JsonLinesSource::next_script() {
    if (std::exchange(started_, true)) return Next::end;
    body_.name = name();
    return Next::ready;
}

bool JsonLinesSource::compile(std::string_view line, std::uint64_t number) {
    auto& diagnostics = fresh_diagnostics();
    auto source =
        std::make_shared<const Source>(name(), std::string(line), static_cast<std::uint32_t>(number));
    auto documents = syntax::read(std::move(source), syntax::Format::json_lines, diagnostics);
    if (documents.empty()) {
        diagnostics.advise("in JSON Lines every job is on a line of its own (jq writes that with -c)");
        return false;
    }
    lines_ = script::compile_line(documents.front(), compilation(), diagnostics);
    job_ = 1;
    return judge();
}

/// The next lines, if several have arrived. False if the next one has to be looked at by itself.
bool JsonLinesSource::compile_many() {
    if (compilation().isolated) return false;
    auto text = reader().text().substr(0, at_once_);
    text = text.substr(0, text.rfind('\n') + 1);
    while (text.find('\n') + 1 < text.size()) {
        const auto well = compile_all(text);
        if (well == text.size()) return true;
        // What is wrong is said when its turn comes; until then, few lines are looked at in vain.
        at_once_ = std::max(at_once_ / 2, least_at_once);
        text = text.substr(0, well);
    }
    return false;
}

/// How many bytes of lines stand before the first that something may have to be said about. If that is all of
/// them, they are taken.
std::size_t JsonLinesSource::compile_all(std::string_view lines) {
    const auto text = before_include(lines);
    auto& diagnostics = fresh_diagnostics();
    const auto first = static_cast<std::uint32_t>(reader().number());
    const auto source = std::make_shared<const Source>(name(), std::string(text), first);
    if (!syntax::check_characters(*source, syntax::Format::json_lines, diagnostics)) return 0;
    auto script = std::make_shared<script::Script>();
    script::Compiler compiler(*script, compilation(), diagnostics);
    compiler.begin(source);
    Items items(compiler);
    const auto read = syntax::read_json_lines(source, diagnostics, items);
    std::size_t well = read.valid_size;
    if (const auto at = items.suspect(); at && *at < well) well = text.rfind('\n', *at) + 1;
    if (well < text.size()) {
        // Before the script goes that it was compiled into.
        script::forget_uses(compilation(), *source);
        script::forget_places(compilation());
        return well;
    }
    if (text.size() == lines.size()) at_once_ = std::min(at_once_ * 2, most_at_once);
    script::forget_places(compilation());
    reader().take(text.size(), static_cast<std::uint64_t>(std::ranges::count(text, '\n')));
    if (script->jobs.empty()) return 0;
    script->documents.push_back(read.document);
    script->body.name = name();
    script->body.jobs = {script->jobs};
    lines_ = std::move(script);
    job_ = 1;
    return lines.size();
}

ScriptSource::Next JsonLinesSource::next_job() {
    if (!began()) return Next::waiting;
    if (lines_ && next_of_jobs()) return Next::ready;
    lines_.reset();
    while (!stopped()) {
        if (compile_many()) return Next::ready;
        std::string_view line;
        const auto number = reader().number();
        switch (reader().next(line)) {
            case LineReader::Found::nothing:
                return wait_or_stop();
            case LineReader::Found::end:
                return Next::end;
            case LineReader::Found::too_long:
                return stop("line " + std::to_string(number) + " of '" + name() + "'" +
                            std::string(too_large));
            case LineReader::Found::line:
                if (!is_blank(line)) return compile(line, number) ? Next::ready : Next::bad;
        }
    }
    return Next::end;
}

std::unique_ptr<script::Script> JsonLinesSource::read_all(Diagnostics& diagnostics) {
    auto script = std::make_unique<script::Script>();
    std::vector<script::Job> jobs;
    begin();
    script->body.name = script->arena.copy(name());
    for (auto next = next_job(); next != Next::end; next = next_job()) {
        if (next == Next::waiting) {
            block_for_more();
            continue;
        }
        diagnostics.add(this->diagnostics());
        if (next == Next::bad) continue;
        jobs.push_back(job());
        if (script->parts.empty() || script->parts.back() != lines_) script->parts.push_back(lines_);
    }
    script->body.jobs = {script->arena.copy(jobs)};
    return script;
}

YamlDocumentsSource::YamlDocumentsSource(std::shared_ptr<LineReader> reader, std::string name,
                                         script::CompilationContext& compilation,
                                         script::OutsideVariables variables)
    : StreamSource(std::move(reader), std::move(name), compilation), variables_(variables) {}

/// True when the next document has arrived; it may be empty.
bool YamlDocumentsSource::find_document() {
    if (!size_) size_ = splitter_.split(text());
    if (!size_ && reader().ended()) size_ = text().size();
    return size_.has_value();
}

bool YamlDocumentsSource::has_more_documents() {
    while (!find_document()) {
        if (text().size() > syntax::max_source_size || wait_or_stop() == Next::bad) return true;
        block_for_more();
    }
    return !reader().ended() || *size_ < text().size();
}

/// Past the next one; it may be empty. False if it has errors.
bool YamlDocumentsSource::read_document() {
    const auto piece = text().substr(0, *size_);
    auto source = std::make_shared<const Source>(name(), std::string(piece),
                                                 static_cast<std::uint32_t>(reader().number()));
    reader().take(*size_, static_cast<std::uint64_t>(std::ranges::count(piece, '\n')));
    size_.reset();
    auto& diagnostics = fresh_diagnostics();
    for (auto& document :
         syntax::read(std::move(source), syntax::Format::yaml, diagnostics, syntax::Empty::allowed))
        documents_.push_back(std::move(document));
    return !diagnostics.has_errors();
}

ScriptSource::Next YamlDocumentsSource::next_script() {
    if (!began()) return Next::waiting;
    if (stopped()) return Next::end;
    bool well = true;
    if (!documents_.empty()) fresh_diagnostics();
    while (documents_.empty()) {
        if (!find_document()) {
            if (text().size() > syntax::max_source_size)
                return stop("the document in line " + std::to_string(reader().number()) + " of '" + name() +
                            "'" + std::string(too_large));
            return wait_or_stop();
        }
        if (reader().ended() && text().empty()) return Next::end;
        well = read_document();
        if (!well) break;
    }
    if (!documents_.empty()) {
        auto script = script::compile(documents_.front(), compilation(), diagnostics_of_part());
        documents_.pop_front();
        script::check_outside(script->body, variables_, diagnostics_of_part());
        script_ = std::move(script);
        job_ = 0;
    }
    return judge() && well ? Next::ready : Next::bad;
}

}  // namespace arun::jobs
