/// What a child process prints, on its way to arun's own output and into the job's result.
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
        bool keep = false;        ///< the texts are wanted
        std::uint64_t limit = 0;  ///< of each kept text, in bytes
    };
    ChildOutput(Output& output, Options options) : output_(output), options_(std::move(options)) {}

    /// False if the child can have arun's own descriptors.
    bool piped() const noexcept { return options_.keep || options_.shown != Shown::inherit; }
    bool keeps() const noexcept { return options_.keep; }
    /// What the child has written to `stream`.
    void take(Stream stream, std::string_view bytes);
    /// It will write no more to it: what is left of its last line.
    void end(Stream stream);

    /// The first of the two that has become larger than the limit.
    std::optional<Stream> overflown() const noexcept { return overflown_; }
    /// The kept text, without the newlines at its end, as `$(...)` gives it.
    std::string_view text(Stream stream) const noexcept;
    /// The last lines of both, in the order in which they came; empty if all was shown.
    std::string tail() const;

private:
    struct NestedArguments {
        std::string kept;
        std::string line;  ///< that has not ended, with Shown::prefix
    };

    NestedArguments& part(Stream stream) noexcept { return parts_[static_cast<std::size_t>(stream)]; }
    void show(Stream stream, std::string_view bytes);
    void show_line(Stream stream, std::string_view line);

    Output& output_;
    Options options_;
    std::array<NestedArguments, 2> parts_;
    std::string tail_;
    std::uint64_t tail_total_ = 0;  ///< of all that would have been in it
    std::optional<Stream> overflown_;
};

}  // namespace arun::jobs
