#include "base/error.hpp"
#include "base/text.hpp"
#include "rt/descriptor_limit.hpp"
#include "rt/os_common.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <thread>

extern "C" char** environ;  // which some systems do not declare

namespace arun::os {

namespace {

#ifndef __APPLE__
const std::thread::id first_thread = std::this_thread::get_id();
#endif

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
        // It stays open in the child, even if it is closed on exec here.
        if (fd == target && ::fcntl(fd, F_GETFD) < 0) return;
#ifdef __APPLE__
        if (fd == target) return check(posix_spawn_file_actions_addinherit_np(&actions_, fd));
#endif
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

/// As long as it lives, this process has its original limit of descriptors, for a child to inherit.
class OriginalLimit {
public:
    OriginalLimit() noexcept {
        const auto original = original_descriptor_limit();
        changed_ = original && ::getrlimit(RLIMIT_NOFILE, &raised_) == 0 &&
                   ::setrlimit(RLIMIT_NOFILE, &*original) == 0;
    }
    OriginalLimit(const OriginalLimit&) = delete;
    OriginalLimit& operator=(const OriginalLimit&) = delete;
    ~OriginalLimit() {
        if (changed_) ::setrlimit(RLIMIT_NOFILE, &raised_);
    }

private:
    rlimit raised_{};
    bool changed_ = false;
};

pid_t spawn(const Launch& launch, int& error) noexcept {
    FileActions actions;
    if (launch.directory != nullptr) actions.directory(launch.directory);
    actions.place(launch.in, STDIN_FILENO);
    // If the child's stderr is our stdout, duplicate that before it is replaced.
    const bool err_first = launch.err == STDOUT_FILENO;
    if (err_first) actions.place(launch.err, STDERR_FILENO);
    actions.place(launch.out, STDOUT_FILENO);
    if (!err_first) actions.place(launch.err, STDERR_FILENO);
    const Attributes attributes(launch.stop_signal);
    error = actions.error();
    if (error != 0) return -1;
    const OriginalLimit limit;
    pid_t pid = -1;
    error = ::posix_spawn(&pid, launch.program, actions.get(), attributes.get(), launch.arguments,
                          launch.environment);
    if (error == 0 && launch.group != nullptr) *launch.group = pid;
    return error == 0 ? pid : -1;
}

/// posix_spawn() cannot give the terminal to the child before this runs.
pid_t fork_with_terminal(const Launch& launch, int& error) noexcept {
    UniqueFd read;
    UniqueFd write;
    error = open_pipe(read, write);
    if (error != 0) return -1;
    const NewChild child(launch);
    const pid_t pid = ::fork();
    if (pid == 0) {
        if (child.prepare()) child.exec();
        const int reason = errno;
        [[maybe_unused]] const auto written = ::write(write.get(), &reason, sizeof reason);
        ::_exit(127);
    }
    if (pid < 0) error = errno;
    write.reset();
    int reason = 0;
    while (pid > 0 && ::read(read.get(), &reason, sizeof reason) < 0 && errno == EINTR) {
    }
    if (reason != 0) error = reason;
    return pid;
}

/// What ps prints. Empty if there is no ps.
std::string run_ps(std::vector<const char*> arguments) {
    UniqueFd read;
    UniqueFd write;
    if (open_pipe(read, write) != 0) return {};
    FileActions actions;
    actions.place(-1, STDIN_FILENO);
    actions.place(write.get(), STDOUT_FILENO);
    actions.place(-1, STDERR_FILENO);
    arguments.insert(arguments.begin(), "ps");
    arguments.push_back(nullptr);
    pid_t pid = -1;
    if (::posix_spawnp(&pid, "ps", actions.get(), nullptr, const_cast<char* const*>(arguments.data()),
                       environ) != 0)
        return {};
    write.reset();
    std::string text;
    char bytes[4096];
    for (ssize_t size = 0; (size = ::read(read.get(), bytes, sizeof bytes)) != 0;) {
        if (size > 0) {
            text.append(bytes, static_cast<std::size_t>(size));
        } else if (errno != EINTR) {
            break;
        }
    }
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
    return text;
}

/// Takes a word and the spaces before it.
std::string_view take_word(std::string_view& line) noexcept {
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    const auto word = line.substr(0, line.find(' '));
    line.remove_prefix(word.size());
    return word;
}

pid_t take_pid(std::string_view& line) noexcept {
    const auto word = take_word(line);
    pid_t pid = 0;
    std::from_chars(word.data(), word.data() + word.size(), pid);
    return pid;
}

}  // namespace

std::string_view name() noexcept {
    return "posix";
}

std::vector<std::string> limitations() {
    return {
        "timers count milliseconds: they are late by up to 1 ms",
        "standard input is O_NONBLOCK for a moment",
        "processes that leave their group escape",
    };
}

WakeChannel open_wake_channel() {
    WakeChannel channel;
    if (const int error = open_pipe(channel.read, channel.write)) throw_system_error(error, "pipe");
    for (const int end : {channel.read.get(), channel.write.get()}) ::fcntl(end, F_SETFL, O_NONBLOCK);
    return channel;
}

bool is_main_thread() noexcept {
#ifdef __APPLE__
    return ::pthread_main_np() == 1;
#else
    return std::this_thread::get_id() == first_thread;
#endif
}

void make_waits_exact() noexcept {}

UniqueFd open_timer() {
    return {};
}

void set_timer(int, std::optional<Duration>) noexcept {}

int open_pipe(UniqueFd& read, UniqueFd& write) noexcept {
    int ends[2] = {-1, -1};
    if (::pipe(ends) != 0) return errno;
    for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
    read = UniqueFd(ends[0]);
    write = UniqueFd(ends[1]);
    return 0;
}

UniqueFd open_poll_proxy(int) {
    return {};
}

int set_poll_proxy(int, int, Readiness) noexcept {
    return ENOSYS;
}

UniqueFd open_memory_file() noexcept {
    return {};
}

ssize_t read_now(int fd, std::span<char> to) noexcept {
    return ::read(fd, to.data(), to.size());
}

void close_from(int first) noexcept {
    close_each_from(first);
}

pid_t launch(const Launch& launch, int& error) noexcept {
    return launch.terminal >= 0 ? fork_with_terminal(launch, error) : spawn(launch, error);
}

bool adopt_orphans() noexcept {
    return false;
}

int open_list_of_children(int) noexcept {
    return -1;
}

std::optional<std::vector<ProcessInfo>> live_members(pid_t group) {
    std::vector<ProcessInfo> found;
    const auto listing = run_ps({"-A", "-o", "pid=", "-o", "pgid=", "-o", "stat=", "-o", "comm="});
    if (listing.empty()) return std::nullopt;
    for (auto line : split(listing, "\n")) {
        ProcessInfo info;
        info.pid = take_pid(line);
        info.group = take_pid(line);
        const bool zombie = take_word(line).starts_with('Z');
        if (info.pid <= 0 || info.group != group || zombie) continue;
        line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
        info.name = line.substr(line.rfind('/') + 1);  // some systems show the path
        found.push_back(std::move(info));
    }
    return found;
}

std::string process_name(pid_t pid) {
    const auto number = std::to_string(pid);
    return std::string(trim_newlines(run_ps({"-o", "comm=", "-p", number.c_str()})));
}

void set_own_name(const char*) noexcept {}

char** environment() noexcept {
    return environ;
}

std::span<const int> more_terminating_signals() noexcept {
#if defined(SIGPWR) && defined(SIGSTKFLT)
    static constexpr int all[] = {SIGPWR, SIGSTKFLT};
    return all;
#else
    return {};
#endif
}

std::string shared_library(std::string_view name, int version) {
#ifdef __APPLE__
    return "lib" + std::string(name) + '.' + std::to_string(version) + ".dylib";
#else
    return "lib" + std::string(name) + ".so." + std::to_string(version);
#endif
}

}  // namespace arun::os
