#include "rt/file.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "rt/descriptor_limit.hpp"
#include "rt/os.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <new>
#include <stdexcept>
#include <system_error>

namespace arun {

namespace {

UniqueFd nameless_file() {
    if (auto file = os::open_memory_file(); file.get() >= 0) return file;
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::tmpfile(), &std::fclose);
    const int fd = file ? ::fcntl(::fileno(file.get()), F_DUPFD_CLOEXEC, 0) : -1;
    if (fd < 0) throw_system_error(errno, "cannot make a temporary file");
    return UniqueFd(fd);
}

}  // namespace

void UniqueFd::reset() noexcept {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

void Pipe::open() {
    if (const int error = os::open_pipe(read_, write_)) throw_system_error(error, "cannot make a pipe");
}

std::optional<std::size_t> Pipe::read(std::span<char> buffer) const noexcept {
    for (;;) {
        const auto size = ::read(read_.get(), buffer.data(), buffer.size());
        if (size >= 0) return static_cast<std::size_t>(size);
        if (errno == EAGAIN || errno == EWOULDBLOCK) return std::nullopt;
        if (errno != EINTR) return 0;
    }
}

UniqueFd temporary_file(std::string_view text) {
    auto file = nameless_file();
    write_file(file.get(), text, "a temporary file");
    rewind_file(file.get());
    return file;
}

UniqueFd temporary_disk_file() {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::tmpfile(), &std::fclose);
    const int fd = file ? ::fcntl(::fileno(file.get()), F_DUPFD_CLOEXEC, 0) : -1;
    if (fd < 0) throw_system_error(errno, "cannot make a temporary file");
    return UniqueFd(fd);
}

UniqueFd open_to_write(const std::string& path, bool append) {
    // O_APPEND so that several writers do not overwrite each other; O_NONBLOCK for a FIFO that has no reader.
    const int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    UniqueFd file(::open(path.c_str(), append ? flags : flags | O_TRUNC, 0666));
    if (file.get() >= 0) {
        ::fcntl(file.get(), F_SETFL, O_WRONLY | O_APPEND);
        return file;
    }
    const int error = errno;
    if (error == ENXIO) return file;
    if (is_shortage(error))
        throw std::system_error(error, std::generic_category(), "cannot write " + quote_whole(path));
    throw std::runtime_error("cannot write " + quote_whole(path) + ": " + reason_of(error));
}

NewFile::NewFile(const std::string& path) : path_(path) {
    char* target = ::realpath(path.c_str(), nullptr);
    if (target == nullptr) return;
    path_ = target;
    std::free(target);
}

int NewFile::create() noexcept {
    try {
        temporary_ = path_ + ".XXXXXX";
    } catch (const std::bad_alloc&) {
        return ENOMEM;
    }
    file_ = UniqueFd(::mkostemp(temporary_.data(), O_CLOEXEC));
    if (file_.get() >= 0) return 0;
    const int error = errno;
    temporary_.clear();
    return error;
}

int NewFile::finish() noexcept {
    struct stat status{};
    mode_t mode = 0;
    if (::stat(path_.c_str(), &status) == 0) {
        mode = status.st_mode & 0777;
    } else {
        const auto mask = ::umask(0);
        ::umask(mask);
        mode = 0666 & ~mask;
    }
    const bool refused = ::fchmod(file_.get(), mode) != 0;
    if (refused && errno != ENOTSUP && errno != ENOSYS && errno != EPERM) return errno;
    // Some file systems report only here that what was written is lost.
    if (::close(file_.release()) != 0) return errno;
    if (::rename(temporary_.c_str(), path_.c_str()) != 0) return errno;
    temporary_.clear();
    return 0;
}

void NewFile::remove() noexcept {
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
    temporary_.clear();
    file_.reset();
}

int write_all(int fd, std::string_view text) noexcept {
    while (!text.empty()) {
        const auto written = ::write(fd, text.data(), text.size());
        if (written >= 0) {
            text.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            pollfd room{fd, POLLOUT, 0};
            ::poll(&room, 1, -1);
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

void write_file(int fd, std::string_view text, const std::string& what) {
    if (const int error = write_all(fd, text); error != 0)
        throw_system_error(error, ("cannot write " + what).c_str());
}

std::size_t read_file(int fd, std::span<char> buffer) {
    for (;;) {
        const auto got = ::read(fd, buffer.data(), buffer.size());
        if (got >= 0) return static_cast<std::size_t>(got);
        if (errno != EINTR) throw_system_error(errno, "cannot read a file");
    }
}

std::string read_rest_of_file(int fd) {
    std::string text;
    text.reserve(static_cast<std::size_t>(size_of_file(fd)));
    std::vector<char> block(std::size_t{1} << 16);
    while (const auto size = read_file(fd, block)) text.append(block.data(), size);
    return text;
}

void rewind_file(int fd) {
    skip_in_file(fd, 0);
}

void skip_in_file(int fd, std::int64_t offset) {
    if (::lseek(fd, offset, SEEK_SET) < 0) throw_system_error(errno, "cannot read a file");
}

bool is_regular_file(int fd) noexcept {
    struct stat status{};
    return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

std::int64_t size_of_file(int fd) noexcept {
    struct stat status{};
    return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode) ? status.st_size : 0;
}

std::string end_of_file(const std::string& path, std::int64_t begin, std::size_t max_size) {
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    const auto size = size_of_file(file.get());
    const auto from = std::max(begin, size - static_cast<std::int64_t>(max_size));
    if (size <= from) return {};
    std::string text(static_cast<std::size_t>(size - from), '\0');
    const auto got = ::pread(file.get(), text.data(), text.size(), from);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
}

UniqueFd open_to_read(const std::string& path) {
    // Without O_NONBLOCK, a FIFO that has no writer would block the loop.
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        const int error = errno;
        if (is_shortage(error))
            throw std::system_error(error, std::generic_category(), "cannot read " + quote_whole(path));
        throw std::runtime_error("cannot read " + quote_whole(path) + ": " + reason_of(error));
    }
    UniqueFd file(fd);
    struct stat status{};
    if (::fstat(fd, &status) == 0 && S_ISDIR(status.st_mode))
        throw std::runtime_error("cannot read " + quote_whole(path) + ": it is a directory");
    if (!is_fifo(fd)) make_blocking(fd);
    return file;
}

int descriptor_shortage() noexcept {
    std::array<UniqueFd, 4> files;
    for (auto& file : files) {
        file = UniqueFd(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (file.get() < 0) return errno == EMFILE || errno == ENFILE ? errno : 0;
    }
    return 0;
}

bool is_fifo(int fd) noexcept {
    struct stat status{};
    return ::fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode);
}

void make_blocking(int fd) noexcept {
    ::fcntl(fd, F_SETFL, O_RDONLY);
}

}  // namespace arun
