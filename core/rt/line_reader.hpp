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

/// A buffer in front of a descriptor. What has arrived is taken without waiting; more() waits for the rest.
///
/// Nothing is read that nobody asked for, but for `ahead`: up to so many bytes are also read while the loop
/// does something else, so that the other end of a pipe can go on. That alone keeps no loop from a deadlock
/// and no virtual clock from jumping. Of a shared descriptor nothing changes but what was read from it.
///
/// It may outlive the loops that it is used in.
class LineReader : public std::enable_shared_from_this<LineReader> {
    struct Key {};

public:
    /// An own descriptor is closed at the end; it may be O_NONBLOCK.
    static std::shared_ptr<LineReader> make(int fd, FdWatch::Sharing sharing, std::size_t longest,
                                            std::size_t ahead = 0) {
        return std::make_shared<LineReader>(Key(), fd, sharing, longest, ahead);
    }
    LineReader(Key key, int fd, FdWatch::Sharing sharing, std::size_t longest, std::size_t ahead);
    LineReader(const LineReader&) = delete;
    LineReader& operator=(const LineReader&) = delete;
    ~LineReader();

    enum class Found : std::uint8_t {
        line,      ///< it is in `line`, without its newline; the last one may have had none
        nothing,   ///< await more(), and ask again
        end,       ///< all lines have been taken
        too_long,  ///< the next line is longer than `longest`
    };
    /// The next line, which is valid until the loop goes on or something is read.
    Found next(std::string_view& line) noexcept;
    /// Of the next line, counted from 1: how many were taken, and one.
    std::uint64_t number() const noexcept { return number_; }

    /// What has arrived and was not taken, as it is. Valid as a line is.
    std::string_view text() const noexcept { return {buffer_.get() + begin_, end_ - begin_}; }
    /// Takes so many bytes of it, in which there are so many newlines.
    void take(std::size_t size, std::uint64_t newlines) noexcept;
    /// There is nothing to come but text().
    bool ended() const noexcept { return ended_; }

    /// Until there is more to take, or the end is known. Gives way to the loop at least once; real I/O is
    /// pending meanwhile. Throws std::system_error. Several may wait.
    Coro<> more();
    /// Begins to read ahead, if that is wanted; more() does so as well.
    void start();
    /// more() for the time before there is a loop: blocks the thread.
    void block_for_more();
    /// Lets go of the loop: for a reader that is not used any more.
    void stop() noexcept;

private:
    static Coro<> pump(std::shared_ptr<LineReader> self);
    Coro<> pump_some();
    void read_ahead();
    bool wants_more() const noexcept { return waiting_ > 0 || end_ - begin_ < ahead_; }
    bool read_some();
    void make_room();

    int fd_;
    FdWatch::Sharing sharing_;
    bool regular_ = false;
    bool ended_ = false;
    std::size_t longest_;
    std::size_t ahead_;

    std::unique_ptr<char[]> buffer_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;    ///< of what was not taken
    std::size_t end_ = 0;      ///< of what was read
    std::size_t scanned_ = 0;  ///< there is no newline between begin_ and this
    std::uint64_t number_ = 1;

    // Only the pump waits for the descriptor: a task of the loop that is at work, made when it is needed.
    AnyTask pump_;
    Event arrived_;
    Event room_;
    std::uint32_t waiting_ = 0;
    std::exception_ptr error_;
};

}  // namespace arun
