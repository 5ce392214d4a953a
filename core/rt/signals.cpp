#include "rt/signals.hpp"

#include "base/ascii.hpp"
#include "base/error.hpp"
#include "rt/clock.hpp"
#include "rt/os.hpp"
#include "rt/process/atomic_set.hpp"
#include "rt/waker.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <iterator>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

#include <unistd.h>

namespace arun {

namespace {

constexpr std::pair<std::string_view, int> names[] = {
    {"HUP", SIGHUP},       {"INT", SIGINT},   {"QUIT", SIGQUIT}, {"ILL", SIGILL},     {"TRAP", SIGTRAP},
    {"ABRT", SIGABRT},     {"BUS", SIGBUS},   {"FPE", SIGFPE},   {"KILL", SIGKILL},   {"USR1", SIGUSR1},
    {"SEGV", SIGSEGV},     {"USR2", SIGUSR2}, {"PIPE", SIGPIPE}, {"ALRM", SIGALRM},   {"TERM", SIGTERM},
    {"CHLD", SIGCHLD},     {"CONT", SIGCONT}, {"STOP", SIGSTOP}, {"TSTP", SIGTSTP},   {"TTIN", SIGTTIN},
    {"TTOU", SIGTTOU},     {"URG", SIGURG},   {"XCPU", SIGXCPU}, {"XFSZ", SIGXFSZ},   {"VTALRM", SIGVTALRM},
    {"PROF", SIGPROF},     {"SYS", SIGSYS},   {"IO", SIGIO},     {"WINCH", SIGWINCH},
#ifdef SIGPWR
    {"PWR", SIGPWR},
#endif
#ifdef SIGSTKFLT
    {"STKFLT", SIGSTKFLT},
#endif
};

/// Empty if it has none.
std::string_view known_name(int signo) noexcept {
    const auto* found = std::ranges::find(names, signo, &std::pair<std::string_view, int>::second);
    return found != std::end(names) ? found->first : std::string_view();
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

constinit detail::AtomicSet<const void*> own_handlers;
std::atomic<pid_t> handling_process{0};

/// Null for SIG_DFL and SIG_IGN.
const void* handler_of(const struct sigaction& action) noexcept {
    if ((action.sa_flags & SA_SIGINFO) != 0) return reinterpret_cast<const void*>(action.sa_sigaction);
    if (action.sa_handler == SIG_DFL || action.sa_handler == SIG_IGN) return nullptr;
    return reinterpret_cast<const void*>(action.sa_handler);
}

extern "C" void arun_on_signal(int signo) {
    if (OwnHandler::is_new_child()) return OwnHandler::act_by_default(signo);
    const int saved = errno;
    const bool first = signal_count.fetch_add(1) == 0;
    if (first) {
        first_time = Clock::monotonic().count();
        first_signal = signo;
        untaken_signal = signo;
    }
    if (first && signo != SIGQUIT) {
        if (Waker* waker = signal_waker.load()) waker->wake();
    } else if (const SignalScope::SecondAction action = second_action.load()) {
        action(signo);
    } else {
        die_by(signo);
    }
    errno = saved;
}

}  // namespace

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
    OwnHandler::act_by_default(signo);
    ::_exit(128 + signo);
}

void OwnHandler::add(const void* handler) {
    handling_process = ::getpid();
    if (!own_handlers.contains(handler)) own_handlers.add(handler);
}

bool OwnHandler::is_new_child() noexcept {
    return ::getpid() != handling_process;
}

void OwnHandler::act_by_default(int signo) noexcept {
    struct sigaction action{};
    action.sa_handler = SIG_DFL;
    ::sigaction(signo, &action, nullptr);
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, signo);
    ::pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
    ::raise(signo);
}

std::vector<int> foreign_handlers() {
    std::vector<int> signals;
    for (int signo = 1; signo < NSIG; ++signo) {
        struct sigaction now{};
        if (::sigaction(signo, nullptr, &now) != 0) continue;
        const auto* handler = handler_of(now);
        if (handler != nullptr && !own_handlers.contains(handler)) signals.push_back(signo);
    }
    return signals;
}

