/// Files that arun writes: whole reports, and logs that grow.
#pragma once

#include "rt/file.hpp"

#include <string>
#include <string_view>

namespace arun::app {

/// Where a report goes when the run has ended. A regular file appears as a whole: it is written beside its
/// place and renamed. Others (a pipe, /dev/stdout) are written directly.
class ReportFile {
public:
    /// Throws UsageError if it is clear now that it cannot be written. `option` is to blame: "--report".
    ReportFile(std::string_view option, std::string path);

    const std::string& path() const noexcept { return path_; }
    /// errno, or 0.
    int write(std::string_view text) const;

private:
    int replace(std::string_view text) const;
    int overwrite(std::string_view text) const;

    std::string path_;
    std::string target_;  ///< where symbolic links lead
    UniqueFd fd_;         ///< of what is written directly
};

/// Appends to a file, which may be new; errno, or 0.
int append_to_file(const std::string& path, std::string_view text);

/// A file that is written while the run goes on. What was appended is in the file after flush(), and sooner
/// if there is much of it.
class LogFile {
public:
    /// `path` may be `-`, which is standard output. Throws UsageError.
    LogFile(std::string_view option, std::string path);

    void append(std::string_view text);
    void flush() noexcept;
    const std::string& path() const noexcept { return path_; }
    /// errno of the first failed write, or 0. Nothing is written after it.
    int error() const noexcept { return error_; }

private:
    std::string path_;
    std::string buffer_;
    UniqueFd fd_;
    int error_ = 0;
};

}  // namespace arun::app
