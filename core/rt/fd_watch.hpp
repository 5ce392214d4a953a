/// Waiting for a descriptor: asyncio's loop.add_reader() and add_writer() as awaiters.
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
    FdWait(FdPoll* poll, int events, bool is_pending_io = true) noexcept
        : poll_(poll), events_(events), is_pending_io_(is_pending_io) {}
    bool await_ready() const noexcept { return poll_ == nullptr; }
    void await_suspend(std::coroutine_handle<> frame);
    void await_resume() const { check_cancelled(); }
    bool cancel() noexcept override;

private:
    FdPoll* poll_;
    int events_;
    bool is_pending_io_;
};

}  // namespace detail

/// Waits until a descriptor is ready, one wait at a time. Does not own the descriptor, which must outlive it.
/// What cannot be polled (a regular file, /dev/null) is always ready.
class FdWatch {
public:
    enum class Sharing : std::uint8_t {
        own,    ///< no other process has it: it is set to O_NONBLOCK
        shared  ///< other processes have it too (standard input): its flags stay as they are
    };

    /// Throws std::system_error.
    explicit FdWatch(Loop& loop, int fd, Sharing sharing = Sharing::own);
    FdWatch(const FdWatch&) = delete;
    FdWatch& operator=(const FdWatch&) = delete;
    ~FdWatch();

    /// `co_await watch.readable()` returns when read() would give bytes, the end or an error. Counts as
    /// pending I/O (Loop::PendingIoGuard).
    [[nodiscard]] detail::FdWait readable() noexcept;
    /// The same for reading ahead: does not count as pending I/O.
    [[nodiscard]] detail::FdWait readable_ahead() noexcept;
    /// As readable(), for write().
    [[nodiscard]] detail::FdWait writable() noexcept;
    /// False for what is always ready: awaiting it does not even suspend.
    bool waits() const noexcept { return poll_ != nullptr; }

private:
    detail::FdPoll* poll_ = nullptr;
};

}  // namespace arun
