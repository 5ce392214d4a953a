#include "rt/process/launch.hpp"

#include "rt/descriptor_limit.hpp"
#include "rt/signals.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <optional>

#ifdef __linux__
#include <sys/prctl.h>
#endif

// ThreadSanitizer makes vfork() a fork(), and then the child cannot report an error to us.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define ARUN_TSAN
#endif
#endif
#if defined(__linux__) && !defined(ARUN_TSAN) && !defined(__SANITIZE_THREAD__)
#define ARUN_VFORK
#endif

namespace arun::detail {

namespace {

int null_flags(int target) noexcept {
    return target == STDIN_FILENO ? O_RDONLY : O_WRONLY;
}

#ifdef ARUN_VFORK

/// posix_spawn() cannot set a parent death signal. So this is vfork(): the child borrows our memory until it
/// calls exec, with all signals blocked, and calls nothing that is not async-signal-safe.
class Child {
public:
    Child(const Launch& launch, const std::optional<rlimit>& descriptors, unsigned long timer_slack,
          volatile int& error) noexcept
        : launch_(launch),
          descriptors_(descriptors),
          timer_slack_(timer_slack),
          parent_(::getpid()),
          error_(error) {}

    [[noreturn]] void run() const noexcept {
        // Killed with us. That is armed too late if we have died already.
        ::prctl(PR_SET_PDEATHSIG, static_cast<unsigned long>(SIGKILL));
        if (::getppid() != parent_) ::_exit(127);
        ::setpgid(0, 0);
        if (launch_.terminal >= 0) {
            const pid_t self = ::getpid();
            ::ioctl(launch_.terminal, TIOCSPGRP, &self);
        }
        reset_signals();
        if (!enter_directory() || !place_descriptors()) fail();
        ::prctl(PR_SET_TIMERSLACK, timer_slack_);
        if (descriptors_) ::setrlimit(RLIMIT_NOFILE, &*descriptors_);
        sigset_t none;
        sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        ::execve(launch_.program, launch_.arguments, launch_.environment);
        fail();
    }

private:
    [[noreturn]] void fail() const noexcept {
        error_ = errno;
        ::_exit(127);
    }

    /// A handler of ours must not run here once signals are unblocked.
    void reset_signals() const noexcept {
        struct sigaction action{};
        action.sa_handler = SIG_DFL;
        for (int signo = 1; signo < NSIG; ++signo) {
            const bool wanted = signo == SIGPIPE || signo == SIGXFSZ || signo == launch_.stop_signal;
            struct sigaction now{};
            if (!wanted && (::sigaction(signo, nullptr, &now) != 0 || now.sa_handler == SIG_DFL ||
                            now.sa_handler == SIG_IGN))
                continue;
            ::sigaction(signo, &action, nullptr);
        }
    }

    bool enter_directory() const noexcept {
        return launch_.directory == nullptr || ::chdir(launch_.directory) == 0;
    }

    bool place_descriptors() const noexcept {
        if (!place(launch_.in, STDIN_FILENO)) return false;
        // If the child's stderr is our stdout, duplicate that before it is replaced.
        const bool err_first = launch_.err == STDOUT_FILENO;
        if (err_first && !place(launch_.err, STDERR_FILENO)) return false;
        return place(launch_.out, STDOUT_FILENO) && (err_first || place(launch_.err, STDERR_FILENO));
    }

    static bool place(int fd, int target) noexcept {
        if (fd == target) return true;  // inherited: our standard descriptors do not close on exec
        if (fd >= 0) return ::dup2(fd, target) >= 0;
        // Closed first, so that this works even if no other descriptor is left.
        ::close(target);
        const int opened = ::open("/dev/null", null_flags(target));
        if (opened < 0 || opened == target) return opened >= 0;
        const bool placed = ::dup2(opened, target) >= 0;
        ::close(opened);
        return placed;
    }

