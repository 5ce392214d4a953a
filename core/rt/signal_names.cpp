#include "rt/process.hpp"

#include "base/ascii.hpp"

#include <array>
#include <charconv>
#include <csignal>
#include <string>
#include <string_view>
#include <utility>

namespace arun {

namespace {

constexpr std::array<std::pair<std::string_view, int>, 29> names{{
    {"HUP", SIGHUP},   {"INT", SIGINT},   {"QUIT", SIGQUIT}, {"ILL", SIGILL},     {"TRAP", SIGTRAP},
    {"ABRT", SIGABRT}, {"BUS", SIGBUS},   {"FPE", SIGFPE},   {"KILL", SIGKILL},   {"USR1", SIGUSR1},
    {"SEGV", SIGSEGV}, {"USR2", SIGUSR2}, {"PIPE", SIGPIPE}, {"ALRM", SIGALRM},   {"TERM", SIGTERM},
    {"CHLD", SIGCHLD}, {"CONT", SIGCONT}, {"STOP", SIGSTOP}, {"TSTP", SIGTSTP},   {"TTIN", SIGTTIN},
    {"TTOU", SIGTTOU}, {"URG", SIGURG},   {"XCPU", SIGXCPU}, {"XFSZ", SIGXFSZ},   {"VTALRM", SIGVTALRM},
    {"PROF", SIGPROF}, {"SYS", SIGSYS},   {"IO", SIGIO},     {"WINCH", SIGWINCH},
}};

}  // namespace

std::string signal_name(int signo) {
    for (const auto& [name, number] : names) {
        if (number == signo) return std::string(name);
    }
    return "SIG" + std::to_string(signo);
}

int signal_named(std::string_view name) noexcept {
    if (begins_with_any_case(name, "SIG")) name.remove_prefix(3);
    for (const auto& [known, number] : names) {
        if (same_in_any_case(name, known)) return number;
    }
    int number = 0;
    const auto* end = name.data() + name.size();
    const auto [stop, error] = std::from_chars(name.data(), end, number);
    return error == std::errc() && stop == end && number > 0 && number < NSIG ? number : 0;
}

}  // namespace arun
