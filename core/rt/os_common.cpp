#include "rt/os_common.hpp"

#include "rt/descriptor_limit.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>

namespace arun::os {

std::map<std::string, std::string, std::less<>> environment_variables() {
    std::map<std::string, std::string, std::less<>> all;
    for (auto* entry = environment(); entry != nullptr && *entry != nullptr; ++entry)
        if (auto* equals = std::strchr(*entry, '=')) all.emplace(std::string(*entry, equals), equals + 1);
    return all;
}

namespace {

bool place(int fd, int target) noexcept {
    if (fd == target) {
        ::fcntl(fd, F_SETFD, 0);  // fails if our own is closed, and then the child's is, too
        return true;
    }
    if (fd >= 0) return ::dup2(fd, target) >= 0;
    // Closed first, so that this works even if no other descriptor is left.
    ::close(target);
    const int opened = ::open("/dev/null", null_flags(target));
    if (opened < 0 || opened == target) return opened >= 0;
    const bool placed = ::dup2(opened, target) >= 0;
    ::close(opened);
    return placed;
}

}  // namespace

void close_each_from(int first) noexcept {
    constexpr long most = 65536;
    const long limit = ::sysconf(_SC_OPEN_MAX);
    for (int fd = first; fd < (limit < 0 ? most : std::min(limit, most)); ++fd) ::close(fd);
}

std::string host_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data())
                                                            : std::string("localhost");
}

int null_flags(int target) noexcept {
    return target == STDIN_FILENO ? O_RDONLY : O_WRONLY;
}

NewChild::NewChild(const Launch& launch) noexcept
    : launch_(launch), descriptors_(original_descriptor_limit()) {}

bool NewChild::prepare() const noexcept {
    ::setpgid(0, 0);
    if (launch_.group != nullptr) *launch_.group = ::getpid();
    if (launch_.terminal >= 0) ::tcsetpgrp(launch_.terminal, ::getpid());  // SIGTTOU is blocked
    reset_signals();
    if (launch_.directory != nullptr && ::chdir(launch_.directory) != 0) return false;
    if (!place_descriptors()) return false;
    if (descriptors_) ::setrlimit(RLIMIT_NOFILE, &*descriptors_);
    return true;
}

void NewChild::reset_signals() const noexcept {
    struct sigaction action{};
    action.sa_handler = SIG_DFL;
    for (const int signo : launch_.handled) ::sigaction(signo, &action, nullptr);
    for (const int signo : {SIGPIPE, SIGXFSZ, launch_.stop_signal})
        if (signo != 0) ::sigaction(signo, &action, nullptr);
}

bool NewChild::place_descriptors() const noexcept {
    if (!place(launch_.in, STDIN_FILENO)) return false;
    // If the child's stderr is our stdout, duplicate that before it is replaced.
    const bool err_first = launch_.err == STDOUT_FILENO;
    if (err_first && !place(launch_.err, STDERR_FILENO)) return false;
    return place(launch_.out, STDOUT_FILENO) && (err_first || place(launch_.err, STDERR_FILENO));
}

void NewChild::exec() const noexcept {
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::execve(launch_.program, launch_.arguments, launch_.environment);
}

}  // namespace arun::os
