#include "console/sigpipe.hpp"

#include <csignal>

namespace arun::app {
namespace {

bool sigpipe_was_ignored = false;

}  // namespace

void ignore_sigpipe() noexcept {
    struct sigaction before{};
    struct sigaction ignore{};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &ignore, &before);
    sigpipe_was_ignored = (before.sa_flags & SA_SIGINFO) == 0 && before.sa_handler == SIG_IGN;
}

bool ignored_at_start(int signo) noexcept {
    if (signo == SIGPIPE) return sigpipe_was_ignored;
    struct sigaction now{};
    return ::sigaction(signo, nullptr, &now) == 0 && (now.sa_flags & SA_SIGINFO) == 0 &&
           now.sa_handler == SIG_IGN;
}

}  // namespace arun::app
