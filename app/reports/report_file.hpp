/// Files that arun writes: whole reports, and logs that grow.
#pragma once

#include "reports/text_sink.hpp"
#include "rt/file.hpp"

#include <string>
#include <string_view>

namespace arun::app {

/// A report that is written when the run has ended. A regular file is replaced as a whole, by a new file that
/// is renamed. Others, such as a pipe or /dev/stdout, are written directly.
class ReportFile {
public:
    /// Throws UsageError, with the name of `option`, if the file cannot be written.
    ReportFile(std::string_view option, std::string path);

    const std::string& path() const noexcept { return path_; }
    /// Returns an errno, or 0.
    int write(const TextWriter& text) const;
    int write(std::string_view text) const;

private:
    int replace(const TextWriter& text) const;
    int overwrite(const TextWriter& text) const;

    std::string path_;
    UniqueFd fd_;  ///< open if the file is written directly
};

/// Appends to a file, and creates it if needed. Returns an errno, or 0.
int append_to_file(const std::string& path, const TextWriter& text);

/// Writes to a descriptor in large pieces.
class BufferedWriter {
public:
    /// `fd` must stay open.
    explicit BufferedWriter(int fd) noexcept : fd_(fd) {}

    void append(std::string_view text);
    void flush() noexcept;
    /// The errno of the first failed write, or 0. Nothing is written after it.
    int error() const noexcept { return error_; }

private:
    int fd_;
    int error_ = 0;
    std::string buffer_;
};

/// Creates or truncates a file that is written during the run. Throws UsageError, with the name of `option`.
UniqueFd open_log(std::string_view option, const std::string& path);

/// A file of open_log(). Buffered until flush(), or until the buffer is full.
class LogFile {
public:
    /// `path` may be `-` for standard output. Throws UsageError, with the name of `option`.
    LogFile(std::string_view option, std::string path);

    void append(std::string_view text) { writer_.append(text); }
    void flush() noexcept { writer_.flush(); }
    const std::string& path() const noexcept { return path_; }
    /// The errno of the first failed write, or 0. Nothing is written after it.
    int error() const noexcept { return writer_.error(); }

private:
    std::string path_;
    UniqueFd fd_;
    BufferedWriter writer_;
};

}  // namespace arun::app
