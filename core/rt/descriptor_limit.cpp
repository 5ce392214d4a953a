#include "rt/descriptor_limit.hpp"

#include <atomic>
#include <cerrno>

namespace arun {

namespace {

std::atomic<bool> tried{false};
std::atomic<bool> raised{false};
rlimit original;

}  // namespace

void raise_descriptor_limit() noexcept {
    if (tried.exchange(true)) return;
    if (::getrlimit(RLIMIT_NOFILE, &original) != 0 || original.rlim_cur >= original.rlim_max) return;
    rlimit limit = original;
    limit.rlim_cur = limit.rlim_max;
    raised = ::setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

std::optional<rlimit> original_descriptor_limit() noexcept {
    if (!raised) return std::nullopt;
    return original;
}

bool few_descriptors() noexcept {
    constexpr rlim_t enough = 64;
    rlimit limit{};
    return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_max < enough;
}

bool is_shortage(int error) noexcept {
    return error == EMFILE || error == ENFILE || error == EAGAIN;
}

}  // namespace arun
