#include "rt/backend.hpp"

#include "base/error.hpp"
#include "rt/descriptor_limit.hpp"
#include "rt/errors.hpp"
#include "rt/file.hpp"

#include <uv.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>
#endif

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
    void set_timer(std::optional<Duration> deadline) noexcept;

    void watch(uv_poll_t& poll, int fd, uv_poll_cb callback) {
        int error = uv_poll_init(&loop, &poll, fd);
        if (error == 0) error = uv_poll_start(&poll, UV_READABLE, callback);
        if (error != 0) throw_system_error(-error, "cannot watch a descriptor");
    }

    void close() noexcept {
        uv_walk(
            &loop,
            [](uv_handle_t* handle, void*) {
                if (uv_is_closing(handle) == 0) uv_close(handle, nullptr);
            },
            nullptr);
        while (uv_run(&loop, UV_RUN_DEFAULT) != 0) {
        }
        uv_loop_close(&loop);
    }

    /// Empties the pipe or event counter, which would otherwise wake the loop again.
    static void drain_wakeups(uv_poll_t* poll, int, int) noexcept {
        auto* self = static_cast<Handles*>(poll->data);
        char bytes[64];
        while (::read(self->wake_read.get(), bytes, sizeof bytes) > 0) {
#ifdef __linux__
            break;  // one read resets an eventfd
#endif
        }
    }

    uv_loop_t loop{};
    uv_poll_t wake{};
    UniqueFd wake_read;
    UniqueFd wake_write;  ///< the other end of a pipe; an eventfd has only one
    int wake_fd = -1;
#ifdef __linux__
    uv_poll_t timer{};
    UniqueFd timer_fd;
#else
    uv_timer_t timer{};
#endif
    std::optional<Duration> armed;  ///< deadline of the timer, which may have fired since
};

#ifdef __linux__

void Backend::Handles::open() {
    wake_read = checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd");
    wake_fd = wake_read.get();
    wake.data = this;
    watch(wake, wake_fd, &drain_wakeups);
    timer_fd = checked(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK), "timerfd_create");
    watch(timer, timer_fd.get(), &ignore_poll);
}

void Backend::Handles::set_timer(std::optional<Duration> deadline) noexcept {
    if (deadline == armed) return;
    if (!armed) ::prctl(PR_SET_TIMERSLACK, 1UL);
    // Setting the timer also resets its readiness, which saves reading from it.
    itimerspec when{};
    if (deadline) {
        when.it_value.tv_sec = static_cast<time_t>(deadline->count() / 1'000'000'000);
        when.it_value.tv_nsec = static_cast<long>(deadline->count() % 1'000'000'000);
    }
    ::timerfd_settime(timer_fd.get(), TFD_TIMER_ABSTIME, &when, nullptr);
    armed = deadline;
}

#else

void Backend::Handles::open() {
    int ends[2] = {-1, -1};
    if (::pipe(ends) != 0) throw_system_error(errno, "pipe");
    wake_read = checked(ends[0], "pipe");
    wake_write = checked(ends[1], "pipe");
    for (const int end : ends) {
        ::fcntl(end, F_SETFD, FD_CLOEXEC);
        ::fcntl(end, F_SETFL, O_NONBLOCK);
    }
    wake_fd = ends[1];
    wake.data = this;
    watch(wake, ends[0], &drain_wakeups);
    uv_timer_init(&loop, &timer);
}

void Backend::Handles::set_timer(std::optional<Duration> deadline) noexcept {
    uv_timer_stop(&timer);
    if (!deadline) return;
    uv_update_time(&loop);
    const auto now = static_cast<std::int64_t>(uv_hrtime());
    const std::int64_t delay = deadline->count() > now ? deadline->count() - now : 0;
    // Rounded up to milliseconds: a timer never fires early.
    uv_timer_start(&timer, [](uv_timer_t*) {}, static_cast<std::uint64_t>((delay + 999'999) / 1'000'000), 0);
}

#endif

Backend::Backend(Waker& waker) : waker_(waker) {
    raise_descriptor_limit();
    try {
        check_descriptors();
        handles_ = std::make_unique<Handles>();
    } catch (const std::system_error& error) {
        fail_to_open(error);
    }
    waker_.set_fd(handles_->wake_fd);
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

}  // namespace arun