SignalBlock::SignalBlock() noexcept {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
}

SignalBlock::SignalBlock(int signo) noexcept {
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, signo);
    ::pthread_sigmask(SIG_BLOCK, &only, &before_);
}

SignalBlock::~SignalBlock() {
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

const std::vector<int>& terminating_signals() {
    static const std::vector<int> all = [] {
        std::vector<int> signals{SIGHUP,  SIGINT,  SIGQUIT, SIGUSR1,   SIGUSR2,
                                 SIGALRM, SIGTERM, SIGXCPU, SIGVTALRM, SIGPROF};
        const auto more = os::more_terminating_signals();
        signals.insert(signals.end(), more.begin(), more.end());
#ifdef SIGRTMIN
        for (int signo = SIGRTMIN; signo <= SIGRTMAX; ++signo) signals.push_back(signo);
#endif
        return signals;
    }();
    return all;
}

SignalScope::SignalScope(std::span<const int> signals) {
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
    OwnHandler::add(reinterpret_cast<const void*>(&arun_on_signal));
    saved_.reserve(signals.size());
    const SignalBlock blocked;
    for (const int signo : signals) {
        struct sigaction before{};
        if (::sigaction(signo, &action, &before) != 0) {
            const int error = errno;
            // Some real-time signals belong to an emulator or to valgrind.
            if (error == EINVAL && signo > SIGSYS) continue;
            restore();
            throw_system_error(error, "sigaction");
        }
        if ((before.sa_flags & SA_SIGINFO) == 0 && before.sa_handler == SIG_IGN) {
            ::sigaction(signo, &before, nullptr);
        } else {
            saved_.push_back({signo, before});
        }
    }
    scope_thread = std::this_thread::get_id();
    the_scope = this;
}

SignalScope::~SignalScope() {
    const SignalBlock blocked;
    restore();
    the_scope = nullptr;
    signal_waker = nullptr;
}

void SignalScope::restore() noexcept {
    for (; !saved_.empty(); saved_.pop_back()) {
        const Saved& saved = saved_.back();
        struct sigaction now{};
        ::sigaction(saved.signo, &saved.action, &now);
        const bool ours = (now.sa_flags & SA_SIGINFO) == 0 && now.sa_handler == &arun_on_signal;
        if (!ours) ::sigaction(saved.signo, &now, nullptr);
    }
}

void SignalScope::unblock() noexcept {
    sigset_t ours;
    sigemptyset(&ours);
    for (const Saved& saved : saved_) sigaddset(&ours, saved.signo);
    ::pthread_sigmask(SIG_UNBLOCK, &ours, nullptr);
}

SignalScope* SignalScope::current() noexcept {
    SignalScope* scope = the_scope.load();
    return scope != nullptr && scope_thread == std::this_thread::get_id() ? scope : nullptr;
}

bool SignalScope::exists() noexcept {
    return the_scope.load() != nullptr;
}

int SignalScope::first() const noexcept {
    return looked_at_ ? seen_ : first_signal.load();
}

int SignalScope::count() const noexcept {
    return signal_count;
}

Duration SignalScope::since_first() noexcept {
    return Clock::monotonic() - Duration(first_time.load());
}

int SignalScope::take() noexcept {
    if (!looked_at_) return untaken_signal.exchange(0);
    if (!pending()) return 0;
    seen_taken_ = true;
    return untaken_signal.exchange(0);
}

bool SignalScope::pending() const noexcept {
    if (looked_at_ && (seen_ == 0 || seen_taken_)) return false;
    return untaken_signal != 0;
}

void SignalScope::set_looked_at() noexcept {
    looked_at_ = true;
}

int SignalScope::look() noexcept {
    if (seen_ != 0) return 0;
    seen_ = first_signal;
    return seen_;
}

void SignalScope::pretend(int signo) noexcept {
    if (signal_count.fetch_add(1) != 0) return;
    first_signal = signo;
    untaken_signal = signo;
}

void SignalScope::set_second_action(SecondAction action) noexcept {
    second_action = action;
}

void SignalScope::set_waker(Waker* waker) noexcept {
    signal_waker = waker;
}

}  // namespace arun
