/// Scripts that arrive while they run: on a pipe, a FIFO or a terminal.
#pragma once

#include "base/diagnostic.hpp"
#include "jobs/script_source.hpp"
#include "rt/line_reader.hpp"
#include "script/compiler.hpp"
#include "script/inputs.hpp"
#include "syntax/yaml_stream.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace arun::jobs {

/// A source that reads its parts (lines or documents) as they arrive and checks each when its turn comes.
/// Names that one part defines are known to the later ones.
class StreamSource : public ScriptSource {
public:
    /// `name`: for messages. Precondition: the names of `compilation` are checked.
    StreamSource(std::shared_ptr<LineReader> reader, std::string name,
                 script::CompilationContext& compilation);

    Coro<> wait_for_more() override;
    const Diagnostics& diagnostics() const noexcept override { return diagnostics_; }
    bool exhausted() const noexcept override {
        return !stopped_ && reader_->ended() && reader_->text().empty();
    }
    /// The same as wait_for_more() before there is a loop. Blocks.
    void block_for_more();

protected:
    LineReader& reader() noexcept { return *reader_; }
    const std::string& name() const noexcept { return name_; }
    script::CompilationContext& compilation() noexcept { return compilation_; }
    /// Starts the diagnostics of the next part.
    Diagnostics& reset_diagnostics() {
        diagnostics_ = Diagnostics();
        diagnostics_.set_strict(compilation_.strict);
        return diagnostics_;
    }
    Diagnostics& part_diagnostics() noexcept { return diagnostics_; }
    /// Checks the names in the part, and forgets everything else about them; true if it has no errors.
    bool check_part();
    /// False until the loop reads ahead, which the first wait_for_more() starts.
    bool started() const noexcept { return started_; }
    void start() noexcept { started_ = true; }
    /// Next::waiting; after a read error, Next::invalid.
    Next wait_or_stop();
    /// Ends the stream with an error.
    Next stop(std::string message);
    /// Ends the stream after an error that was reported.
    Next stop_at_error() noexcept;
    bool stopped() const noexcept { return stopped_; }

private:
    std::shared_ptr<LineReader> reader_;
    std::string name_;
    script::CompilationContext& compilation_;
    Diagnostics diagnostics_;
    int read_error_ = 0;
    bool stopped_ = false;
    bool started_ = false;
};

/// JSON Lines: one script whose jobs are its lines. Blank lines are skipped, the last line needs no newline,
/// and reading goes on after a line with errors, for `arun check`.
///
/// Lines that have arrived together are compiled together, up to the first that has errors or may depend on
/// what an earlier one does.
class JsonLinesSource final : public StreamSource {
public:
    using StreamSource::StreamSource;

    Next next_script() override;
    const script::Body& script() const override { return body_; }
    Next next_job() override;
    bool ends_at_failure() const noexcept override { return true; }
    std::shared_ptr<const script::Script> owner() const override { return lines_; }

    /// Reads the whole stream into one script, for checking. Blocks.
    std::unique_ptr<script::Script> read_all(Diagnostics& diagnostics);

private:
    std::span<const script::Job> jobs() const override { return lines_->body.jobs.jobs; }
    bool compile_line(std::string_view line, std::uint64_t number);
    bool compile_ready_lines();
    std::size_t compile_valid_prefix(std::string_view lines);

    script::Body body_;
    bool script_returned_ = false;
    std::shared_ptr<const script::Script> lines_;    ///< the lines whose jobs are being returned
    std::size_t batch_size_ = std::size_t{1} << 12;  ///< bytes of lines that are compiled together
    std::size_t searched_ = 0;                       ///< of what has arrived of a line, for NUL bytes
};

/// YAML documents, each a script that is checked and run once it has arrived as a whole.
class YamlDocumentsSource final : public StreamSource {
public:
    /// `variables` must outlive it.
    YamlDocumentsSource(std::shared_ptr<LineReader> reader, std::string name,
                        script::CompilationContext& compilation, script::GivenVariables variables);

    Next next_script() override;
    const script::Body& script() const override { return script_->body; }
    Next next_job() override {
        reset_diagnostics();  // those of the script were told with it
        return advance_to_next_job() ? Next::ready : Next::end;
    }
    std::shared_ptr<const script::Script> owner() const override { return script_; }
    bool exhausted() const noexcept override { return StreamSource::exhausted() && documents_.empty(); }

    /// Blocks until the first document has arrived. False if it is the whole stream.
    bool has_more_documents();
    /// What has arrived and was not consumed.
    std::string_view text() { return reader().text(); }

private:
    bool find_document();
    bool is_too_large();
    std::string describe_excess();
    bool read_document();

    script::GivenVariables variables_;
    syntax::YamlDocumentSplitter splitter_;
    std::optional<std::size_t> size_;  ///< of the next document, once it has arrived
    std::deque<std::shared_ptr<const syntax::Document>> documents_;
    std::shared_ptr<const script::Script> script_;
};

}  // namespace arun::jobs
