/// The output of a child process, on its way to arun's output and into the job's result.
#pragma once

#include "jobs/output.hpp"
#include "jobs/process_arguments.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace arun::jobs {

class ChildOutput {
public:
    struct Options {
        Shown shown = Shown::inherit;
        std::string label;        ///< before each line, with Shown::prefix
        bool keep = false;        ///< text() is needed
        std::uint64_t limit = 0;  ///< of each kept text; units: bytes
    };
    ChildOutput(Output& output, Options options) : output_(output), options_(std::move(options)) {}

    /// False if the child can write to arun's own descriptors.
    bool piped() const noexcept {
        return options_.keep || options_.shown != Shown::inherit || output_.descriptor(Stream::out) < 0;
    }
    bool keeps() const noexcept { return options_.keep; }
    /// The child has written `bytes` to `stream`.
    void add(Stream stream, std::string_view bytes);
    /// The child writes no more to `stream`: shows its unfinished line.
    void end(Stream stream);

    /// The first stream that exceeded the limit.
    std::optional<Stream> overflowed() const noexcept { return overflowed_; }
    /// The kept text without trailing newlines, as `$(...)`.
    std::string_view text(Stream stream) const noexcept;
    /// The last lines of both streams, in the order of their arrival; empty if everything was shown.
    std::string tail() const;

private:
    struct StreamText {
        std::string kept;
        std::string line;  ///< the unfinished one, with Shown::prefix
    };

    StreamText& text_of(Stream stream) noexcept { return texts_[static_cast<std::size_t>(stream)]; }
    void show(Stream stream, std::string_view bytes);
    void show_line(Stream stream, std::string_view line);

    Output& output_;
    Options options_;
    std::array<StreamText, 2> texts_;
    std::string tail_;
    std::uint64_t tail_total_ = 0;  ///< size of all text that went through it
    std::optional<Stream> overflowed_;
};

}  // namespace arun::jobs
