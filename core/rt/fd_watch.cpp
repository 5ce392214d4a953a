#include "rt/fd_watch.hpp"

#include "base/error.hpp"
#include "rt/backend.hpp"
#include "rt/file.hpp"
#include "rt/os.hpp"

#include <uv.h>

#include <cerrno>
#include <memory>

#include <fcntl.h>

namespace arun {

namespace detail {

/// Lives until libuv has closed its handle, or the loop is closed.
struct FdPoll final : HandleOwner {
    explicit FdPoll(Loop& l) noexcept : loop(l) { handle.data = static_cast<HandleOwner*>(this); }

    static void ready(uv_poll_t* handle, int, int) noexcept {
        auto& self = owner_of<FdPoll>(handle);
        uv_poll_stop(&self.handle);
        self.waiters.notify_all();
    }

    void loop_closed() noexcept override { closed = true; }

    Loop& loop;
    bool closed = false;  ///< the loop is
    uv_poll_t handle{};
    WaitList waiters;
    // For a shared descriptor:
    UniqueFd proxy;        ///< what libuv watches in its place, see os::open_poll_proxy()
    int watched = -1;      ///< the descriptor
    int proxy_events = 0;  ///< what the proxy watches for
};

namespace {

[[noreturn]] void fail(int error) {
    throw_system_error(error, "cannot watch a descriptor");
}

void watch_behind_proxy(FdPoll& poll, int events) {
    if (poll.proxy.get() < 0 || poll.proxy_events == events) return;
    const auto wanted = (events & UV_READABLE) != 0 ? os::Readiness::readable : os::Readiness::writable;
    if (const int error = os::set_poll_proxy(poll.proxy.get(), poll.watched, wanted)) fail(error);
    poll.proxy_events = events;
}

}  // namespace

void FdWait::await_suspend(std::coroutine_handle<> frame) {
    watch_behind_proxy(*poll_, events_);
    const int events = poll_->proxy.get() >= 0 ? int{UV_READABLE} : events_;
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
    poll->watched = fd;
    if (sharing == Sharing::shared) poll->proxy = os::open_poll_proxy(fd);
    const bool direct = poll->proxy.get() < 0;
    const int flags = direct ? ::fcntl(fd, F_GETFL) : -1;
    const int error = uv_poll_init(loop.uv(), &poll->handle, direct ? fd : poll->proxy.get());
    if (sharing == Sharing::shared && flags >= 0) ::fcntl(fd, F_SETFL, flags);
    if (error == UV_EPERM) return;
    if (error != 0) detail::fail(-error);
    poll_ = poll.release();
}

FdWatch::~FdWatch() {
    if (poll_ == nullptr) return;
    if (poll_->closed) {
        delete poll_;
        return;
    }
    uv_close(reinterpret_cast<uv_handle_t*>(&poll_->handle),
             [](uv_handle_t* handle) { delete &owner_of<detail::FdPoll>(handle); });
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
