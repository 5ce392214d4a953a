/// Scripts that arrive while they run: on a pipe, a FIFO, a terminal.
#pragma once

#include "base/diagnostic.hpp"
#include "jobs/script_source.hpp"
#include "rt/line_reader.hpp"
#include "script/cli_variables.hpp"
#include "script/compiler.hpp"
#include "syntax/yaml_stream.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace arun::jobs {

/// What the two have in common: a reader, and the errors of what is judged when its turn comes. Names that
/// a part sets are known to later ones.
class StreamSource : public ScriptSource {
public:
    /// `name` is what messages show. The universe must have been checked.
    StreamSource(std::shared_ptr<LineReader> reader, std::string name,
                 script::CompilationContext& compilation);

    Coro<> more() override;
    const Diagnostics& diagnostics() const noexcept override { return diagnostics_; }
    /// For the time before there is a loop. Blocks.
    void block_for_more();

protected:
    LineReader& reader() noexcept { return *reader_; }
    const std::string& name() const noexcept { return name_; }
    script::CompilationContext& compilation() noexcept { return compilation_; }
    /// For the next part.
    Diagnostics& fresh_diagnostics() { return diagnostics_ = Diagnostics(); }
    Diagnostics& diagnostics_of_part() noexcept { return diagnostics_; }
    /// Judges the names; true if the part is free of errors. What later parts must know is kept.
    bool judge();
    /// Before the first part, the loop is to begin with reading ahead: that takes a more().
    bool began() const noexcept { return began_; }
    void begin() noexcept { began_ = true; }
    /// No whole part has arrived.
    Next wait_or_stop();
    /// Nothing can be read after this.
    Next stop(std::string message);
    bool stopped() const noexcept { return stopped_; }

private:
    std::shared_ptr<LineReader> reader_;
    std::string name_;
    script::CompilationContext& compilation_;
    Diagnostics diagnostics_;
    int read_error_ = 0;
    bool stopped_ = false;
    bool began_ = false;
};

/// JSON Lines: one script without an end of its own, each line a job. Blank lines are skipped, the last one
/// needs no newline. After a bad line it goes on with the next one, for those who only look.
///
/// Lines that have arrived together are compiled together, as far as they are well and no line can depend on
/// what an earlier one does.
class JsonLinesSource final : public StreamSource {
public:
    using StreamSource::StreamSource;

    Next next_script() override;
    const script::Body& script() const override { return body_; }
    Next next_job() override;
    bool ends_at_failure() const noexcept override { return true; }
    std::shared_ptr<const script::Script> owner() const override { return lines_; }

    /// Reads all of it, for looking and not for running: one script of all jobs. Blocks.
    std::unique_ptr<script::Script> read_all(Diagnostics& diagnostics);

private:
    std::span<const script::Job> jobs() const override { return lines_->body.jobs.jobs; }
    bool compile(std::string_view line, std::uint64_t number);
    bool compile_many();
    std::size_t compile_all(std::string_view text);

    script::Body body_;
    bool started_ = false;
    std::shared_ptr<const script::Script> lines_;  ///< those at work
    std::size_t at_once_ = std::size_t{1} << 12;   ///< bytes of lines that are compiled together
};

/// YAML whose documents are scripts: each is judged and run when its end has arrived.
class YamlDocumentsSource final : public StreamSource {
public:
    /// `variables` must outlive it.
    YamlDocumentsSource(std::shared_ptr<LineReader> reader, std::string name,
                        script::CompilationContext& compilation, script::OutsideVariables variables);

    Next next_script() override;
    const script::Body& script() const override { return script_->body; }
    Next next_job() override { return next_of_jobs() ? Next::ready : Next::end; }
    std::shared_ptr<const script::Script> owner() const override { return script_; }

    /// Blocks until the first document has arrived. False if nothing comes after it: it is all of the
    /// stream.
    bool has_more_documents();
    /// What has arrived and was not taken.
    std::string_view text() { return reader().text(); }

private:
    bool find_document();
    bool read_document();

    script::OutsideVariables variables_;
    syntax::YamlDocumentSplitter splitter_;
    std::optional<std::size_t> size_;  ///< of the next document, when it has arrived
    std::deque<std::shared_ptr<const syntax::Document>> documents_;
    std::shared_ptr<const script::Script> script_;
};

}  // namespace arun::jobs
