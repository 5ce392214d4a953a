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

std::string resolve_links(const std::string& path) {
    char* found = ::realpath(path.c_str(), nullptr);
    if (found == nullptr) return path;
    std::string target(found);
    std::free(found);
    return target;
}

/// The mode of a newly created file under the process's umask.
mode_t new_file_mode() {
    const auto mask = ::umask(0);
    ::umask(mask);
    return default_mode & ~mask;
}

/// A file that is written once. Functions that return an int return an errno, or 0.
class OutputFile {
public:
    /// `fd` is -1, with errno set, if it could not be opened.
    explicit OutputFile(int fd) noexcept : fd_(fd), error_(fd < 0 ? errno : 0) {}
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;
    ~OutputFile() { close(); }

    bool is_open() const noexcept { return fd_ >= 0; }
    /// The first error.
    int error() const noexcept { return error_; }

    void write(const TextWriter& text) {
        if (error_ != 0) return;
        BufferedWriter writer(fd_);
        text([&](std::string_view piece) { writer.append(piece); });
        writer.flush();
        error_ = writer.error();
    }
    void set_mode(mode_t mode) noexcept {
        if (error_ == 0 && ::fchmod(fd_, mode) != 0) error_ = errno;
    }
    /// Some file systems report only here that what was written is lost.
    void close() noexcept {
        if (is_open() && ::close(std::exchange(fd_, -1)) != 0 && error_ == 0) error_ = errno;
    }

private:
    int fd_;
    int error_;
};

int write_and_close(int fd, const TextWriter& text) {
    OutputFile file(fd);
    file.write(text);
    file.close();
    return file.error();
}

/// The path of a new file beside another one, removed in the end unless it has taken that one's place.
class PathBeside {
public:
    explicit PathBeside(const std::string& target) : target_(target), path_(target + ".XXXXXX") {}
    PathBeside(const PathBeside&) = delete;
    PathBeside& operator=(const PathBeside&) = delete;
    ~PathBeside() { remove(); }

    /// Returns -1 and sets errno if the file cannot be created.
    int create() {
        const int fd = ::mkostemp(path_.data(), O_CLOEXEC);
        exists_ = fd >= 0;
        return fd;
    }
    /// Returns an errno, or 0.
    int replace_target() noexcept {
        if (std::rename(path_.c_str(), target_.c_str()) != 0) return errno;
        exists_ = false;
        return 0;
    }
    void remove() noexcept {
        if (std::exchange(exists_, false)) ::unlink(path_.c_str());
    }

private:
    const std::string& target_;
    std::string path_;
    bool exists_ = false;
};

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
    PathBeside beside(target_);
    if (!OutputFile(beside.create()).is_open()) reject(option, path_, errno);
}

int ReportFile::write(const TextWriter& text) const {
    if (fd_.get() < 0) return replace(text);
    BufferedWriter writer(fd_.get());
    text([&](std::string_view piece) { writer.append(piece); });
    writer.flush();
    return writer.error();
}

int ReportFile::write(std::string_view text) const {
    return write([text](const TextSink& out) { out(text); });
}

int ReportFile::replace(const TextWriter& text) const {
    struct stat status{};
    const bool exists = ::stat(target_.c_str(), &status) == 0;
    const SignalBlock block;
    PathBeside beside(target_);
    OutputFile file(beside.create());
    // The file may be writable even if its folder is not.
    if (!file.is_open()) return exists ? overwrite(text) : file.error();
    file.write(text);
    file.set_mode(exists ? status.st_mode & 07777 : new_file_mode());
    file.close();
    if (file.error() != 0) return file.error();
    const int error = beside.replace_target();
    if (error != EBUSY) return error;
    // A file mounted into a container cannot be replaced.
    beside.remove();
    return overwrite(text);
}

int ReportFile::overwrite(const TextWriter& text) const {
    return write_and_close(open_for_writing(target_, O_TRUNC), text);
}

int append_to_file(const std::string& path, const TextWriter& text) {
    return write_and_close(open_for_writing(path, O_CREAT | O_APPEND), text);
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
