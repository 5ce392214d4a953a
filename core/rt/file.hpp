/// Descriptors: owned ones, pipes, and files to read from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace arun {

/// Owns a descriptor, or -1 for none.
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
    int release() noexcept { return std::exchange(fd_, -1); }
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
    void close() noexcept {
        read_.reset();
        write_.reset();
    }
    UniqueFd release_read() noexcept { return std::move(read_); }
    /// Reads what has arrived into `buffer`. Returns its size, 0 at the end or after an error, or nothing if
    /// read() would block (an FdWatch makes the read end O_NONBLOCK).
    std::optional<std::size_t> read(std::span<char> buffer) const noexcept;

private:
    UniqueFd read_;
    UniqueFd write_;
};

/// A file without a name that holds `text`, opened for reading. Throws std::system_error.
UniqueFd temporary_file(std::string_view text);

/// A file without a name on disk, for what may be too large for memory. Throws std::system_error.
UniqueFd temporary_disk_file();

/// Opens a file for output at its end, after emptying it unless `append`; makes it if there is none. Returns
/// none if it is a FIFO without a reader. Throws std::runtime_error ("cannot write 'x': permission denied"),
/// and std::system_error if there are too many open files.
UniqueFd open_to_write(const std::string& path, bool append);
/// A file that appears under its name, or replaces another, only when it is complete. Until then it has
/// another name in the same folder, and is removed if it is not finished. A symbolic link to a file stays,
/// and leads to it; it gets the permissions of the file that it replaces, else those of a new one, if the
/// file system has any.
class NewFile {
public:
    explicit NewFile(const std::string& path);
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;
    ~NewFile() { remove(); }

    /// Returns an errno, or 0.
    int create() noexcept;
    int descriptor() const noexcept { return file_.get(); }
    /// Gives it its name. Returns an errno, or 0.
    int finish() noexcept;
    void remove() noexcept;

private:
    std::string path_;
    std::string temporary_;
    UniqueFd file_;
};

/// Writes all of `text`, and waits where a descriptor is non-blocking. Returns an errno, or 0.
int write_all(int fd, std::string_view text) noexcept;
/// Writes all of `text`. Throws std::system_error: "cannot write WHAT".
void write_file(int fd, std::string_view text, const std::string& what);
/// Reads from where the file is. Returns 0 at the end. Throws std::system_error.
std::size_t read_file(int fd, std::span<char> buffer);
/// Reads from where the file is to its end. Throws std::system_error.
std::string read_rest_of_file(int fd);
void rewind_file(int fd);
/// Goes to an offset from the start. Throws std::system_error.
void skip_in_file(int fd, std::int64_t offset);
bool is_regular_file(int fd) noexcept;
/// 0 for what is no regular file.
std::int64_t size_of_file(int fd) noexcept;
/// At most `max_size` bytes of a regular file, from its end, but none before the offset `begin`. Empty if it
/// cannot be read.
std::string end_of_file(const std::string& path, std::int64_t begin, std::size_t max_size);

/// Throws std::runtime_error ("cannot read 'x': no such file or directory"), and std::system_error if there
/// are too many open files. Does not wait for the writer of a FIFO: that is O_NONBLOCK, until make_blocking()
/// when it has become readable.
UniqueFd open_to_read(const std::string& path);
/// EMFILE or ENFILE if no more than a few files can be opened, else 0. For errors of libraries that need
/// descriptors and do not say so, as when a name is resolved.
int descriptor_shortage() noexcept;
bool is_fifo(int fd) noexcept;
void make_blocking(int fd) noexcept;

}  // namespace arun
