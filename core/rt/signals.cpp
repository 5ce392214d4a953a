#include "rt/signals.hpp"

#include "base/ascii.hpp"
#include "base/error.hpp"
#include "rt/clock.hpp"
#include "rt/waker.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <thread>
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

/// Empty if it has none.
std::string_view known_name(int signo) noexcept {
    const auto* found = std::ranges::find(names, signo, &std::pair<std::string_view, int>::second);
    return found != names.end() ? found->first : std::string_view();
}

// All that the handler touches.
std::atomic<int> first_signal{0};
std::atomic<int> untaken_signal{0};
std::atomic<int> signal_count{0};
std::atomic<std::int64_t> first_time{0};  ///< CLOCK_MONOTONIC; units: ns
std::atomic<SignalScope::SecondAction> second_action{nullptr};
std::atomic<Waker*> signal_waker{nullptr};
static_assert(std::atomic<SignalScope::SecondAction>::is_always_lock_free &&
              std::atomic<Waker*>::is_always_lock_free);

std::atomic<SignalScope*> the_scope{nullptr};
std::thread::id scope_thread;

extern "C" void arun_on_signal(int signo) {
    const int saved = errno;
    if (signal_count.fetch_add(1) == 0) {
        first_time = Clock::monotonic().count();
        first_signal = signo;
        untaken_signal = signo;
        if (Waker* waker = signal_waker.load()) waker->wake();
    } else if (const SignalScope::SecondAction action = second_action.load()) {
        action(signo);
    } else {
        die_by(signo);
    }
    errno = saved;
}

}  // namespace

struct SignalScope::Saved {
    int signo;
    struct sigaction action;
};

std::string signal_name(int signo) {
    const auto name = known_name(signo);
    return name.empty() ? full_signal_name(signo) : std::string(name);
}

std::string full_signal_name(int signo) {
    const auto name = known_name(signo);
    return "SIG" + (name.empty() ? std::to_string(signo) : std::string(name));
}

int signal_named(std::string_view name) noexcept {
    if (starts_with_ignoring_case(name, "SIG")) name.remove_prefix(3);
    for (const auto& [known, number] : names) {
        if (equal_ignoring_case(name, known)) return number;
    }
    int number = 0;
    const auto* end = name.data() + name.size();
    const auto [stop, error] = std::from_chars(name.data(), end, number);
    return error == std::errc() && stop == end && number > 0 && number < NSIG ? number : 0;
}

void die_by(int signo) noexcept {
    struct sigaction action{};
    action.sa_handler = SIG_DFL;
    ::sigaction(signo, &action, nullptr);
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, signo);
    ::pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
    ::raise(signo);
}

SignalScope::SignalScope(std::initializer_list<int> signals)
    : saved_(std::make_unique<Saved[]>(signals.size())) {
    if (the_scope.load() != nullptr) throw std::logic_error("the process has a SignalScope already");
    first_signal = 0;
    untaken_signal = 0;
    signal_count = 0;
    second_action = nullptr;
    signal_waker = nullptr;
    struct sigaction action{};
    action.sa_handler = &arun_on_signal;
    // System calls in progress are restarted; a wake-up reaches the loop through its descriptor.
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    for (const int signo : signals) {
        Saved& saved = saved_[saved_count_];
        saved.signo = signo;
        if (::sigaction(signo, nullptr, &saved.action) == 0) {
            if ((saved.action.sa_flags & SA_SIGINFO) == 0 && saved.action.sa_handler == SIG_IGN) continue;
            if (::sigaction(signo, &action, nullptr) == 0) {
                ++saved_count_;
                continue;
            }
        }
        const int error = errno;
        restore();
        throw_system_error(error, "sigaction");
    }
    scope_thread = std::this_thread::get_id();
    the_scope = this;
}

SignalScope::~SignalScope() {
    restore();
    the_scope = nullptr;
    signal_waker = nullptr;
}

void SignalScope::restore() noexcept {
    while (saved_count_ > 0) {
        const Saved& saved = saved_[--saved_count_];
        struct sigaction now{};
        ::sigaction(saved.signo, nullptr, &now);
        if ((now.sa_flags & SA_SIGINFO) == 0 && now.sa_handler == &arun_on_signal) {
            ::sigaction(saved.signo, &saved.action, nullptr);
        }
    }
}

SignalScope* SignalScope::current() noexcept {
    SignalScope* scope = the_scope.load();
    return scope != nullptr && scope_thread == std::this_thread::get_id() ? scope : nullptr;
}

bool SignalScope::exists() noexcept {
    return the_scope.load() != nullptr;
}

int SignalScope::first() const noexcept {
    return first_signal;
}

int SignalScope::count() const noexcept {
    return signal_count;
}

Duration SignalScope::since_first() noexcept {
    return Clock::monotonic() - Duration(first_time.load());
}

int SignalScope::take() noexcept {
    return untaken_signal.exchange(0);
}

bool SignalScope::pending() const noexcept {
    return untaken_signal != 0;
}

void SignalScope::set_second_action(SecondAction action) noexcept {
    second_action = action;
}

void SignalScope::set_waker(Waker* waker) noexcept {
    signal_waker = waker;
}

}  // namespace arun
