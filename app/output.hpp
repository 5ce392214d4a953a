/// Standard output and standard error.
#pragma once

#include "jobs/output.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace arun::app {

/// One buffer for both streams, so that what goes to one place through both stays in order: writing to the
/// other stream flushes first. A stream that does not block (it is shared with somebody who wanted it so) is
/// waited for.
///
/// The first error of job output is remembered, and from then on nothing is written to that stream. A reader
/// that has gone (EPIPE) is one of them; SIGPIPE must be ignored.
class StandardOutput final : public jobs::Output {
public:
    StandardOutput();
    StandardOutput(const StandardOutput&) = delete;
    StandardOutput& operator=(const StandardOutput&) = delete;

    void write(jobs::Stream stream, std::string_view text) noexcept override;
    void flush() noexcept override;
    int descriptor(jobs::Stream stream) const noexcept override;
    bool broken() const noexcept override { return error_ != 0; }

    /// What arun itself has to say, on standard error. Written at once; an error is nobody's business.
    void say(std::string_view text) noexcept;

    /// errno of the first failed write of job output, or 0, and of which stream it was.
    int error() const noexcept { return error_; }
    jobs::Stream broken_stream() const noexcept { return broken_stream_; }

private:
    static constexpr std::size_t capacity = std::size_t{1} << 16;

    void put(jobs::Stream stream, std::string_view text) noexcept;

    std::unique_ptr<char[]> buffer_;
    std::size_t used_ = 0;
    jobs::Stream stream_ = jobs::Stream::out;  ///< of what is in the buffer
    int error_ = 0;
    jobs::Stream broken_stream_ = jobs::Stream::out;
};

/// Descriptors 0 to 2 that are closed become ones that fail with EBADF as before: or else the next file that
/// is opened would be taken for standard output. As coreutils' stdopen().
void occupy_standard_descriptors() noexcept;

}  // namespace arun::app
