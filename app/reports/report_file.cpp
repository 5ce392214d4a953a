#include "reports/report_file.hpp"

#include "base/ascii.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "cli/options.hpp"
#include "console/output.hpp"
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

std::string resolve_links(const std::string& path) {
    char* found = ::realpath(path.c_str(), nullptr);
    if (found == nullptr) return path;
    std::string target(found);
    std::free(found);
    return target;
}

/// Creates a file beside `target` and sets `name` to its path. Returns -1 and sets errno if that fails.
int open_beside(const std::string& target, std::string& name) {
    name = target + ".XXXXXX";
    return ::mkostemp(name.data(), O_CLOEXEC);
}

/// The mode of a newly created file under the process's umask.
mode_t new_file_mode() {
    const auto mask = ::umask(0);
    ::umask(mask);
    return default_mode & ~mask;
}

/// Returns an errno, or 0. Precondition: fd is open, or -1 with errno set.
int write_and_close(int fd, std::string_view text) {
    if (fd < 0) return errno;
    const int error = write_all(fd, text);
    return ::close(fd) != 0 && error == 0 ? errno : error;
}

}  // namespace

ReportFile::ReportFile(std::string_view option, std::string path)
    : path_(std::move(path)), target_(resolve_links(path_)) {
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
    std::string name;
    const int fd = open_beside(target_, name);
    if (fd < 0) reject(option, path_, errno);
    ::close(fd);
    ::unlink(name.c_str());
}

int ReportFile::write(std::string_view text) const {
    return fd_.get() >= 0 ? write_all(fd_.get(), text) : replace(text);
}

int ReportFile::replace(std::string_view text) const {
    struct stat status{};
    const bool exists = ::stat(target_.c_str(), &status) == 0;
    const SignalBlock block;
    std::string name;
    const int fd = open_beside(target_, name);
    // The file may be writable even if its folder is not.
    if (fd < 0) return exists ? overwrite(text) : errno;
    int error = write_all(fd, text);
    if (error == 0 && ::fchmod(fd, exists ? status.st_mode & 07777 : new_file_mode()) != 0) error = errno;
    if (::close(fd) != 0 && error == 0) error = errno;
    if (error == 0 && std::rename(name.c_str(), target_.c_str()) != 0) {
        error = errno;
        // A file mounted into a container cannot be replaced.
        if (error == EBUSY) {
            ::unlink(name.c_str());
            return overwrite(text);
        }
    }
    if (error != 0) ::unlink(name.c_str());
    return error;
}

int ReportFile::overwrite(std::string_view text) const {
    return write_and_close(open_for_writing(target_, O_TRUNC), text);
}

int append_to_file(const std::string& path, std::string_view text) {
    return write_and_close(open_for_writing(path, O_CREAT | O_APPEND), text);
}

LogFile::LogFile(std::string_view option, std::string path)
    : path_(std::move(path)), fd_(open_for_writing(path_, O_CREAT | O_TRUNC | O_APPEND)) {
    if (fd_.get() < 0) reject(option, path_, errno);
}

void LogFile::append(std::string_view text) {
    constexpr std::size_t capacity = std::size_t{1} << 15;
    buffer_ += text;
    if (buffer_.size() >= capacity) flush();
}

void LogFile::flush() noexcept {
    if (buffer_.empty()) return;
    if (error_ == 0) error_ = write_all(fd_.get(), buffer_);
    buffer_.clear();
}

}  // namespace arun::app
