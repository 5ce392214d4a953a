#include "rt/os.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "rt/os_common.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <iterator>
#include <memory>

namespace arun::os {

namespace {

/// Whether a call that has failed would never succeed here. What takes a descriptor may also fail for want of
/// them, which is another matter.
bool is_refused(int error) noexcept {
    return error == ENOSYS || error == EPERM || error == EACCES || error == EINVAL;
}

int create_timer() noexcept {
    return ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
}

/// Empty if it cannot be read.
std::string read_all(const std::string& path) {
    std::string text;
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    char bytes[4096];
    for (ssize_t size = 0; (size = ::read(file.get(), bytes, sizeof bytes)) > 0;)
        text.append(bytes, static_cast<std::size_t>(size));
    return text;
}

template <class T>
T number(std::string_view text) noexcept {
    T value{};
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::string proc_file(pid_t pid, const char* name) {
    return "/proc/" + std::to_string(pid) + '/' + name;
}

/// Empty for a zombie. /proc/PID/stat: the fields after the name count from the state, field 3 of proc(5).
std::optional<ProcessInfo> read_live_process(pid_t pid) {
    const auto text = read_all(proc_file(pid, "stat"));
    const auto begin = text.find('(');
    const auto end = text.rfind(')');
    if (begin == text.npos || end == text.npos || end + 2 >= text.size()) return std::nullopt;
    const auto fields = split(std::string_view(text).substr(end + 2), " ");
    if (fields.size() < 3 || fields[0] == "Z" || fields[0] == "X") return std::nullopt;
    return ProcessInfo{pid, text.substr(begin + 1, end - begin - 1), number<pid_t>(fields[2])};
}

/// Whether /proc numbers processes as kill() does.
bool proc_shows_our_namespace() {
    char self[32];
    const auto size = ::readlink("/proc/self", self, sizeof self);
    return size > 0 && number<pid_t>({self, static_cast<std::size_t>(size)}) == ::getpid();
}

/// A child would inherit what make_waits_exact() has set.
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

}  // namespace

std::string_view name() noexcept {
    return "linux";
}

std::vector<std::string> limitations() {
    std::vector<std::string> found;
    const auto check = [&found](bool works, const char* call, const char* consequence) {
        if (!works)
            found.push_back(std::string("no ") + call + " (" + reason_of(errno) + "): " + consequence);
    };
    check(UniqueFd(create_timer()).get() >= 0, "timerfd", "timers are late by up to 1 ms");
    int adopts = 0;
    check(::prctl(PR_GET_CHILD_SUBREAPER, &adopts) == 0, "subreaper",
          "processes that leave their group escape");
    check(UniqueFd(open_list_of_children(0)).get() >= 0, "/proc/self/task/*/children",
          "processes that leave their group escape");
    if (!proc_shows_our_namespace())
        found.emplace_back(
            "no /proc of this PID namespace: what a job leaves behind is stopped, but not named");
    return found;
}

WakeChannel open_wake_channel() {
    UniqueFd counter(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (counter.get() < 0) throw_system_error(errno, "eventfd");
    return {std::move(counter), UniqueFd()};
}

bool is_main_thread() noexcept {
    return ::syscall(SYS_gettid) == ::getpid();
}

void make_waits_exact() noexcept {
    ::prctl(PR_SET_TIMERSLACK, 1UL);
}

UniqueFd open_timer() {
    UniqueFd timer(create_timer());
    if (timer.get() < 0 && !is_refused(errno)) throw_system_error(errno, "timerfd_create");
    return timer;
}

void set_timer(int timer, std::optional<Duration> deadline) noexcept {
    // Setting the timer also resets its readiness, which saves reading from it.
    itimerspec when{};
    if (deadline) {
        when.it_value.tv_sec = static_cast<time_t>(deadline->count() / 1'000'000'000);
        when.it_value.tv_nsec = static_cast<long>(deadline->count() % 1'000'000'000);
    }
    ::timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, nullptr);
}

int open_pipe(UniqueFd& read, UniqueFd& write) noexcept {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) return errno;
    read = UniqueFd(ends[0]);
    write = UniqueFd(ends[1]);
    return 0;
}

UniqueFd open_poll_proxy(int fd) {
    UniqueFd proxy(::epoll_create1(EPOLL_CLOEXEC));
    if (proxy.get() < 0) throw_system_error(errno, "epoll_create1");
    epoll_event event{};
    if (::epoll_ctl(proxy.get(), EPOLL_CTL_ADD, fd, &event) == 0) return proxy;
    if (errno != EPERM) throw_system_error(errno, "epoll_ctl");
    return {};  // a regular file
}

int set_poll_proxy(int proxy, int fd, Readiness wanted) noexcept {
    epoll_event event{};
    event.events = wanted == Readiness::readable ? EPOLLIN : EPOLLOUT;
    return ::epoll_ctl(proxy, EPOLL_CTL_MOD, fd, &event) == 0 ? 0 : errno;
}

UniqueFd open_memory_file() noexcept {
    return UniqueFd(::memfd_create("arun", MFD_CLOEXEC));
}

ssize_t read_now(int fd, std::span<char> to) noexcept {
#ifdef RWF_NOWAIT
    iovec buffer{to.data(), to.size()};
    const auto got = ::preadv2(fd, &buffer, 1, -1, RWF_NOWAIT);
    if (got >= 0 || (errno != EOPNOTSUPP && errno != ENOSYS && errno != EINVAL)) return got;
#endif
    return ::read(fd, to.data(), to.size());
}

void close_from(int first) noexcept {
#ifdef SYS_close_range
    if (::syscall(SYS_close_range, static_cast<unsigned>(first), ~0U, 0U) == 0) return;
#endif
    close_each_from(first);
}

/// posix_spawn() cannot set a parent death signal. So this is vfork(): the child borrows our memory until it
/// calls exec.
pid_t launch(const Launch& launch, int& error) noexcept {
    volatile int child_error = 0;
    const NewChild child(launch);
    const unsigned long timer_slack = default_timer_slack();
    const pid_t parent = ::getpid();
    const pid_t pid = ::vfork();
    if (pid == 0) {
        // Killed with us. That is armed too late if we have died already.
        ::prctl(PR_SET_PDEATHSIG, static_cast<unsigned long>(SIGKILL));
        if (::getppid() != parent) ::_exit(127);
        ::prctl(PR_SET_TIMERSLACK, timer_slack);
        if (child.prepare()) child.exec();
        child_error = errno;
        ::_exit(127);
    }
    error = pid < 0 ? errno : child_error;
    return pid;
}

bool adopt_orphans() noexcept {
    return ::prctl(PR_SET_CHILD_SUBREAPER, 1UL) == 0;
}

int open_list_of_children(int which) noexcept {
    const pid_t main_thread = ::getpid();
    const auto thread = static_cast<pid_t>(::syscall(SYS_gettid));
    if (which == 1 && thread == main_thread) return -1;
    // By number, and not by /proc/thread-self: where /proc shows another PID namespace, its numbers would
    // mean other processes to kill().
    char path[64] = "/proc/self/task/";
    char* at = std::to_chars(path + std::strlen(path), std::end(path), which == 0 ? main_thread : thread).ptr;
    std::strcpy(at, "/children");
    return ::open(path, O_RDONLY | O_CLOEXEC);
}

std::optional<std::vector<ProcessInfo>> live_members(pid_t group) {
    std::vector<ProcessInfo> found;
    if (!proc_shows_our_namespace()) return std::nullopt;
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc"), &::closedir);
    if (!folder) return std::nullopt;
    while (const auto* entry = ::readdir(folder.get())) {
        const auto pid = number<pid_t>(entry->d_name);
        if (pid == 0 || ::getpgid(pid) != group) continue;
        auto info = read_live_process(pid);
        if (info && info->group == group) found.push_back(*std::move(info));
    }
    return found;
}

std::string process_name(pid_t pid) {
    return std::string(trim_newlines(read_all(proc_file(pid, "comm"))));
}

void set_own_name(const char* name) noexcept {
    ::prctl(PR_SET_NAME, name);
}

char** environment() noexcept {
    return ::environ;
}

std::span<const int> more_terminating_signals() noexcept {
    static constexpr std::array all{SIGIO, SIGPWR, SIGSTKFLT};
    return all;
}

std::string shared_library(std::string_view name, int version) {
    return "lib" + std::string(name) + ".so." + std::to_string(version);
}

}  // namespace arun::os
