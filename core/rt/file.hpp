/// Descriptors that close themselves, pipes, and files to read from.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace arun {

class UniqueFd {
public:
    UniqueFd() noexcept = default;
    explicit UniqueFd(int fd) noexcept : fd_(fd) {}
    UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    UniqueFd& operator=(UniqueFd&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~UniqueFd() { reset(); }

    int get() const noexcept { return fd_; }
    void reset() noexcept;

private:
    int fd_ = -1;
};

/// A pipe that a child writes to. Both ends are closed on exec.
class Pipe {
public:
    /// Throws std::system_error.
    void open();
    int read_end() const noexcept { return read_.get(); }
    int write_end() const noexcept { return write_.get(); }
    void close_write() noexcept { write_.reset(); }
    /// What is there: empty at the end, or after an error; nothing if there is nothing yet (the end is
    /// O_NONBLOCK under a FdWatch). Valid until the next call, of any pipe of this thread.
    std::optional<std::string_view> read();

private:
    UniqueFd read_;
    UniqueFd write_;
};

/// A file that holds `text`, opened to read it, without a name. Throws std::system_error.
UniqueFd temporary_file(std::string_view text);

/// Throws std::runtime_error ("cannot read 'x': No such file or directory"). A FIFO is opened at once and is
/// O_NONBLOCK: wait until it is readable, or there may be no writer yet, and then make_blocking().
UniqueFd open_to_read(const std::string& path);
bool is_fifo(int fd) noexcept;
void make_blocking(int fd) noexcept;

}  // namespace arun
