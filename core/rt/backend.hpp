/// libuv under a loop: where it blocks.
#pragma once

#include "base/duration.hpp"
#include "rt/waker.hpp"

#include <memory>
#include <optional>

struct uv_loop_s;

namespace arun {

/// Opened when a loop blocks for the first time, or wants real I/O. One timer descriptor for all
/// timers (libuv's own round to milliseconds), one descriptor to be woken by.
class Backend {
public:
    /// Throws std::system_error.
    explicit Backend(Waker& waker);
    Backend(const Backend&) = delete;
    Backend& operator=(const Backend&) = delete;
    /// Closes all handles, also those of others, and waits for their close callbacks.
    ~Backend();

    uv_loop_s* uv() noexcept;
    /// Runs the callbacks of what has happened; does not block.
    void poll() noexcept;
    /// Blocks until something happens, or until CLOCK_MONOTONIC shows `deadline`.
    void wait(std::optional<Duration> deadline) noexcept;

private:
    struct Handles;
    Waker& waker_;
    std::unique_ptr<Handles> handles_;
};

}  // namespace arun
