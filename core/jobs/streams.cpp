#include "jobs/streams.hpp"

#include "doc/bytes.hpp"
#include "doc/load.hpp"
#include "doc/read_json.hpp"

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
class Items final : public doc::DocumentSink {
public:
    explicit Items(plan::Compiler& compiler) : compiler_(compiler) {}
    bool takes_items() const noexcept override { return true; }
    void item(doc::Node item) override {
        auto& diagnostics = compiler_.diagnostics();
        if (suspect_) return;
        if (diagnostics.empty()) compiler_.read_line_item(item);
        if (diagnostics.empty()) plan::check_names(compiler_.universe(), diagnostics);
        if (!diagnostics.empty()) suspect_ = item.span().begin;
    }
    void end(std::shared_ptr<const doc::Document>) override {}

    /// Where the first item stands that something has to be said about.
    std::optional<std::uint32_t> suspect() const noexcept { return suspect_; }

private:
    plan::Compiler& compiler_;
    std::optional<std::uint32_t> suspect_;
};

/// The lines up to the second that may include a file, which the line before it may write.
std::string_view before_include(std::string_view text) {
    const auto first = text.find('\n', text.find_first_not_of(" \t\r\n"));
    const auto include = text.find("include", first);
    return include == text.npos ? text : text.substr(0, text.rfind('\n', include) + 1);
}

}  // namespace

StreamFeed::StreamFeed(std::shared_ptr<LineReader> reader, std::string name, plan::Universe& universe)
    : reader_(std::move(reader)), name_(std::move(name)), universe_(universe) {}

Coro<> StreamFeed::more() {
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

void StreamFeed::block_for_more() {
    try {
        reader_->block_for_more();
    } catch (const std::system_error& error) {
        read_error_ = error.code().value();
    }
}

Feed::Next StreamFeed::wait_or_stop() {
    if (read_error_ == 0) return Next::waiting;
    stopped_ = true;
    doc::refuse_errno(name_, read_error_, fresh_diagnostics());
    return Next::bad;
}

Feed::Next StreamFeed::stop(std::string message) {
    stopped_ = true;
    fresh_diagnostics().error({}, std::move(message));
    return Next::bad;
}

bool StreamFeed::judge() {
    plan::check_names(universe_, diagnostics_);
    plan::forget_places(universe_);
    return !diagnostics_.has_errors();
}

Feed::Next LinesFeed::next_script() {
    if (std::exchange(started_, true)) return Next::end;
    body_.name = name();
    return Next::ready;
}

bool LinesFeed::compile(std::string_view line, std::uint64_t number) {
    auto& diagnostics = fresh_diagnostics();
    auto source =
        std::make_shared<const Source>(name(), std::string(line), static_cast<std::uint32_t>(number));
    auto documents = doc::read(std::move(source), doc::Format::json_lines, diagnostics);
    if (documents.empty()) {
        diagnostics.advise("in JSON Lines every job is on a line of its own (jq writes that with -c)");
        return false;
    }
    lines_ = plan::compile_line(documents.front(), universe(), diagnostics);
    job_ = 1;
    return judge();
}

/// The next lines, if several have arrived. False if the next one has to be looked at by itself.
bool LinesFeed::compile_many() {
    if (universe().isolated) return false;
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
std::size_t LinesFeed::compile_all(std::string_view lines) {
    const auto text = before_include(lines);
    auto& diagnostics = fresh_diagnostics();
    const auto first = static_cast<std::uint32_t>(reader().number());
    const auto source = std::make_shared<const Source>(name(), std::string(text), first);
    if (!doc::check_bytes(*source, doc::Format::json_lines, diagnostics)) return 0;
    auto script = std::make_shared<plan::Script>();
    plan::Compiler compiler(*script, universe(), diagnostics);
    compiler.begin(source);
    Items items(compiler);
    const auto read = doc::read_json_lines(source, diagnostics, items);
    std::size_t well = read.well;
    if (const auto at = items.suspect(); at && *at < well) well = text.rfind('\n', *at) + 1;
    if (well < text.size()) {
        // Before the script goes that it was compiled into.
        plan::forget_uses(universe(), *source);
        plan::forget_places(universe());
        return well;
    }
    if (text.size() == lines.size()) at_once_ = std::min(at_once_ * 2, most_at_once);
    plan::forget_places(universe());
    reader().take(text.size(), static_cast<std::uint64_t>(std::ranges::count(text, '\n')));
    if (script->jobs.empty()) return 0;
    script->documents.push_back(read.document);
    script->body.name = name();
    script->body.jobs = {script->jobs};
    lines_ = std::move(script);
    job_ = 1;
    return lines.size();
}

Feed::Next LinesFeed::next_job() {
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

std::unique_ptr<plan::Script> LinesFeed::read_all(Diagnostics& diagnostics) {
    auto script = std::make_unique<plan::Script>();
    std::vector<plan::Job> jobs;
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

DocumentsFeed::DocumentsFeed(std::shared_ptr<LineReader> reader, std::string name, plan::Universe& universe,
                             plan::OutsideVariables variables)
    : StreamFeed(std::move(reader), std::move(name), universe), variables_(variables) {}

/// True when the next document has arrived; it may be empty.
bool DocumentsFeed::find_document() {
    if (!size_) size_ = cutter_.cut(text());
    if (!size_ && reader().ended()) size_ = text().size();
    return size_.has_value();
}

bool DocumentsFeed::has_more_documents() {
    while (!find_document()) {
        if (text().size() > doc::max_source_size || wait_or_stop() == Next::bad) return true;
        block_for_more();
    }
    return !reader().ended() || *size_ < text().size();
}

/// Past the next one; it may be empty. False if it has errors.
bool DocumentsFeed::read_document() {
    const auto piece = text().substr(0, *size_);
    auto source = std::make_shared<const Source>(name(), std::string(piece),
                                                 static_cast<std::uint32_t>(reader().number()));
    reader().take(*size_, static_cast<std::uint64_t>(std::ranges::count(piece, '\n')));
    size_.reset();
    auto& diagnostics = fresh_diagnostics();
    for (auto& document : doc::read(std::move(source), doc::Format::yaml, diagnostics, doc::Empty::allowed))
        documents_.push_back(std::move(document));
    return !diagnostics.has_errors();
}

Feed::Next DocumentsFeed::next_script() {
    if (!began()) return Next::waiting;
    if (stopped()) return Next::end;
    bool well = true;
    if (!documents_.empty()) fresh_diagnostics();
    while (documents_.empty()) {
        if (!find_document()) {
            if (text().size() > doc::max_source_size)
                return stop("the document in line " + std::to_string(reader().number()) + " of '" + name() +
                            "'" + std::string(too_large));
            return wait_or_stop();
        }
        if (reader().ended() && text().empty()) return Next::end;
        well = read_document();
        if (!well) break;
    }
    if (!documents_.empty()) {
        auto script = plan::compile(documents_.front(), universe(), diagnostics_of_part());
        documents_.pop_front();
        plan::check_outside(script->body, variables_, diagnostics_of_part());
        script_ = std::move(script);
        job_ = 0;
    }
    return judge() && well ? Next::ready : Next::bad;
}

}  // namespace arun::jobs
