#include "rt/fd_watch.hpp"

#include "base/error.hpp"
#include "rt/file.hpp"

#include <uv.h>

#include <cerrno>
#include <memory>

#ifdef __linux__
#include <sys/epoll.h>
#endif

namespace arun {

namespace detail {

/// Lives until libuv has closed its handle.
struct FdPoll {
    explicit FdPoll(Loop& l) noexcept : loop(l) { handle.data = this; }
    FdPoll(const FdPoll&) = delete;
    FdPoll& operator=(const FdPoll&) = delete;

    static void ready(uv_poll_t* handle, int, int) noexcept {
        auto& self = *static_cast<FdPoll*>(handle->data);
        uv_poll_stop(&self.handle);
        self.waiters.notify_all();
    }

    Loop& loop;
    uv_poll_t handle{};
    WaitList waiters;
    // For a shared descriptor:
    UniqueFd inner;        ///< the epoll that watches it, and that libuv watches
    int watched = -1;      ///< the descriptor
    int inner_events = 0;  ///< what the epoll watches for
};

namespace {

[[noreturn]] void fail(int error) {
    throw_system_error(error, "cannot watch a descriptor");
}

#ifdef __linux__

/// Puts the descriptor into an epoll of our own, and lets libuv poll that: libuv sets what it polls to
/// O_NONBLOCK, a flag of the open file, which the shell and the rest of a pipeline share. Returns false for
/// what is always ready.
bool nest(FdPoll& poll, int fd) {
    poll.inner = UniqueFd(::epoll_create1(EPOLL_CLOEXEC));
    if (poll.inner.get() < 0) fail(errno);
    epoll_event event{};
    if (::epoll_ctl(poll.inner.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
        if (errno == EPERM) return false;
        fail(errno);
    }
    poll.watched = fd;
    return true;
}

void watch_inside(FdPoll& poll, int events) {
    if (poll.inner.get() < 0 || poll.inner_events == events) return;
    epoll_event event{};
    event.events = (events & UV_READABLE) != 0 ? EPOLLIN : EPOLLOUT;
    if (::epoll_ctl(poll.inner.get(), EPOLL_CTL_MOD, poll.watched, &event) != 0) fail(errno);
    poll.inner_events = events;
}

#else

bool nest(FdPoll&, int) {
    return true;
}
void watch_inside(FdPoll&, int) {}

#endif

}  // namespace

void FdWait::await_suspend(std::coroutine_handle<> frame) {
    watch_inside(*poll_, events_);
    const int events = poll_->inner.get() >= 0 ? int{UV_READABLE} : events_;
    if (const int error = uv_poll_start(&poll_->handle, events, &FdPoll::ready)) fail(-error);
    suspend(frame, poll_->waiters,
            is_pending_io_ ? Loop::PendingIoGuard(poll_->loop) : Loop::PendingIoGuard());
}

bool FdWait::cancel() noexcept {
    if (!IoWait::cancel()) return false;
    uv_poll_stop(&poll_->handle);
    return true;
}

}  // namespace detail

FdWatch::FdWatch(Loop& loop, int fd, Sharing sharing) {
    auto poll = std::make_unique<detail::FdPoll>(loop);
    if (sharing == Sharing::shared && !detail::nest(*poll, fd)) return;
    const int error = uv_poll_init(loop.uv(), &poll->handle, poll->inner.get() >= 0 ? poll->inner.get() : fd);
    if (error == UV_EPERM) return;
    if (error != 0) detail::fail(-error);
    poll_ = poll.release();
}

FdWatch::~FdWatch() {
    if (poll_ == nullptr) return;
    uv_close(reinterpret_cast<uv_handle_t*>(&poll_->handle),
             [](uv_handle_t* handle) { delete static_cast<detail::FdPoll*>(handle->data); });
}

detail::FdWait FdWatch::readable() noexcept {
    return detail::FdWait(poll_, UV_READABLE);
}

detail::FdWait FdWatch::readable_ahead() noexcept {
    return detail::FdWait(poll_, UV_READABLE, false);
}

detail::FdWait FdWatch::writable() noexcept {
    return detail::FdWait(poll_, UV_WRITABLE);
}

}  // namespace arun
