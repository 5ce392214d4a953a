/// What a background job has printed, for those who wait for words in it.
#pragma once

#include "jobs/output.hpp"
#include "jobs/scope.hpp"
#include "rt/event.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace arun::jobs {

/// The output of both streams, from its start; of more than 8 MiB on a stream, the end.
class OutputLog {
public:
    void add(Stream stream, std::string_view bytes);
    /// The job has ended.
    void end() noexcept;

    bool ended() const noexcept { return ended_; }
    /// What is kept of a stream.
    std::string_view text(Stream stream) const noexcept { return of(stream).text; }
    /// How much of it came before that. Units: bytes.
    std::uint64_t dropped(Stream stream) const noexcept { return of(stream).dropped; }
    /// Set when something has been added, and at the end. Clear it before waiting.
    Event& changed() noexcept { return changed_; }
    /// The last lines of both streams, in the order of their arrival.
    std::string tail() const;

private:
    struct Text {
        std::string text;
        std::uint64_t dropped = 0;
    };
    const Text& of(Stream stream) const noexcept { return texts_[static_cast<std::size_t>(stream)]; }

    std::array<Text, 2> texts_;
    std::string recent_;
    bool ended_ = false;
    Event changed_;
};

/// Adds to the logs of the background jobs that `scope` is in.
void log_output(const Scope& scope, Stream stream, std::string_view text);

/// Prints what a job prints itself.
void print(const Scope& scope, Stream stream, std::string_view text, std::string_view end);

}  // namespace arun::jobs
