/// Standard output and standard error.
#pragma once

#include "jobs/output.hpp"
#include "secrets.hpp"

#include <cstddef>
#include <functional>
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
///
/// Secrets are masked before anything gets into the buffer, so that its end never tears one. If there is no
/// memory to mask a text, nothing of it is written, and the error is ENOMEM.
class StandardOutput final : public jobs::Output {
public:
    StandardOutput() = default;
    StandardOutput(const StandardOutput&) = delete;
    StandardOutput& operator=(const StandardOutput&) = delete;

    void write(jobs::Stream stream, std::string_view text, std::string_view end = {}) noexcept override;
    void flush() noexcept override;
    bool broken() const noexcept override { return error_ != 0; }
    int descriptor(jobs::Stream stream) const noexcept override;
    void lend() noexcept override;
    void take_back() noexcept override { --lent_; }
    void hide(std::string_view secret) override { secrets_.add(secret); }
    std::string masked(std::string_view text) const override { return secrets_.mask(text); }

    /// The same as write() for a text that has no secrets in it any more: masking JSON would spoil it.
    void write_as_is(jobs::Stream stream, std::string_view text) noexcept { append(stream, text); }
    /// While it is on, what jobs print goes to standard error: standard output is a report's.
    void divert(bool on) noexcept;
    /// What arun itself has to say, on standard error. Written at once; an error is nobody's business.
    void say(std::string_view text) noexcept;
    /// Shows a line on standard error, a terminal, until something else is written. Nothing while children
    /// write there.
    void show_status(std::string_view line) noexcept;
    void clear_status() noexcept;
    /// Called by flush(), for those who have a buffer of their own.
    std::function<void()> when_flushed;

    const Secrets& secrets() const noexcept { return secrets_; }

    /// errno of the first failed write of job output, or 0, and on which descriptor that was.
    int error() const noexcept { return error_; }
    int broken_descriptor() const noexcept { return broken_descriptor_; }

private:
    void put(jobs::Stream stream, std::string_view text) noexcept;
    void set_broken(int fd, int error) noexcept;
    void append(jobs::Stream stream, std::string_view text, std::string_view end = {}) noexcept;
    bool make_room(jobs::Stream stream, std::size_t size) noexcept;
    void empty_buffer() noexcept;

    std::unique_ptr<char[]> buffer_;  ///< made for the first text, null if there is no memory for it
    std::size_t capacity_ = 0;
    std::size_t used_ = 0;
    jobs::Stream stream_ = jobs::Stream::out;  ///< of what is in the buffer
    bool diverted_ = false;
    bool status_shown_ = false;
    unsigned lent_ = 0;
    int error_ = 0;
    int broken_descriptor_ = 0;
    Secrets secrets_;
};

/// Writes all of it, and waits where a descriptor does not block; errno, or 0.
int write_all(int fd, std::string_view text) noexcept;

/// Descriptors 0 to 2 that are closed become ones that fail with EBADF as before: or else the next file that
/// is opened would be taken for standard output. As coreutils' stdopen().
void occupy_standard_descriptors() noexcept;

}  // namespace arun::app
