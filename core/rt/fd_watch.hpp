/// Waiting for a descriptor: asyncio's loop.add_reader() and add_writer(), as awaiters.
#pragma once

#include "rt/io_wait.hpp"
#include "rt/loop.hpp"

#include <coroutine>
#include <cstdint>

namespace arun {

namespace detail {

struct FdPoll;

class FdWait final : public IoWait {
public:
    FdWait(FdPoll* poll, int events, bool holds = true) noexcept
        : poll_(poll), events_(events), holds_(holds) {}
    bool await_ready() const noexcept { return poll_ == nullptr; }
    void await_suspend(std::coroutine_handle<> frame);
    void await_resume() const { check_cancelled(); }
    bool cancel() noexcept override;

private:
    FdPoll* poll_;
    int events_;
    bool holds_;
};

}  // namespace detail

/// A descriptor under a loop's eye. The watch does not own it: close it after the watch is gone. One wait at
/// a time. What cannot be waited for (a regular file, /dev/null) is always ready.
class FdWatch {
public:
    enum class Sharing : std::uint8_t {
        own,    ///< a descriptor of ours: it is set to O_NONBLOCK
        shared  ///< others hold it too (standard input): its flags stay as they are
    };

    /// Throws std::system_error.
    explicit FdWatch(Loop& loop, int fd, Sharing sharing = Sharing::own);
    FdWatch(const FdWatch&) = delete;
    FdWatch& operator=(const FdWatch&) = delete;
    ~FdWatch();

    /// `co_await watch.readable()`: there is something to read, or the end, or an error to be seen. Real I/O
    /// is pending meanwhile, see Loop::PendingIoGuard.
    [[nodiscard]] detail::FdWait readable() noexcept;
    /// The same, but it does not count as I/O that somebody waits for: of what is read ahead.
    [[nodiscard]] detail::FdWait readable_ahead() noexcept;
    /// The same as readable() for writing.
    [[nodiscard]] detail::FdWait writable() noexcept;
    /// False for what is always ready: waiting for it does not even give way to the loop.
    bool waits() const noexcept { return poll_ != nullptr; }

private:
    detail::FdPoll* poll_ = nullptr;
};

}  // namespace arun
