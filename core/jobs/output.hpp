/// Output: where jobs print. app/ implements it and owns the descriptors.
#pragma once

#include "rt/output_stream.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace arun::jobs {

using Stream = OutputStream;

/// Keeps the order of what is written to a stream. May buffer until flush(), which is called before the loop
/// blocks, before a child that shares the stream starts, and at the end. Remembers errors instead of throwing
/// them.
class Output {
public:
    /// Writes `text` and then `end`.
    virtual void write(Stream stream, std::string_view text, std::string_view end = {}) noexcept = 0;
    virtual void flush() noexcept = 0;
    /// Writes a part of a line, and the line goes on with the next part of the same `owner`. `prefix` goes
    /// before it where a line begins, or if `restart` is set. Whatever others write in between ends the line.
    virtual void write_part(const void* owner, Stream stream, std::string_view prefix, std::string_view text,
                            bool restart) = 0;
    /// Ends the line, if the last part was the owner's and has no line feed.
    virtual void end_line(const void* owner) = 0;
    /// Whether a person looks at the stream as it is written.
    virtual bool interactive(Stream) const noexcept { return false; }
    /// Whether what is written to the stream may be coloured.
    virtual bool coloured(Stream) const noexcept { return false; }
    /// The descriptor that a child gets for the stream: that of stderr for both streams if a report uses
    /// stdout. -1: there is none, so that the output of children has to be read and written.
    virtual int descriptor(Stream stream) const noexcept = 0;
    /// Between lend() and take_back(), children write to the descriptors. May be nested.
    virtual void lend() noexcept {}
    virtual void take_back() noexcept {}
    /// From now on `secret`, and each of its lines, is written as ***.
    virtual void hide(std::string_view secret) { static_cast<void>(secret); }
    /// `text` with secrets replaced by ***.
    virtual std::string masked(std::string_view text) const { return std::string(text); }
    /// A write has failed: the run must be interrupted.
    virtual bool broken() const noexcept = 0;
    /// Called once, when that happens, inside write() or flush(). Must not throw.
    std::function<void()> when_broken;

protected:
    ~Output() = default;
};

}  // namespace arun::jobs
