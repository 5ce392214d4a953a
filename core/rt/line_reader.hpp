/// Lines from a descriptor, as they arrive.
#pragma once

#include "rt/coro.hpp"
#include "rt/event.hpp"
#include "rt/fd_watch.hpp"
#include "rt/task.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <string_view>

namespace arun {

/// A buffer in front of a descriptor. next() takes what has arrived without waiting; wait_for_more() waits
/// for the rest.
///
/// Reads on demand, and up to `read_ahead` bytes while the loop does something else, so that the writer of a
/// pipe does not stall. Reading ahead is no pending I/O: it neither prevents DeadlockError nor holds a
/// virtual clock. A shared descriptor keeps its flags; only bytes are read from it.
///
/// It may outlive the loops that it is used in.
class LineReader : public std::enable_shared_from_this<LineReader> {
protected:
    struct Key {};

public:
    /// Owns `fd` if it is Sharing::own; it may be O_NONBLOCK.
    static std::shared_ptr<LineReader> make(int fd, FdWatch::Sharing sharing, std::size_t max_line,
                                            std::size_t read_ahead = 0) {
        return std::make_shared<LineReader>(Key(), fd, sharing, max_line, read_ahead);
    }
    LineReader(Key key, int fd, FdWatch::Sharing sharing, std::size_t max_line, std::size_t read_ahead);
    LineReader(const LineReader&) = delete;
    LineReader& operator=(const LineReader&) = delete;
    virtual ~LineReader();

    enum class Found : std::uint8_t {
        line,      ///< stored in `line`, without its line feed; the last one may lack that
        nothing,   ///< call again after wait_for_more()
        end,       ///< all lines have been taken
        too_long,  ///< the next line is longer than `max_line`
    };
    /// Takes the next line, which is valid until the loop runs or more is read.
    Found next(std::string_view& line) noexcept;
    /// The number of the next line, from 1.
    std::uint64_t number() const noexcept { return number_; }

    /// What has arrived and was not taken; valid as long as a line.
    std::string_view text() const noexcept { return {buffer_.get() + begin_, end_ - begin_}; }
    /// Takes `size` bytes of text(), which hold that many newlines.
    void take(std::size_t size, std::uint64_t newlines) noexcept;
    /// True if nothing comes after text().
    bool ended() const noexcept { return ended_; }

    /// Returns when text() has grown, or the end is known. Yields to the loop at least once; counts as
    /// pending I/O. Throws std::system_error. Several tasks may wait.
    Coro<> wait_for_more();
    /// Starts reading ahead, as wait_for_more() does too.
    void start();
    /// wait_for_more() without a loop: blocks the thread.
    void block_for_more();
    /// Stops reading ahead, which lets go of the loop. For a reader that is no longer used.
    void stop() noexcept;

protected:
    /// Reads what has arrived. Returns false if that is nothing. Throws std::system_error. `ahead`: no task
    /// is waiting for the answer, other than in wait_for_more().
    virtual bool read_some(bool ahead);
    /// Reads when something arrives, as long as tasks wait.
    virtual void read_in_background();
    /// What read_some() has just added to text().
    std::string_view added() const noexcept { return {buffer_.get() + added_at_, end_ - added_at_}; }
    /// A task is in wait_for_more().
    bool is_awaited() const noexcept { return waiting_ > 0; }
    bool regular() const noexcept { return regular_; }
    void set_regular(bool regular) noexcept { regular_ = regular; }
    /// Adds to text(); `end`: nothing comes after it.
    void add(std::string_view bytes, bool end);
    /// Wakes the tasks in wait_for_more(), which throw `error` if there is one.
    void arrive(std::exception_ptr error = nullptr) noexcept;

private:
    static Coro<> pump(std::shared_ptr<LineReader> self);
    Coro<> pump_some();
    bool wants_more() const noexcept { return waiting_ > 0 || end_ - begin_ < read_ahead_; }
    void make_room();

    int fd_;
    FdWatch::Sharing sharing_;
    bool regular_ = false;
    bool ended_ = false;
    std::size_t max_line_;
    std::size_t read_ahead_;

    std::unique_ptr<char[]> buffer_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;     ///< of text()
    std::size_t end_ = 0;       ///< of text()
    std::size_t added_at_ = 0;  ///< where the last read_some() began
    std::size_t scanned_ = 0;   ///< text() has no newline before this
    std::uint64_t number_ = 1;

    // The pump, a task of the running loop, is the only one to wait for the descriptor. So any number of
    // tasks can wait for lines, and cancelling one of them loses no bytes.
    AnyTask pump_;
    Event arrived_;              ///< set by the pump
    Event wanted_;               ///< wakes the pump
    std::uint32_t waiting_ = 0;  ///< tasks in wait_for_more()
    std::exception_ptr error_;
};

}  // namespace arun
