/// libuv underneath a loop: where it blocks.
#pragma once

#include "base/duration.hpp"
#include "rt/waker.hpp"

#include <memory>
#include <optional>

struct uv_loop_s;

namespace arun {

/// What `data` of a handle points to, of those that others open in the loop.
class HandleOwner {
public:
    HandleOwner() = default;
    HandleOwner(const HandleOwner&) = delete;
    HandleOwner& operator=(const HandleOwner&) = delete;
    /// The loop closes before the handle does: the handle is gone from here on.
    virtual void loop_closed() noexcept = 0;

protected:
    ~HandleOwner() = default;
};

/// The owner, whose type is `Owner`, of a handle.
template <class Owner, class Handle>
Owner& owner_of(const Handle* handle) noexcept {
    return static_cast<Owner&>(*static_cast<HandleOwner*>(handle->data));
}

/// Made when a loop blocks for the first time, or does real I/O. One timer serves all waits, exact where
/// the system has such (os::open_timer()), because libuv's own count milliseconds; one descriptor receives
/// wake-ups.
class Backend {
public:
    /// `owns_process`: see LoopOptions. Throws EventLoopError.
    Backend(Waker& waker, bool owns_process);
    Backend(const Backend&) = delete;
    Backend& operator=(const Backend&) = delete;
    /// Closes all handles of the loop, also those that others made, and runs their close callbacks.
    ~Backend();

    uv_loop_s* uv() noexcept;
    /// Runs the callbacks of pending events. Does not block.
    void poll() noexcept;
    /// Blocks until an event, a wake-up, or until CLOCK_MONOTONIC reaches `deadline`.
    void wait(std::optional<Duration> deadline) noexcept;

private:
    struct Handles;
    Waker& waker_;
    std::unique_ptr<Handles> handles_;
};

/// "1.44.2"
const char* event_library_version() noexcept;

}  // namespace arun