    const Launch& launch_;
    const std::optional<rlimit>& descriptors_;
    const unsigned long timer_slack_;
    const pid_t parent_;
    volatile int& error_;
};

/// A loop with timers sets the timer slack of its thread to the minimum, and a child would inherit that.
unsigned long default_timer_slack() noexcept {
    static const auto found = [] {
        const auto now = static_cast<unsigned long>(::prctl(PR_GET_TIMERSLACK));
        ::prctl(PR_SET_TIMERSLACK, 0UL);
        const auto slack = static_cast<unsigned long>(::prctl(PR_GET_TIMERSLACK));
        ::prctl(PR_SET_TIMERSLACK, now);
        return slack;
    }();
    return found;
}

pid_t start_child(const Launch& launch, int& error) noexcept {
    volatile int child_error = 0;
    const auto limit = original_descriptor_limit();
    const Child child(launch, limit, default_timer_slack(), child_error);
    const pid_t pid = ::vfork();
    if (pid == 0) child.run();
    error = pid < 0 ? errno : child_error;
    return pid;
}

#else

class FileActions {
public:
    FileActions() noexcept { error_ = posix_spawn_file_actions_init(&actions_); }
    FileActions(const FileActions&) = delete;
    FileActions& operator=(const FileActions&) = delete;
    ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }

    int error() const noexcept { return error_; }
    const posix_spawn_file_actions_t* get() const noexcept { return &actions_; }
    void directory(const char* path) noexcept {
        check(posix_spawn_file_actions_addchdir_np(&actions_, path));
    }
    void place(int fd, int target) noexcept {
        if (fd == target) return;
        check(fd < 0 ? posix_spawn_file_actions_addopen(&actions_, target, "/dev/null", null_flags(target), 0)
                     : posix_spawn_file_actions_adddup2(&actions_, fd, target));
    }

private:
    void check(int error) noexcept {
        if (error_ == 0) error_ = error;
    }
    posix_spawn_file_actions_t actions_{};
    int error_ = 0;
};

class Attributes {
public:
    explicit Attributes(int stop_signal) noexcept {
        posix_spawnattr_init(&attributes_);
        sigset_t set;
        sigemptyset(&set);
        posix_spawnattr_setsigmask(&attributes_, &set);
        sigaddset(&set, SIGPIPE);
        sigaddset(&set, SIGXFSZ);
        if (stop_signal != 0) sigaddset(&set, stop_signal);
        posix_spawnattr_setsigdefault(&attributes_, &set);
        posix_spawnattr_setpgroup(&attributes_, 0);
        posix_spawnattr_setflags(&attributes_,
                                 POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
    ~Attributes() { posix_spawnattr_destroy(&attributes_); }
    const posix_spawnattr_t* get() const noexcept { return &attributes_; }

private:
    posix_spawnattr_t attributes_{};
};

pid_t start_child(const Launch& launch, int& error) noexcept {
    FileActions actions;
    if (launch.directory != nullptr) actions.directory(launch.directory);
    actions.place(launch.in, STDIN_FILENO);
    const bool err_first = launch.err == STDOUT_FILENO;
    if (err_first) actions.place(launch.err, STDERR_FILENO);
    actions.place(launch.out, STDOUT_FILENO);
    if (!err_first) actions.place(launch.err, STDERR_FILENO);
    const Attributes attributes(launch.stop_signal);
    error = actions.error();
    if (error != 0) return -1;
    const auto limit = original_descriptor_limit();
    rlimit raised{};
    if (limit && ::getrlimit(RLIMIT_NOFILE, &raised) == 0) ::setrlimit(RLIMIT_NOFILE, &*limit);
    pid_t pid = -1;
    error = ::posix_spawn(&pid, launch.program, actions.get(), attributes.get(), launch.arguments,
                          launch.environment);
    if (limit) ::setrlimit(RLIMIT_NOFILE, &raised);
    if (error == 0 && launch.terminal >= 0) ::ioctl(launch.terminal, TIOCSPGRP, &pid);
    return error == 0 ? pid : -1;
}

#endif

}  // namespace

int launch(const Launch& launch, pid_t& pid) noexcept {
    int error = 0;
    pid_t child = -1;
    {
        const SignalBlock blocked;
        child = start_child(launch, error);
    }
    if (error == 0) {
        pid = child;
    } else if (child > 0) {
        siginfo_t info{};
        ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED);
    }
    return error;
}

}  // namespace arun::detail
