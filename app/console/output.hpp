/// Standard output and standard error.
#pragma once

#include "console/secrets.hpp"
#include "jobs/output.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace arun::app {

/// The output of jobs, buffered. Both streams share one buffer, so that output to both of them stays in order
/// if they lead to the same place: writing to the other stream flushes first. Waits if a descriptor is
/// non-blocking, as one shared with another process may be.
///
/// After the first write error of job output nothing more is written to that descriptor. A reader that has
/// gone (EPIPE) is such an error. Precondition: ignore_write_signals().
///
/// Secrets are masked before text enters the buffer, so that no flush splits one.
class StandardOutput final : public jobs::Output {
public:
    /// Takes what is written, messages included. Must not throw.
    using Sink = std::function<void(jobs::Stream stream, std::string_view text)>;

    StandardOutput() = default;
    /// Writes to `sink` instead of the descriptors, unless it is empty.
    explicit StandardOutput(Sink sink) : sink_(std::move(sink)) {}
    StandardOutput(const StandardOutput&) = delete;
    StandardOutput& operator=(const StandardOutput&) = delete;

    void write(jobs::Stream stream, std::string_view text, std::string_view end = {}) noexcept override;
    void flush() noexcept override;
    void write_part(const void* owner, jobs::Stream stream, std::string_view prefix, std::string_view text,
                    bool restart) override;
    void end_line(const void* owner) override;
    bool interactive(jobs::Stream stream) const noexcept override;
    bool coloured(jobs::Stream stream) const noexcept override {
        return descriptor(stream) >= 0 && coloured_[descriptor(stream) == 1 ? 0 : 1];
    }
    void set_coloured(bool out, bool err) noexcept { coloured_ = {out, err}; }
    /// As if the streams were terminals, or not, whatever they are.
    void pretend_interactive(bool out, bool err) noexcept { interactive_ = {out, err}; }
    /// While on, everything is discarded.
    void set_silent(bool on) noexcept { silent_ = on; }
    bool broken() const noexcept override { return error_ != 0; }
    int descriptor(jobs::Stream stream) const noexcept override;
    void lend() noexcept override;
    void take_back() noexcept override { --lent_; }
    void hide(std::string_view secret) override {
        if (secrets_.add(secret) && when_hidden) when_hidden();
    }
    std::string masked(std::string_view text) const override { return secrets_.mask(text); }

    /// Like write(), for text that is masked already: masking JSON again would damage it.
    void write_verbatim(jobs::Stream stream, std::string_view text) noexcept {
        close_line();
        release_begun();
        append(stream, text);
    }
    /// While on, output to Stream::out goes to standard error: a report takes standard output.
    void divert_to_stderr(bool on) noexcept;
    /// Writes a message of arun itself to standard error. Unbuffered; write errors are ignored.
    void say(std::string_view text);
    /// Shows a line on standard error, which must be a terminal, until something else is written. Does
    /// nothing while children write there.
    void show_status(std::string_view line);
    void clear_status() noexcept;
    /// Called by flush(), for logs with a buffer of their own. Must not throw.
    std::function<void()> when_flushed;
    /// Called before anything is written to a descriptor. Must not throw.
    std::function<void()> before_write;
    /// Asked before a write of job output that makes `size` bytes of the stream: where it fails, or null if
    /// it is to be tried. Must not throw.
    std::function<std::optional<OutputLoss>(jobs::Stream stream, std::uint64_t size)> fails;
    /// From now on the stream is broken.
    void lose(jobs::Stream stream, int error) noexcept { set_broken(stream, error); }
    /// Called when the first write of job output has failed. Must not throw.
    std::function<void(const OutputLoss& loss)> when_lost;
    /// Called when there is one more secret to hide.
    std::function<void()> when_hidden;

    const Secrets& secrets() const noexcept { return secrets_; }
    /// Hides what another output hides.
    void hide_all(const Secrets& secrets) { secrets_.add(secrets); }

    /// The error of the first failed write of job output, as an errno; 0 if none failed.
    int error() const noexcept { return error_; }
    /// Precondition: broken().
    int broken_descriptor() const noexcept { return broken_descriptor_; }

private:
    std::optional<std::array<bool, 2>> interactive_;  ///< by Stream, see pretend_interactive()
    bool silent_ = false;

    /// Returns an errno, or 0.
    int emit(jobs::Stream stream, std::string_view text) noexcept;
    void put(jobs::Stream stream, std::string_view text) noexcept;
    void append(jobs::Stream stream, std::string_view text, std::string_view end = {}) noexcept;
    bool make_room(jobs::Stream stream, std::size_t size) noexcept;
    void empty_buffer() noexcept;
    void lose_late() noexcept;
    void set_broken(jobs::Stream stream, int error) noexcept;
    void release_begun() noexcept;
    void close_line() noexcept;
    void write_masked(jobs::Stream stream, std::string_view text, std::string_view end) noexcept;

    Sink sink_;
    std::unique_ptr<char[]> buffer_;  ///< allocated for the first text; null if that fails
    std::size_t capacity_ = 0;
    std::size_t used_ = 0;
    jobs::Stream stream_ = jobs::Stream::out;  ///< stream of the buffered text
    const void* line_owner_ = nullptr;         ///< of an unfinished line, see write_part()
    jobs::Stream line_stream_ = jobs::Stream::out;
    std::array<bool, 2> coloured_{};  ///< by descriptor
    bool diverted_ = false;
    bool status_shown_ = false;
    unsigned lent_ = 0;
    int error_ = 0;
    int broken_descriptor_ = 0;
    std::array<std::uint64_t, 2> written_{};  ///< bytes of job output, by Stream
    Secrets secrets_;
    // Of the last write(): what begins a secret that the next one may complete.
    std::string begun_;
    jobs::Stream begun_stream_ = jobs::Stream::out;
    bool begun_shown_ = false;
};

/// Opens the descriptors 0 to 2 that are closed, so that using them still fails with EBADF, but the next file
/// to be opened is not taken for standard output. Like stdopen() of coreutils.
void occupy_standard_descriptors() noexcept;

/// From here on, writing to a pipe without a reader fails with EPIPE, and writing beyond RLIMIT_FSIZE with
/// EFBIG, instead of ending the process.
void ignore_write_signals() noexcept;
/// True if SIGPIPE was ignored before ignore_write_signals() already, as by a Python parent.
bool sigpipe_was_ignored() noexcept;

}  // namespace arun::app
