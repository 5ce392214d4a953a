#include "rt/backend.hpp"

#include "base/error.hpp"
#include "rt/clock.hpp"
#include "rt/descriptor_limit.hpp"
#include "rt/errors.hpp"
#include "rt/file.hpp"
#include "rt/os.hpp"

#include <uv.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace arun {

namespace {

/// Throws std::system_error for -1.
UniqueFd checked(int fd, const char* what) {
    if (fd < 0) throw_system_error(errno, what);
    return UniqueFd(fd);
}

/// libuv ends the process if it cannot make its first pipe, so this makes sure that it can. Once in a
/// process.
void check_descriptors() {
    static std::atomic<bool> checked_before{false};
    if (checked_before) return;
    UniqueFd opened[6];  // an epoll and two pipes, and one to spare
    for (auto& fd : opened) fd = checked(::open("/dev/null", O_RDONLY | O_CLOEXEC), "open");
    checked_before = true;
}

/// As long as it lives, 0, 1 and 2 are open: libuv ends the process if it has to close one of them.
class StandardDescriptors {
public:
    StandardDescriptors() noexcept {
        for (auto& fd : held_) {
            fd = UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
            if (fd.get() <= STDERR_FILENO) continue;
            fd.reset();
            break;
        }
    }

private:
    UniqueFd held_[3];
};

[[noreturn]] void fail_to_open(const std::system_error& error) {
    std::string message = "cannot open an event loop: " + error.code().message();
    rlimit limit{};
    if (error.code().value() == EMFILE && ::getrlimit(RLIMIT_NOFILE, &limit) == 0)
        message += " (ulimit -n is " + std::to_string(limit.rlim_cur) + ")";
    throw EventLoopError(message);
}

/// Its only effect is to end the wait.
void ignore_poll(uv_poll_t*, int, int) noexcept {}

}  // namespace

struct Backend::Handles {
    Handles() {
        const StandardDescriptors standard;
        check_descriptors();
        if (const int error = uv_loop_init(&loop)) throw_system_error(-error, "cannot open an event loop");
        try {
            open();
        } catch (...) {
            close();
            throw;
        }
    }
    ~Handles() { close(); }
    Handles(const Handles&) = delete;
    Handles& operator=(const Handles&) = delete;

    void open();
    int wake_fd() const noexcept;
    void set_timer(std::optional<Duration> deadline) noexcept;

    void watch(uv_poll_t& poll, int fd, uv_poll_cb callback) {
        int error = uv_poll_init(&loop, &poll, fd);
        if (error == 0) error = uv_poll_start(&poll, UV_READABLE, callback);
        if (error != 0) throw_system_error(-error, "cannot watch a descriptor");
    }

    bool has(const uv_handle_t* handle) const noexcept {
        const auto is = [handle](const auto& own) {
            return handle == reinterpret_cast<const uv_handle_t*>(&own);
        };
        return is(wake) || is(timer_poll) || is(timer);
    }
    /// Others may have handles that are still open.
    void close() noexcept {
        uv_walk(
            &loop,
            [](uv_handle_t* handle, void* self) {
                if (uv_is_closing(handle) != 0) return;
                if (!static_cast<Handles*>(self)->has(handle) && handle->data != nullptr)
                    owner_of<HandleOwner>(handle).loop_closed();
                uv_close(handle, nullptr);
            },
            this);
        while (uv_run(&loop, UV_RUN_DEFAULT) != 0) {
        }
        uv_loop_close(&loop);
    }

    /// Some versions of libuv call this before they block, and would then block for ever.
    static void forget_deadline(uv_timer_t* timer) noexcept {
        static_cast<Handles*>(timer->data)->armed.reset();
        uv_stop(timer->loop);
    }

    /// Empties the pipe or event counter, which would otherwise wake the loop again.
    static void drain_wakeups(uv_poll_t* poll, int, int) noexcept {
        auto* self = static_cast<Handles*>(poll->data);
        char bytes[64];
        while (::read(self->wake_channel.read.get(), bytes, sizeof bytes) == sizeof bytes) {
        }
    }

    uv_loop_t loop{};
    uv_poll_t wake{};
    os::WakeChannel wake_channel;
    UniqueFd timer_fd;  ///< -1: libuv's timer serves
    uv_poll_t timer_poll{};
    uv_timer_t timer{};
    std::optional<Duration> armed;  ///< deadline of the timer, which may have fired since if it is to poll
};

void Backend::Handles::open() {
    wake_channel = os::open_wake_channel();
    wake.data = this;
    watch(wake, wake_channel.read.get(), &drain_wakeups);
    timer_fd = os::open_timer();
    if (timer_fd.get() >= 0) {
        watch(timer_poll, timer_fd.get(), &ignore_poll);
    } else {
        uv_timer_init(&loop, &timer);
        timer.data = this;
    }
}

int Backend::Handles::wake_fd() const noexcept {
    return wake_channel.write.get() >= 0 ? wake_channel.write.get() : wake_channel.read.get();
}

void Backend::Handles::set_timer(std::optional<Duration> deadline) noexcept {
    if (deadline == armed) return;
    armed = deadline;
    if (timer_fd.get() >= 0) return os::set_timer(timer_fd.get(), deadline);
    uv_timer_stop(&timer);
    if (!deadline) return;
    uv_update_time(&loop);
    const auto delay = std::max(*deadline - Clock::monotonic(), Duration::zero());
    // libuv's own time is in whole milliseconds, so that this may fire early: then it is set again.
    const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(delay).count();
    uv_timer_start(&timer, &forget_deadline, static_cast<std::uint64_t>(milliseconds), 0);
}

Backend::Backend(Waker& waker, bool owns_process) : waker_(waker) {
    if (owns_process) {
        raise_descriptor_limit();
        os::make_waits_exact();
    }
    try {
        handles_ = std::make_unique<Handles>();
    } catch (const std::system_error& error) {
        fail_to_open(error);
    }
    waker_.set_fd(handles_->wake_fd());
}

Backend::~Backend() {
    waker_.set_fd(-1);
}

uv_loop_s* Backend::uv() noexcept {
    return &handles_->loop;
}

void Backend::poll() noexcept {
    uv_run(&handles_->loop, UV_RUN_NOWAIT);
}

void Backend::wait(std::optional<Duration> deadline) noexcept {
    handles_->set_timer(deadline);
    // A wake-up may have come before there was a descriptor to write to.
    uv_run(&handles_->loop, waker_.called() ? UV_RUN_NOWAIT : UV_RUN_ONCE);
}

const char* event_library_version() noexcept {
    return uv_version_string();
}

}  // namespace arun
