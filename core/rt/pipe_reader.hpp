/// Reading a pipe in the background.
#pragma once

#include "rt/file.hpp"
#include "rt/loop.hpp"

#include <exception>
#include <functional>
#include <memory>
#include <string_view>

namespace arun {

/// Reads what arrives in a pipe, as it arrives, until its end. No task waits for it, so that no cancellation
/// stops it: a process that writes while it is being stopped is never blocked. Does not count as pending I/O.
class PipeReader {
public:
    /// Called on the loop's thread with what has arrived. What it throws ends the reading.
    using Sink = std::function<void(std::string_view)>;

    /// Owns `fd`. Throws std::system_error.
    PipeReader(Loop& loop, UniqueFd fd, Sink sink);
    PipeReader(const PipeReader&) = delete;
    PipeReader& operator=(const PipeReader&) = delete;
    ~PipeReader();

    bool ended() const noexcept;
    /// Reads what is in the pipe, without waiting. Others may still write to it, so that the number of reads
    /// is bounded, by more than a pipe can hold.
    void read_rest();
    /// Rethrows what the sink has thrown.
    void rethrow_error() const;

private:
    class Watch;
    std::unique_ptr<Watch, void (*)(Watch*)> watch_;
};

}  // namespace arun
