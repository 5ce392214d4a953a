/// Where jobs print. The runtime and the jobs only see this; app/ owns the descriptors.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace arun::jobs {

enum class Stream : std::uint8_t { out, err };

/// Keeps what is written in order. May buffer until flush(), which is called before the loop blocks, before a
/// child that shares the stream starts, and at the end. Errors are the implementation's to remember; it must
/// not throw.
class Output {
public:
    /// `end` follows the text at once.
    virtual void write(Stream stream, std::string_view text, std::string_view end = {}) noexcept = 0;
    virtual void flush() noexcept = 0;
    /// The descriptor that a child gets as its own stream of that name: job output may have been moved to
    /// another place.
    virtual int descriptor(Stream stream) const noexcept = 0;
    /// From lend() to take_back() children write to these descriptors themselves.
    virtual void lend() noexcept {}
    virtual void take_back() noexcept {}
    /// From here on `secret` is *** wherever it stands in a text that is written, and so is each of its
    /// lines.
    virtual void hide(std::string_view secret) { static_cast<void>(secret); }
    /// `text` as it may be shown.
    virtual std::string masked(std::string_view text) const { return std::string(text); }
    /// Something could not be written: the run is to be cut short.
    virtual bool broken() const noexcept = 0;
    /// Called once, when that happens, inside of write() or flush(). Must not throw.
    std::function<void()> when_broken;

protected:
    ~Output() = default;
};

}  // namespace arun::jobs
