#include "reports/report_file.hpp"

#include "base/ascii.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "cli/options.hpp"
#include "rt/file.hpp"
#include "rt/signals.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <utility>

namespace arun::app {
namespace {

constexpr mode_t default_mode = 0666;

[[noreturn]] void reject(std::string_view option, std::string_view path, int error) {
    throw UsageError(std::string(option) + ": cannot write " + quote(path) + ": " + reason_of(error));
}

/// The descriptor that a path like /dev/stdout names. Opening it again would give a file offset of its own if
/// it is a regular file.
std::optional<int> named_descriptor(std::string_view path) {
    if (path == "-" || path == "/dev/stdout") return STDOUT_FILENO;
    if (path == "/dev/stderr") return STDERR_FILENO;
    constexpr std::string_view folder = "/dev/fd/";
    if (!path.starts_with(folder) || path.size() == folder.size()) return std::nullopt;
    int number = 0;
    for (const char c : path.substr(folder.size())) {
        if (!is_digit(c) || number > 100'000) return std::nullopt;
        number = number * 10 + (c - '0');
    }
    return number;
}

int duplicate(int fd) {
    return ::fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

int open_for_writing(const std::string& path, int flags) {
    if (const auto fd = named_descriptor(path)) return duplicate(*fd);
    return ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY | flags, default_mode);
}

/// Returns an errno, or 0.
int write_to(int fd, const TextWriter& text) {
    BufferedWriter writer(fd);
    text([&](std::string_view piece) { writer.append(piece); });
    writer.flush();
    return writer.error();
}

int write_and_close(UniqueFd file, const TextWriter& text) {
    if (file.get() < 0) return errno;
    const int error = write_to(file.get(), text);
    // Some file systems report only here that what was written is lost.
    const int lost = ::close(file.release()) != 0 ? errno : 0;
    return error != 0 ? error : lost;
}

}  // namespace

ReportFile::ReportFile(std::string_view option, std::string path) : path_(std::move(path)) {
    struct stat status{};
    const bool exists = ::stat(path_.c_str(), &status) == 0;
    if (named_descriptor(path_) || (exists && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))) {
        fd_ = UniqueFd(open_for_writing(path_, 0));
        if (fd_.get() < 0) reject(option, path_, errno);
        return;
    }
    if (exists) {
        if (S_ISDIR(status.st_mode)) reject(option, path_, EISDIR);
        if (::access(path_.c_str(), W_OK) != 0) reject(option, path_, errno);
        return;
    }
    // Only a test, so that a run that is killed leaves nothing behind; nor does a signal now.
    const SignalBlock block;
    if (const int error = NewFile(path_).create(); error != 0) reject(option, path_, error);
}

int ReportFile::write(const TextWriter& text) const {
    return fd_.get() < 0 ? replace(text) : write_to(fd_.get(), text);
}

int ReportFile::write(std::string_view text) const {
    return write([text](const TextSink& out) { out(text); });
}

int ReportFile::replace(const TextWriter& text) const {
    const SignalBlock block;
    NewFile file(path_);
    if (const int error = file.create(); error != 0) {
        // The file may be writable even if its folder is not.
        return ::access(path_.c_str(), F_OK) == 0 ? overwrite(text) : error;
    }
    int error = write_to(file.descriptor(), text);
    if (error == 0) error = file.finish();
    if (error != EBUSY) return error;
    // A file mounted into a container cannot be replaced.
    file.remove();
    return overwrite(text);
}

int ReportFile::overwrite(const TextWriter& text) const {
    return write_and_close(UniqueFd(open_for_writing(path_, O_TRUNC)), text);
}

int append_to_file(const std::string& path, const TextWriter& text) {
    return write_and_close(UniqueFd(open_for_writing(path, O_CREAT | O_APPEND)), text);
}

void BufferedWriter::append(std::string_view text) {
    constexpr std::size_t capacity = std::size_t{1} << 15;
    buffer_ += text;
    if (buffer_.size() >= capacity) flush();
}

void BufferedWriter::flush() noexcept {
    if (buffer_.empty()) return;
    if (error_ == 0) error_ = write_all(fd_, buffer_);
    buffer_.clear();
}

UniqueFd open_log(std::string_view option, const std::string& path) {
    UniqueFd file(open_for_writing(path, O_CREAT | O_TRUNC | O_APPEND));
    if (file.get() < 0) reject(option, path, errno);
    return file;
}

LogFile::LogFile(std::string_view option, std::string path)
    : path_(std::move(path)), fd_(open_log(option, path_)), writer_(fd_.get()) {}

}  // namespace arun::app
