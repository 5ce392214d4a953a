/// All that a run learns from outside of the program, and does to it, in one interface.
///
/// What runs above it does not know whether it talks to the world or to a tape of an earlier run. Time is not
/// here: it is the loop's (see Journal).
#pragma once

#include "rt/coro.hpp"
#include "rt/file.hpp"
#include "rt/http/client.hpp"
#include "rt/line_reader.hpp"
#include "rt/loop.hpp"
#include "rt/process/child.hpp"
#include "rt/tcp.hpp"

#include <sys/types.h>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace arun {

/// A file that appears under its name only when it is complete, see NewFile.
class SavedFile {
public:
    SavedFile() = default;
    SavedFile(const SavedFile&) = delete;
    SavedFile& operator=(const SavedFile&) = delete;
    virtual ~SavedFile() = default;
    /// To write to; -1: nothing is to be written.
    virtual int descriptor() const noexcept = 0;
    /// Gives it its name. Throws std::runtime_error.
    virtual void finish() = 0;
};

/// What there is under a path.
struct FileStatus {
    int error = 0;         ///< an errno: why that is not known; the rest is empty then
    bool regular = false;  ///< a regular file
    ino_t number = 0;      ///< that of the file
    std::int64_t size = 0;
};

/// A file that a job's output goes to.
struct OutputFile {
    UniqueFd file;          ///< -1 also if nothing is to be written
    bool ready = false;     ///< false: it is a FIFO without a reader
    std::int64_t size = 0;  ///< before anything is written
};

class World {
public:
    using Variables = std::map<std::string, std::string, std::less<>>;

    World() = default;
    World(const World&) = delete;
    World& operator=(const World&) = delete;
    virtual ~World() = default;

    /// For the loops of the run; null if they run on their own.
    virtual Journal* journal() noexcept { return nullptr; }
    /// There is no outside: everything that will happen is on the loop's clock, which should be virtual.
    virtual bool is_imaginary() const noexcept { return false; }
    /// A loop of the run has been opened.
    virtual void opened(Loop& loop) { static_cast<void>(loop); }
    /// Called between two steps, outside of a running loop: what has come from outside is known from here on.
    virtual void look(Loop& loop) { static_cast<void>(loop); }
    /// An error of a task that was never awaited.
    virtual void reported(std::string_view message) { static_cast<void>(message); }
    /// The loop is about to block.
    virtual void waiting() {}
    /// Nothing more is known of what happened: the run has to stop here.
    virtual bool over() const noexcept { return false; }
    /// All that children print is read, even what could go to the program's own output directly.
    virtual bool reads_all_output() const noexcept { return false; }

    virtual std::unique_ptr<Child> child(Loop& loop) = 0;
    /// As a terminal does at Ctrl-C.
    virtual void interrupt() noexcept = 0;

    /// Sends it. Throws HttpUnavailable, HttpError.
    virtual std::unique_ptr<HttpTransfer> request(Loop& loop, HttpRequest request) = 0;
    /// See try_to_connect().
    virtual Coro<std::optional<std::string>> connect(Loop& loop, TcpAddress address) = 0;

    virtual std::shared_ptr<LineReader> standard_input(std::size_t max_line) = 0;
    /// Throws std::system_error. Does not wait for the writer of a FIFO.
    virtual std::shared_ptr<LineReader> read_lines(const std::string& path, std::size_t max_line) = 0;

    virtual FileStatus look_at(const std::string& path) = 0;
    /// At most `max_size` bytes of a file from `offset` on; empty at its end. Throws as open_to_read(), and
    /// std::system_error.
    virtual std::string read_block(const std::string& path, std::int64_t offset, std::size_t max_size) = 0;
    /// A regular file of at most `max_size` bytes. Throws std::runtime_error, std::system_error.
    virtual std::string read_whole(const std::string& path, std::int64_t max_size) = 0;
    /// See end_of_file().
    virtual std::string end_of(const std::string& path, std::int64_t begin, std::size_t max_size) = 0;
    /// See open_to_write().
    virtual OutputFile open_output(const std::string& path, bool append) = 0;
    /// See write_file().
    virtual void write(int file, std::string_view text, const std::string& what) = 0;
    /// See NewFile.
    virtual std::unique_ptr<SavedFile> new_file(const std::string& path) = 0;

    /// Of the process. Empty if it is not set.
    virtual std::optional<std::string> environment(const std::string& name) = 0;
    /// The same for a name that need not be known.
    virtual std::optional<std::string> known_environment(const std::string& name) {
        return environment(name);
    }
    virtual Variables environment() = 0;
    virtual std::string host_name() = 0;
    /// 64 bits that no other run has.
    virtual std::uint64_t entropy() = 0;
    /// False if nothing is random.
    virtual bool has_entropy() const noexcept { return true; }
};

/// The world.
class RealWorld : public World {
public:
    std::unique_ptr<Child> child(Loop& loop) override;
    void interrupt() noexcept override;
    std::unique_ptr<HttpTransfer> request(Loop& loop, HttpRequest request) override;
    Coro<std::optional<std::string>> connect(Loop& loop, TcpAddress address) override;
    std::shared_ptr<LineReader> standard_input(std::size_t max_line) override;
    std::shared_ptr<LineReader> read_lines(const std::string& path, std::size_t max_line) override;
    FileStatus look_at(const std::string& path) override;
    std::string read_block(const std::string& path, std::int64_t offset, std::size_t max_size) override;
    std::string read_whole(const std::string& path, std::int64_t max_size) override;
    std::string end_of(const std::string& path, std::int64_t begin, std::size_t max_size) override;
    OutputFile open_output(const std::string& path, bool append) override;
    void write(int file, std::string_view text, const std::string& what) override;
    std::unique_ptr<SavedFile> new_file(const std::string& path) override;
    std::optional<std::string> environment(const std::string& name) override;
    Variables environment() override;
    std::string host_name() override;
    std::uint64_t entropy() override;

protected:
    /// A descriptor for read_lines().
    static int open_lines(const std::string& path);
};

}  // namespace arun
