/// Writing a tape: what a run learns from outside, one JSON object a line. See arun-tape(5).
#pragma once

#include "base/duration.hpp"
#include "rt/file.hpp"
#include "tape/compression.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace arun::tape {

/// The format that this program writes; it reads those up to it.
inline constexpr int version = 1;
/// What stands on a tape in place of a secret. Unlike the *** of messages, it is a plain scalar in YAML.
inline constexpr std::string_view secret_mark = "<secret>";

/// How secrets are kept from a tape.
struct Mask {
    /// The text without secrets.
    std::function<std::string(std::string_view)> hide;
    /// How many bytes at the end of a text begin a secret that may go on.
    std::function<std::size_t(std::string_view)> begun;
};

/// See Writer::digest(); `text` has no secrets.
std::string digest_of(std::string_view text);

using Pairs = std::vector<std::pair<std::string, std::string>>;

class Writer {
public:
    /// Writes to `file`, which may be any kind of file; compressed, if the end of `name` says so. Throws
    /// CompressionError.
    Writer(UniqueFd file, std::string_view name, Mask mask);
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    /// One line under construction, which its destructor ends.
    class Line {
    public:
        explicit Line(Writer& writer) : writer_(writer) { writer_.buffer_ += '{'; }
        /// Of an event at a position, see Journal.
        Line(Writer& writer, std::int64_t position) : Line(writer) { number("at", position); }
        /// The same with the time at which it came.
        Line(Writer& writer, std::int64_t position, Duration time) : Line(writer, position) {
            late_time_ = time;
        }
        Line(const Line&) = delete;
        Line& operator=(const Line&) = delete;
        ~Line() {
            if (late_time_) number("ns", late_time_->count());
            writer_.end_line();
        }

        Line& number(std::string_view key, std::int64_t value);
        Line& boolean(std::string_view key, bool value);
        /// As an object with the key "64" and base64 if it is not UTF-8, as in lists.
        Line& text(std::string_view key, std::string_view value);
        Line& texts(std::string_view key, const std::vector<std::string>& values);
        /// A list of lists of two.
        Line& pairs(std::string_view key, const Pairs& values);
        /// A value in JSON; secrets in it are not hidden.
        Line& json(std::string_view key, std::string_view value);
        /// What was thrown.
        Line& error(const std::exception_ptr& error);

    private:
        void key(std::string_view name);
        Writer& writer_;
        bool first_ = true;
        std::optional<Duration> late_time_;  ///< goes to the end of the line
    };

    /// More has to be hidden from now on, and in what is there: in lines that were handed over already, by
    /// hide_in_file().
    void secrets_changed();
    /// Ends the file: nothing comes after that.
    void finish() noexcept;
    /// After finish(): hides in the file, if it is a regular one, what has become a secret after it was
    /// written.
    void hide_in_file(const std::string& path) noexcept;
    /// What tells a text from others, without secrets: its size, and a hash.
    std::string digest(std::string_view text) const;
    /// Hands over all lines that have ended. The first error is kept, and nothing is written after it.
    void flush() noexcept;
    /// The errno of the first write that failed, or 0.
    int error() const noexcept { return error_; }
    const Mask& mask() const noexcept { return mask_; }

private:
    friend class Line;
    void end_line();
    void append_string(std::string_view text);

    UniqueFd file_;
    std::unique_ptr<TapeFile> tape_;  ///< writes to it
    Mask mask_;
    std::string buffer_;
    bool has_written_ = false;
    bool has_late_secrets_ = false;  ///< that may be in lines which were handed over before
    int error_ = 0;
};

}  // namespace arun::tape
